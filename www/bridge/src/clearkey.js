// The real CDM underneath. Keys from a license are loaded into ClearKey sessions, which then really decrypt.
import { base64url, hex, utf8 } from "./bytes.js";
import { config } from "./config.js";
import { writeKeyIds } from "./init-data.js";

export const nativeRequestAccess = Navigator.prototype.requestMediaKeySystemAccess;

/** Statuses with which a real CDM does not decrypt: such a key is withheld from ClearKey, too. */
const WITHHELD = ["output-restricted", "internal-error", "expired", "status-pending", "usable-in-future", "released"];

/** The ClearKey sessions behind one session of the bridge: one for each set of keys. */
export class ClearKeys {
  constructor(mediaKeys) {
    this.mediaKeys = mediaKeys;
    this.sessions = [];
    this.statuses = new Map();
  }

  /** Loads keys; a key that a session already has is loaded into that session again (a renewal). */
  async load(keys) {
    const usable = [];
    for (const pair of keys) {
      const simulated = config.statuses[hex(pair.id)];
      if (simulated) this.statuses.set(hex(pair.id), { id: pair.id, status: simulated });
      if (!WITHHELD.includes(simulated)) usable.push(pair);
    }
    if (usable.length === 0) return;
    const ids = usable.map(({ id }) => hex(id));
    let session = this.sessions.find(({ held }) => ids.every((id) => held.has(id)));
    if (!session) {
      // Firefox only decrypts with a key if the session's init data named it (according to its source; not observed
      // here); so the session is created when the license has arrived and the ids are known.
      session = { real: this.mediaKeys.createSession("temporary"), held: new Set(ids) };
      this.sessions.push(session);
      await session.real.generateRequest("keyids", utf8(writeKeyIds(usable.map(({ id }) => id))));
    }
    const jwks = usable.map(({ id, key }) => ({ kty: "oct", kid: base64url(id), k: base64url(key) }));
    await session.real.update(utf8(JSON.stringify({ keys: jwks, type: "temporary" })));
    for (const { id } of usable) {
      if (config.statuses[hex(id)]) continue;
      this.statuses.set(hex(id), { id, status: session.real.keyStatuses.get(id) || "internal-error" });
    }
  }

  /** @returns {[Uint8Array, string][]} */
  entries() {
    return [...this.statuses.values()].map(({ id, status }) => [id, status]);
  }

  /** Sets the same status for every key, with the keys themselves removed from the CDM. */
  async drop(status) {
    for (const entry of this.statuses.values()) entry.status = status;
    await this.close();
  }

  async close() {
    const closing = this.sessions.map(({ real }) => real.close());
    this.sessions = [];
    await Promise.all(closing);
  }
}
