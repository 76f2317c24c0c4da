// The API of Safari before unprefixed EME, which Safari still offers for FairPlay: WebKitMediaKeys for
// com.apple.fps.1_0. Init data of createSession: [init data of webkitneedkey][u32le length][id, UTF-16LE][u32le
// length][certificate]; the first part is Safari's: [u32le length][skd:// URI, UTF-16LE].
import { base64, concat, copyOf, fromUtf16le, hex, Reader, u32le, utf16le } from "./bytes.js";
import { ClearKeys, nativeRequestAccess } from "./clearkey.js";
import { config, LEGACY_FAIRPLAY, legacyFairplay } from "./config.js";
import { malformed, notSupported, parsing } from "./errors.js";
import { Target } from "./event-target.js";
import { Exchange } from "./exchange.js";
import { assetIdOf, fairplay } from "./fairplay.js";
import { log } from "./log.js";
import { setRealMediaKeys } from "./media-element.js";

const KEY_ERROR = { client: 2, service: 3 };

/** @returns {{contentId: string, certificate: Uint8Array}} */
function readLegacyInitData(bytes) {
  const reader = new Reader(bytes);
  const part = () => reader.take(reader.u32le());
  assetIdOf(fromUtf16le(part()));
  const contentId = fromUtf16le(part());
  const certificate = part();
  if (reader.left > 0) throw new RangeError("bytes after the certificate");
  if (!contentId) throw new RangeError("the id is empty");
  fairplay.checkCertificate(certificate);
  return { contentId, certificate };
}

function eventWith(type, properties) {
  const event = new Event(type);
  for (const [name, value] of Object.entries(properties))
    Object.defineProperty(event, name, { value, enumerable: true });
  return event;
}

class LegacySession extends Target {
  #exchange = null;
  #clearKeys;
  #closed = false;

  constructor(real, initData) {
    super();
    Object.assign(this, {
      keySystem: LEGACY_FAIRPLAY,
      sessionId: hex(crypto.getRandomValues(new Uint8Array(8))),
      error: null,
    });
    this.#clearKeys = real.then((mediaKeys) => new ClearKeys(mediaKeys));
    setTimeout(() => this.#start(initData), 0);
  }

  #start(initData) {
    try {
      const { contentId, certificate } = parsing("init data", () => readLegacyInitData(initData));
      this.#exchange = new Exchange({
        system: fairplay,
        keySystem: LEGACY_FAIRPLAY,
        sessionId: this.sessionId,
        certificate,
        wanted: { keyIds: [], contentId },
      });
      this.#send(this.#exchange.first());
    } catch (error) {
      this.#fail(KEY_ERROR.client, error);
    }
  }

  /** As in Safari nothing is returned: webkitkeyadded or webkitkeyerror reports the outcome. */
  update(response) {
    const bytes = copyOf(response, "a response");
    if (this.#closed || !this.#exchange)
      throw new DOMException("simulated CDM: no key request is pending", "InvalidStateError");
    if (bytes.length === 0) throw malformed("the response is empty");
    this.#take(bytes).catch((error) => this.#fail(KEY_ERROR.service, error));
  }

  async #take(bytes) {
    const { message, license } = this.#exchange.answer(bytes);
    if (message) {
      this.#send(message);
      return;
    }
    const clearKeys = await this.#clearKeys;
    await clearKeys.load(license.keys);
    if (this.#closed) await clearKeys.close();
    else this.#dispatch(new Event("webkitkeyadded"));
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    log({ keySystem: LEGACY_FAIRPLAY, sessionId: this.sessionId, event: "closed" });
    this.#clearKeys.then((clearKeys) => clearKeys.close());
  }

  #send(message) {
    this.#dispatch(eventWith("webkitkeymessage", { message, destinationURL: "" }));
  }

  #fail(code, error) {
    log({ keySystem: LEGACY_FAIRPLAY, sessionId: this.sessionId, event: "key-error", reason: error.message });
    this.error = { code, systemCode: 0 };
    this.#dispatch(new Event("webkitkeyerror"));
  }

  #dispatch(event) {
    if (this.#closed) return;
    this.dispatchEvent(event);
    const handler = this[`on${event.type}`];
    if (typeof handler === "function") handler.call(this, event);
  }
}

class LegacyKeys {
  #real;

  constructor(keySystem) {
    if (!keySystem) throw malformed("no key system");
    if (!LegacyKeys.isTypeSupported(keySystem)) throw notSupported(`"${keySystem}"`);
    this.keySystem = keySystem;
    this.#real = nativeRequestAccess
      .call(navigator, "org.w3.clearkey", [
        {
          initDataTypes: ["keyids"],
          videoCapabilities: [{ contentType: 'video/mp4; codecs="avc1.42E01E"' }],
          distinctiveIdentifier: "not-allowed",
          persistentState: "not-allowed",
        },
      ])
      .then((access) => access.createMediaKeys());
  }

  static isTypeSupported(keySystem, type) {
    return (
      legacyFairplay() && keySystem === LEGACY_FAIRPLAY && (!type || /^(video|audio)\/(mp4|x-m4v)|mpegurl/i.test(type))
    );
  }

  createSession(type, initData) {
    if (!type) throw malformed("no content type");
    const bytes = copyOf(initData, "init data");
    if (bytes.length === 0) throw malformed("the init data are empty");
    log({ keySystem: LEGACY_FAIRPLAY, event: "create-session", length: bytes.length });
    return new LegacySession(this.#real, bytes);
  }

  /** Gives the media element the CDM that really decrypts. */
  attachTo(element) {
    return this.#real.then((real) => setRealMediaKeys(element, real));
  }
}

const skdInitData = (uri) => concat(u32le(uri.length * 2), utf16le(uri));

/** Raises webkitneedkey as Safari does for an skd:// URI in a playlist's key line. */
export function needKey(element, uri) {
  const event = eventWith("webkitneedkey", { initData: skdInitData(uri) });
  log({ keySystem: LEGACY_FAIRPLAY, event: "need-key", uri });
  element.dispatchEvent(event);
  if (typeof element.onwebkitneedkey === "function") element.onwebkitneedkey(event);
}

/** For media from MediaSource, which has no playlist: the option's URI, or the key server's VOD form. */
export function needKeyForTracks(element, tracks) {
  for (const { keyId } of tracks) needKey(element, config.skd[hex(keyId)] || `skd://${base64(keyId)}`);
}

export function installLegacyWebkit() {
  if (!legacyFairplay()) return;
  const attached = new WeakMap();
  window.WebKitMediaKeys = LegacyKeys;
  Object.defineProperty(HTMLMediaElement.prototype, "webkitKeys", {
    configurable: true,
    get() {
      return attached.get(this) || null;
    },
  });
  HTMLMediaElement.prototype.webkitSetMediaKeys = function webkitSetMediaKeys(keys) {
    if (keys === null || keys === undefined) {
      attached.delete(this);
      setRealMediaKeys(this, null).catch((error) =>
        log({ keySystem: LEGACY_FAIRPLAY, event: "detach-failed", reason: error.message }),
      );
      return;
    }
    if (!(keys instanceof LegacyKeys)) throw malformed("not WebKitMediaKeys");
    attached.set(this, keys);
    keys
      .attachTo(this)
      .catch((error) => log({ keySystem: LEGACY_FAIRPLAY, event: "attach-failed", reason: error.message }));
  };
}
