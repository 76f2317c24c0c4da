// The message exchange of one session: challenges with fresh nonces out, responses in. Independent of EME, so the
// modern session and the legacy WebKit session share it.
import { hex } from "./bytes.js";
import { config } from "./config.js";
import { malformed, wrongState } from "./errors.js";
import { log } from "./log.js";

export const KIND = { new: 1, renewal: 2, release: 3 };

export class Exchange {
  /**
   * @param {object} system one of the simulated DRMs
   * @param {{keyIds: Uint8Array[], contentId?: string}} wanted what the init data request
   */
  constructor({ system, keySystem, sessionId, wanted, certificate }) {
    Object.assign(this, { system, keySystem, sessionId, wanted, certificate });
    // Nonces of pending challenges. A response consumes its nonce: a replay is refused.
    this.open = new Map();
    this.awaitingCertificate = false;
  }

  /** @returns {Uint8Array} the first message: a challenge, or the request for a certificate */
  first() {
    const { certificateRequest } = this.system;
    if (certificateRequest && config.serviceCertificateRequest && !this.certificate) {
      this.awaitingCertificate = true;
      this.log("certificate-request");
      return certificateRequest.slice();
    }
    return this.challenge(KIND.new);
  }

  challenge(kind) {
    const nonce = crypto.getRandomValues(new Uint8Array(16));
    this.open.set(hex(nonce), kind);
    this.log("challenge", { kind, keyIds: this.wanted.keyIds.map(hex), contentId: this.wanted.contentId });
    return this.system.challenge({ ...this.wanted, nonce, kind, certificate: this.certificate, config });
  }

  /**
   * Handles a response from the page.
   * @returns {{message?: Uint8Array, messageType?: string, released?: boolean, license?: {keys: {id: Uint8Array, key:
   * Uint8Array}[], renewal?: number}}}
   */
  answer(bytes) {
    try {
      return this.read(bytes);
    } catch (error) {
      this.log("refused", { reason: error.message });
      throw error;
    }
  }

  read(bytes) {
    if (this.system.isRenewCommand && this.system.isRenewCommand(bytes)) {
      return { message: this.challenge(KIND.renewal), messageType: "license-renewal" };
    }
    if (this.awaitingCertificate) {
      this.certificate = this.system.readCertificate(bytes);
      this.awaitingCertificate = false;
      this.log("certificate");
      return { message: this.challenge(KIND.new), messageType: "license-request" };
    }
    if (this.open.size === 0) throw wrongState("no challenge of this session is pending");
    const license = this.system.readLicense(bytes);
    if (!this.open.has(hex(license.nonce))) throw malformed("this license is for another challenge");
    const released = this.open.get(hex(license.nonce)) === KIND.release;
    if (license.keys.length === 0 && !released) throw malformed("a license without a key");
    this.open.delete(hex(license.nonce));
    if (released) return { released };
    this.log("license", { keyIds: license.keys.map(({ id }) => hex(id)), renewal: license.renewal });
    return { license };
  }

  log(event, more) {
    log({ keySystem: this.keySystem, sessionId: this.sessionId, event, ...more });
  }
}
