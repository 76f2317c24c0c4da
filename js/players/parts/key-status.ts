// Key statuses (W3C EME, MediaKeyStatus) of players that keep the sessions to themselves: an event for each change, and a
// warning with what to do where a key does not play.
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

  /** The content needs these keys. */
  want(keyIds: string[]): void {
    for (const keyId of keyIds) if (!this.wanted.includes(keyId)) this.wanted.push(keyId);
  }

  /** All statuses there are. Some devices report PlayReady's key ids in GUID order: they are told as the content has them. */
  tell(statuses: [keyId: string, status: string][]): void {
    for (const [id, status] of statuses) {
      const keyId = this.wanted.find((own) => isSameKeyId(own, id)) ?? id;
      if (this.told.get(keyId) === status) continue;
      this.told.set(keyId, status);
      this.client.emit({ type: "key-status", keyId, status });
      this.warn(keyId, status);
    }
    clearTimeout(this.timer);
    // One status of one zero byte stands for all keys, on platforms that do not tell more.
    if (statuses.some(([id]) => id.length > 2)) this.timer = setTimeout(() => this.missing(), GRACE);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private missing(): void {
    const missing = this.wanted.filter((keyId) => !this.told.has(keyId));
    // Where none is known the CDM counts in ids of its own (FairPlay may), and nothing can be said.
    if (!missing.length || missing.length === this.wanted.length) return;
    for (const keyId of missing) this.told.set(keyId, ""); // said once
    this.warn(missing.join(", "), "");
  }

  private warn(keyId: string, status: string): void {
    const problem = keyProblem(keyId, status);
    if (problem) this.client.warn(problem);
  }
}
