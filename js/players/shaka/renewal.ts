// Renewals in Shaka Player: since 5.0 it has renewLicense(), for FairPlay and PlayReady. Earlier versions do not expose
// their sessions.
import type { AdapterOptions, Client, Drm, License, PallyConError } from "../../core.js";
import { Renewals } from "../parts/renewal.js";
import type { Request, ShakaPlayer } from "./types.js";

type Renewing = ShakaPlayer & { renewLicense?: (sessionId: string) => void; getExpiration(): number };

export class ShakaRenewals extends Renewals {
  /** Renewals in progress, by session. */
  private readonly pending = new Map<string, Drm>();
  private readonly shaka: Renewing;

  constructor(client: Client, player: ShakaPlayer, { renewal }: AdapterOptions) {
    super(client, "Shaka Player", renewal);
    this.shaka = player as Renewing;
  }

  requested(drm: Drm, { licenseRequestType, sessionId }: Request): void {
    const id = sessionId ?? "";
    // Filters run again on every attempt.
    if (licenseRequestType !== "license-renewal" || this.pending.has(id)) return;
    this.pending.set(id, drm);
    this.client.renewal(drm, "requested");
  }

  granted(drm: Drm, request: Request, details: License["details"]): void {
    const { shaka } = this;
    const id = request.sessionId ?? "";
    if (this.pending.delete(id)) this.client.renewal(drm, "granted");
    // Shaka closes PlayReady's session before it requests again: so expiry alone triggers no renewal unless the page
    // has asked for it.
    const expiration = () => (this.interval > 0 ? shaka.getExpiration() : NaN);
    this.licensed(id, { drm, expiration, renew: shaka.renewLicense && (async () => shaka.renewLicense!(id)) }, details);
  }

  /** If HTTP alone has failed, Shaka does not say which request it was. */
  refused(error: PallyConError, request?: Request): void {
    for (const [id, drm] of Array.from(this.pending)) {
      if (request && id !== (request.sessionId ?? "")) continue;
      this.pending.delete(id);
      this.client.renewal(drm, "refused", error);
      this.failed(id, error);
    }
  }
}
