// MediaKeys: the certificate, the sessions, and the real ClearKey MediaKeys that the media element gets.
import { copyOf } from "./bytes.js";
import { config } from "./config.js";
import { malformed, notSupported } from "./errors.js";
import { log } from "./log.js";
import { Session } from "./session.js";

/** The bridge's MediaKeys by the browser's own, and vice versa. */
const realOf = new WeakMap();
const standInOf = new WeakMap();

export class Keys {
  #owner;

  constructor({ system, keySystem, level, real }) {
    this.#owner = { system, keySystem, level, real, certificate: undefined };
    realOf.set(this, this.#owner);
    standInOf.set(real, this);
  }

  createSession(sessionType = "temporary") {
    if (!["temporary", "persistent-license"].includes(sessionType)) throw malformed(`session type "${sessionType}"`);
    if (sessionType !== "temporary" && !config.persistent) throw notSupported("only temporary sessions");
    return new Session(this.#owner, sessionType);
  }

  async setServerCertificate(certificate) {
    const { system, keySystem } = this.#owner;
    const bytes = copyOf(certificate, "a certificate");
    if (!system.takesCertificate) return false;
    if (bytes.length === 0) throw malformed("the certificate is empty");
    system.checkCertificate(bytes);
    // EME lets a CDM use the bytes before the promise settles or only afterwards; Safari's behavior is unknown.
    if (config.certificateOrder === "strict") await null;
    this.#owner.certificate = bytes;
    log({ keySystem, event: "server-certificate", length: bytes.length });
    return true;
  }

  async getStatusForPolicy() {
    return "usable";
  }
}

if (window.MediaKeys) Object.setPrototypeOf(Keys.prototype, MediaKeys.prototype);

/** The system and the real MediaKeys behind an object of the bridge; undefined for anything else. */
export const ownerOf = (keys) => realOf.get(keys);

/** The object that a page sees instead of the browser's own. */
export const standInFor = (real) => standInOf.get(real) || real;
