// MediaKeySession as EME describes it (W3C EME, 6), with a simulated DRM's messages and the real ClearKey CDM's keys.
import { copyOf, hex, turnGuid } from "./bytes.js";
import { ClearKeys } from "./clearkey.js";
import { config } from "./config.js";
import { malformed, notSupported, parsing, wrongState } from "./errors.js";
import { Target } from "./event-target.js";
import { Exchange, KIND } from "./exchange.js";
import { KeyStatuses } from "./key-statuses.js";
import { forget, store, stored } from "./licenses.js";
import { log } from "./log.js";

const newSessionId = () => hex(crypto.getRandomValues(new Uint8Array(8)));

export class Session extends Target {
  #owner;
  #exchange = null;
  #clearKeys;
  #started = false;
  #closed = false;
  #resolveClosed;
  #timers = [];
  #handlers = new Map();
  #persistent;

  /** @param {{system: object, keySystem: string, certificate?: Uint8Array, real: MediaKeys}} owner the MediaKeys */
  constructor(owner, sessionType) {
    super();
    this.#owner = owner;
    this.#persistent = sessionType === "persistent-license";
    this.#clearKeys = new ClearKeys(owner.real);
    const define = (name, value) => Object.defineProperty(this, name, { value, configurable: true });
    define("sessionId", "");
    define("expiration", NaN);
    define(
      "closed",
      new Promise((resolve) => {
        this.#resolveClosed = resolve;
      }),
    );
    define("keyStatuses", new KeyStatuses(() => this.#entries()));
    for (const type of ["message", "keystatuseschange"]) {
      Object.defineProperty(this, `on${type}`, {
        get: () => this.#handlers.get(type) || null,
        set: (handler) => this.#setHandler(type, handler),
      });
    }
  }

  async generateRequest(initDataType, initData) {
    if (this.#closed) throw wrongState("the session is closed");
    if (this.#started) throw wrongState("generateRequest was already called on this session");
    this.#started = true;
    const { system, keySystem, level, certificate } = this.#owner;
    if (!initDataType) throw malformed("no init data type");
    const bytes = copyOf(initData, "init data");
    if (bytes.length === 0) throw malformed("the init data are empty");
    if (!system.initDataTypes.includes(initDataType))
      throw notSupported(`${keySystem} does not support "${initDataType}" init data`);
    if (system.needsCertificate && !certificate)
      throw wrongState("FairPlay needs its certificate before generateRequest");
    const wanted = parsing(`${initDataType} init data`, () => system.readInitData(initDataType, bytes));
    if (config.refuses.includes(level)) {
      await null;
      log({ keySystem, event: "request-refused", level });
      throw notSupported(`the content is not made for ${level}`);
    }
    const sessionId = newSessionId();
    await null;
    Object.defineProperty(this, "sessionId", { value: sessionId });
    log({ keySystem, sessionId, event: "generate-request", level, initDataType, keyIds: wanted.keyIds.map(hex) });
    this.#exchange = new Exchange({ system, keySystem, sessionId, wanted, certificate });
    this.#send(this.#exchange.first(), "license-request");
  }

  async update(response) {
    if (this.#closed) throw wrongState("the session is closed");
    if (!this.#exchange) throw wrongState("update before generateRequest");
    const bytes = copyOf(response, "a response");
    if (bytes.length === 0) throw malformed("the response is empty");
    const { message, messageType, license, released } = this.#exchange.answer(bytes);
    if (message) {
      this.#send(message, messageType);
      return;
    }
    if (released) {
      this.#end();
      this.#resolveClosed("release-acknowledged");
      return;
    }
    if (this.#persistent) store(this.sessionId, this.#owner.keySystem, license.keys);
    await this.#clearKeys.load(license.keys);
    // Closed in the meantime: keys loaded last must not outlive the session.
    if (this.#closed) {
      await this.#clearKeys.close();
      throw wrongState("the session was closed during the update");
    }
    this.#schedule(license.renewal);
    this.#statusesChanged();
  }

  async close() {
    if (this.#closed) return;
    if (!this.#exchange) throw wrongState("close before generateRequest");
    this.#end();
    await this.#clearKeys.drop("released");
    this.#clearKeys.statuses.clear();
    this.#statusesChanged();
    this.#resolveClosed("closed-by-application");
  }

  /** A temporary session has no stored license: its keys are released. A persistent one also notifies its server. */
  async remove() {
    if (this.#closed) throw wrongState("the session is closed");
    if (!this.#exchange) throw wrongState("remove before generateRequest");
    if (this.#persistent) {
      forget(this.sessionId);
      this.#send(this.#exchange.challenge(KIND.release), "license-release");
    }
    this.#stopTimers();
    await this.#clearKeys.drop("released");
    Object.defineProperty(this, "expiration", { value: NaN });
    this.#statusesChanged();
  }

  /** False if nothing is stored with this id. */
  async load(sessionId) {
    if (this.#closed || this.#started) throw wrongState("the session is in use");
    if (!sessionId) throw malformed("no session id");
    if (!this.#persistent) throw malformed("a temporary session cannot be loaded");
    this.#started = true;
    const { system, keySystem, certificate } = this.#owner;
    const keys = stored(sessionId, keySystem);
    if (!keys) return false;
    Object.defineProperty(this, "sessionId", { value: sessionId });
    log({ keySystem, sessionId, event: "load", keyIds: keys.map(({ id }) => hex(id)) });
    this.#exchange = new Exchange({
      system,
      keySystem,
      sessionId,
      wanted: { keyIds: keys.map(({ id }) => id) },
      certificate,
    });
    await this.#clearKeys.load(keys);
    setTimeout(() => {
      if (!this.#closed) this.#statusesChanged();
    }, 0);
    return true;
  }

  #entries() {
    const entries = this.#clearKeys.entries();
    const guid = config.guidKeyStatuses && this.#owner.system.name === "playready";
    return guid ? entries.map(([id, status]) => [turnGuid(id), status]) : entries;
  }

  #setHandler(type, handler) {
    const before = this.#handlers.get(type);
    if (before) this.removeEventListener(type, before);
    this.#handlers.delete(type);
    if (typeof handler === "function") {
      this.#handlers.set(type, handler);
      this.addEventListener(type, handler);
    }
  }

  /** In a task of its own, as EME queues it: the promise that caused it has settled before. */
  #send(message, messageType) {
    setTimeout(() => {
      if (this.#closed) return;
      this.dispatchEvent(new MediaKeyMessageEvent("message", { messageType, message: message.buffer }));
    }, 0);
  }

  #statusesChanged() {
    const { keySystem } = this.#owner;
    log({
      keySystem,
      sessionId: this.sessionId,
      event: "key-statuses",
      statuses: this.#entries().map(([id, status]) => ({ keyId: hex(id), status })),
    });
    this.dispatchEvent(new Event("keystatuseschange"));
  }

  /**
   * Renewal as the license says, or by `__cdmBridge.renewal.after`; expiry by `__cdmBridge.renewal.expiresAfter`
   * (seconds).
   */
  #schedule(renewalSeconds) {
    this.#stopTimers();
    const { after = renewalSeconds, expiresAfter } = config.renewal;
    if (after > 0) {
      this.#timers.push(
        setTimeout(() => this.#send(this.#exchange.challenge(KIND.renewal), "license-renewal"), after * 1000),
      );
    }
    if (expiresAfter > 0) {
      Object.defineProperty(this, "expiration", { value: Date.now() + expiresAfter * 1000 });
      this.#timers.push(
        setTimeout(async () => {
          await this.#clearKeys.drop("expired");
          this.#statusesChanged();
        }, expiresAfter * 1000),
      );
    }
  }

  #stopTimers() {
    this.#timers.forEach(clearTimeout);
    this.#timers = [];
  }

  #end() {
    this.#closed = true;
    this.#stopTimers();
    log({ keySystem: this.#owner.keySystem, sessionId: this.sessionId, event: "closed" });
  }
}

// A page's `instanceof MediaKeySession` has the same result as with the browser's own.
if (window.MediaKeySession) Object.setPrototypeOf(Session.prototype, MediaKeySession.prototype);
