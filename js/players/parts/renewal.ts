// Renewals that the page initiates: for servers that count or stop streams by them, and before keys expire. The module
// decides when.
import { createError, renewalWait, type Client, type Drm, type License, type PallyConError } from "../../core.js";

/** A license. */
export interface Renewable {
  drm: Drm;
  /** as in EME: milliseconds since 1970, NaN if it never expires */
  expiration: () => number;
  /** makes the session request a renewal; absent: the player cannot */
  renew?: (() => Promise<void>) | undefined;
}
interface Known extends Renewable {
  stated: number;
  known?: number;
  timer?: ReturnType<typeof setTimeout> | undefined;
}

export class Renewals {
  protected readonly client: Client;
  private readonly player: string;
  protected readonly interval: number;
  private readonly sessions = new Map<unknown, Known>();
  private warned = false;

  constructor(client: Client, player: string, renewal: { interval: number } | undefined) {
    this.client = client;
    this.player = player;
    this.interval = renewal?.interval ?? NaN;
  }

  /** FairPlay's session gets a command, and then sends a renewal message. */
  licensedSession(session: MediaKeySession, drm: Drm, details: License["details"]): void {
    const known = this.sessions.has(session);
    const renew = drm === "fairplay" ? () => session.update(new TextEncoder().encode("renew")) : undefined;
    this.licensed(session, { drm, expiration: () => session.expiration, renew }, details);
    // The CDM may know until when the keys are valid.
    if (!known && renew) session.addEventListener("keystatuseschange", () => this.updated(session));
  }

  /** `key`: identifies the session that has the license. */
  protected licensed(key: unknown, renewable: Renewable, details: License["details"]): void {
    const { drm, renew } = renewable;
    if (renew) {
      clearTimeout(this.sessions.get(key)?.timer);
      this.sessions.set(key, { ...renewable, stated: Number(details?.renewal_duration) * 1000 });
      this.plan(key);
    } else if (!this.warned && renewalWait(drm, this.interval, NaN, NaN) !== undefined) {
      // Not for Widevine and ClearKey: their CDMs renew on their own.
      this.warned = true;
      this.client.warn(createError("renewal-unsupported", { parameters: [this.player, drm] }), drm);
    }
  }

  private updated(key: unknown): void {
    const session = this.sessions.get(key);
    if (session && !Object.is(session.expiration(), session.known)) this.plan(key);
  }

  /** The renewal failed. */
  failed(key: unknown, { retryable }: PallyConError): void {
    this.plan(key, retryable);
  }

  stop(): void {
    this.sessions.forEach(({ timer }) => clearTimeout(timer));
    this.sessions.clear();
  }

  private plan(key: unknown, retryable?: boolean): void {
    const session = this.sessions.get(key);
    if (!session) return;
    clearTimeout(session.timer);
    session.known = session.expiration();
    const left = session.known - Date.now();
    const wait = renewalWait(session.drm, this.interval, left, session.stated, retryable);
    if (wait === undefined) return;
    session.timer = setTimeout(() => {
      session.renew!().catch((cause: Error) => {
        if (this.client.renewalFailed(session.drm, cause)) this.plan(key, true);
      });
    }, wait);
  }
}
