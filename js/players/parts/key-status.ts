// Key statuses (W3C EME, MediaKeyStatus) of players that keep the sessions to themselves: an event for each change, and a
// warning with what to do where a key does not play.
import { sameKeyId, type Client } from "../../core.js";

const PROBLEMS: Record<string, [code: string, what: string, hint: string]> = {
  "output-restricted": ["output-restricted", "may not be shown on this display (output protection, HDCP)", "Use a display and cable with HDCP, play a lower quality, or ask for less in the token's policy."],
  expired: ["key-expired", "has expired", "Load the source again, with a token whose policy still allows it."],
  "internal-error": ["key-unusable", "cannot be used: the CDM reports an error of its own", "Load the source again; if it comes back, the device or its CDM is the cause."],
  released: ["key-released", "was released with its session", "Load the source again to play on."],
};
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
      const keyId = this.wanted.find((own) => sameKeyId(own, id)) ?? id;
      if (this.told.get(keyId) === status) continue;
      this.told.set(keyId, status);
      this.client.emit({ type: "key-status", keyId, status });
      const problem = PROBLEMS[status];
      if (problem) this.warn(problem[0], `The key ${keyId} ${problem[1]}.`, problem[2]);
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
    this.warn("key-missing", `No license has brought the key ${missing.join(", ")}.`, "Check that the token's policy allows this track, and that the content was packaged with the keys of this content id.");
  }

  private warn(code: string, message: string, hint: string): void {
    this.client.emit({ type: "warning", code, message, hint });
  }
}
