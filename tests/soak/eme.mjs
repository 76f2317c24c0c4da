// The parts of a media element and of EME that `attachMedia` uses, in Node: a CDM of the simulated wire
// (docs/simulated-drm.md), which only accepts a license for its own challenge.
import { randomBytes } from "node:crypto";
import { openWidevine, widevine } from "../license-server/support.mjs";

class Session extends EventTarget {
  sessionId = randomBytes(4).toString("hex");
  keyStatuses = new Map();
  expiration = Number.NaN;
  closed = new Promise((resolve) => {
    this.close = async () => resolve("closed-by-application");
  });

  /** `initData`: one `pssh` with one key id at the end of its payload. */
  async generateRequest(_type, initData) {
    this.keyId = Buffer.from(initData).subarray(-16).toString("hex");
    this.nonce = randomBytes(16);
    const message = Uint8Array.from(widevine([this.keyId], { n: this.nonce })).buffer;
    setImmediate(() =>
      this.dispatchEvent(Object.assign(new Event("message"), { message, messageType: "license-request" })),
    );
  }

  async update(license) {
    const { keys, nonce } = openWidevine(Buffer.from(license));
    if (!nonce.equals(this.nonce)) throw new Error("the license answers another challenge");
    for (const { keyId } of keys) this.keyStatuses.set(Buffer.from(keyId, "hex"), "usable");
    this.dispatchEvent(new Event("keystatuseschange"));
  }
}

/** An element with some media buffered, in seconds. */
export class Video extends EventTarget {
  mediaKeys = null;
  currentTime = 0;
  playbackRate = 1;
  ahead = 0;

  get buffered() {
    return { length: 1, start: () => 0, end: () => this.ahead };
  }

  async setMediaKeys(keys) {
    this.mediaKeys = keys;
  }

  /** The player encounters a key. `ahead`: seconds until it is needed. */
  meet(keyId, ahead = 0) {
    this.ahead = ahead;
    // ISO/IEC 23001-7, 8.1: a version 0 box for Widevine; its payload is field 2 with the key id.
    const box = Buffer.from(
      `00000032 70737368 00000000 edef8ba979d64acea3c827dcd51d21ed 00000012 1210 ${keyId}`.replaceAll(" ", ""),
      "hex",
    );
    this.dispatchEvent(
      Object.assign(new Event("encrypted"), { initDataType: "cenc", initData: Uint8Array.from(box).buffer }),
    );
  }
}

/** Gives this process a browser's access to a CDM. */
export function installEme() {
  const access = (keySystem, [configuration]) => ({
    keySystem,
    getConfiguration: () => configuration,
    createMediaKeys: async () => ({
      setServerCertificate: async () => false,
      createSession: () => new Session(),
      getStatusForPolicy: async () => "usable",
    }),
  });
  const navigator = {
    onLine: true,
    userAgent: "soak",
    requestMediaKeySystemAccess: async (keySystem, configurations) => {
      if (keySystem !== "com.widevine.alpha") throw new DOMException("not supported", "NotSupportedError");
      return access(keySystem, configurations);
    },
  };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true, writable: true });
  globalThis.isSecureContext = true;
}
