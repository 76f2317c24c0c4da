// Key statuses (W3C EME, MediaKeyStatus) for players that hide their sessions: raises an event for each change, and a
// warning with a hint if a key does not play.
import { isSameKeyId, keyProblem, type Client } from "../../core.js";

/** Another session's license may still be on its way. */
const GRACE = 5000;

export class KeyStatuses {
  private readonly client: Client;
  private readonly wanted: string[] = [];
  private readonly told = new Map<string, string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client) {
    this.client = client;
  }

  /** The keys that the content needs. */
  want(keyIds: string[]): void {
    for (const keyId of keyIds) if (!this.wanted.includes(keyId)) this.wanted.push(keyId);
  }

  /**
   * The statuses of all keys. Some devices report PlayReady's key ids in GUID order: the content's form is reported.
   */
  report(statuses: [keyId: string, status: string][]): void {
    for (const [id, status] of statuses) {
      const keyId = this.wanted.find((own) => isSameKeyId(own, id)) ?? id;
      if (this.told.get(keyId) === status) continue;
      this.told.set(keyId, status);
      this.client.emit({ type: "key-status", keyId, status });
      this.warn(keyId, status);
    }
    clearTimeout(this.timer);
    // Platforms that reveal no key ids report one status, of one zero byte, for all keys.
    if (statuses.some(([id]) => id.length > 2)) this.timer = setTimeout(() => this.missing(), GRACE);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private missing(): void {
    const missing = this.wanted.filter((keyId) => !this.told.has(keyId));
    // If no id is known, the CDM uses ids of its own (FairPlay may), and nothing can be concluded.
    if (!missing.length || missing.length === this.wanted.length) return;
    for (const keyId of missing) this.told.set(keyId, ""); // reported once
    this.warn(missing.join(", "), "");
  }

  private warn(keyId: string, status: string): void {
    const problem = keyProblem(keyId, status);
    if (problem) this.client.warn(problem);
  }
}
