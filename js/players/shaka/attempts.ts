// All attempts at a license: Shaka's own after HTTP failures, and this package's after a refusal with status 200. The
// client decides about both, as far as Shaka allows: 5 runs request filters before each attempt, and lets a listener of
// `retry` stop it.
import { toPallyConError, tooLate } from "../../core.js";
import type { Chain, Client, Drm, LicenseRequest, Octets, PallyConError, RequestContext } from "../../core.js";
import { originalOf } from "../parts/apple-polyfill.js";
import { fromNetwork } from "./errors.js";
import type { DownloadFailed, Request, ShakaNetworkingEngine, ShakaPlayer } from "./types.js";

export class Attempts {
  readonly chains = new WeakMap<Request, Chain>();
  /** The latest attempt of each request, for the problems of its token. */
  readonly sent = new WeakMap<Request, LicenseRequest>();
  /** Errors of Shaka that end its retries, and the PallyConErrors behind them. */
  readonly last = new WeakMap<object, { ours: PallyConError; chain: Chain }>();
  /** The final errors of requests for which Shaka has attempts left. */
  private readonly final = new WeakMap<Request, PallyConError>();
  private readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  /** Shaka 5's events of each attempt. */
  listen(player: ShakaPlayer, network: ShakaNetworkingEngine | null): void {
    player.addEventListener("downloadfailed", this.onFailed);
    network?.addEventListener?.("retry", this.onRetry);
  }

  stop(player: Partial<ShakaPlayer>, network: ShakaNetworkingEngine | null): void {
    player.removeEventListener?.("downloadfailed", this.onFailed);
    network?.removeEventListener?.("retry", this.onRetry);
  }

  begin(request: Request, drm: Drm): Chain {
    const chain = this.chains.get(request) ?? this.client.chain(drm);
    this.chains.set(request, chain);
    return chain;
  }

  /**
   * Starts the next attempt, when it is allowed. A failing callback of the page is called again as often as the options
   * allow.
   */
  async next(request: Request, chain: Chain, prepare: () => Promise<LicenseRequest>): Promise<LicenseRequest> {
    for (;;) {
      const final = this.final.get(request);
      if (final) throw final;
      await chain.pause();
      try {
        return await prepare();
      } catch (thrown) {
        const final = chain.fail(toPallyConError(thrown));
        if (final) throw final;
      }
    }
  }

  /** An attempt of Shaka's failed: it retries, or the request has ended. */
  readonly onFailed = ({ request, error, aborted }: DownloadFailed): void => {
    const chain = request && this.chains.get(request);
    const sent = request && this.sent.get(request);
    if (!chain || !sent) return;
    const ours = aborted
      ? tooLate("The license server", sent.timeout, "license")
      : fromNetwork(this.client, error ?? undefined);
    // Shaka gave up, or a filter did.
    if (!ours) return;
    const final = chain.fail(ours, (error?.data[3] as Record<string, string> | undefined)?.["retry-after"]);
    if (!final) return;
    this.final.set(request, final);
    if (error) this.last.set(error, { ours: final, chain });
  };

  readonly onRetry = (event: { error?: object | null; preventDefault(): void }): void => {
    if (event.error && this.last.has(event.error)) event.preventDefault();
  };
}

/** What Shaka knows about a request. */
export function contextOf(request: Request, attempt: number): Partial<RequestContext> {
  const { drmInfo, sessionId, initData, initDataType, licenseRequestType } = request;
  return {
    ...(drmInfo ? { keySystem: drmInfo.keySystem } : {}),
    ...(sessionId ? { sessionId } : {}),
    ...(initData && initDataType
      ? {
          initData: originalOf(initData).slice() as Octets,
          initDataType: initDataType as NonNullable<RequestContext["initDataType"]>,
        }
      : {}),
    ...(licenseRequestType ? { messageType: licenseRequestType as RequestContext["messageType"] } : {}),
    ...(attempt > 0 ? { reason: "retry" as const } : {}),
  };
}

/** An attempt as Shaka will send it. */
export function putOn(
  request: Request,
  { url, body, headers, timeout }: LicenseRequest,
  withCredentials?: boolean,
): void {
  request.uris = [url];
  if (request.retryParameters) request.retryParameters.timeout = timeout;
  request.body = body;
  if (withCredentials) request.allowCrossSiteCredentials = true;
  const present = new Set(Object.keys(request.headers).map((name) => name.toLowerCase()));
  for (const name of Object.keys(headers)) {
    // Shaka has taken PlayReady's own headers from the CDM's message: those stay.
    const own = /^(content-type|soapaction)$/i.test(name) && present.has(name.toLowerCase());
    if (!own) request.headers[name] = headers[name]!;
  }
}
