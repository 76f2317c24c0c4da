/**
 * Shaka Player, 4.13 and later and 5: `const undo = await attachShaka(player, drm)` before `player.load()`. Shaka sends
 * the requests; the adapter's filters add the token to each license request and read each response before the CDM gets
 * it. A refused license reaches the app in Shaka's own `error` event, as 6007 with our PallyConError inside
 * (`pallyConError(error)`).
 * @packageDocumentation
 */
import { attachOnce } from "./attach.js";
import { legacyTransform, originalOf, polyfilled } from "./parts/apple-polyfill.js";
import { KeyStatuses } from "./parts/key-status.js";
import { warnUntested } from "./parts/version.js";
import { Attempts, contextOf, putOn } from "./shaka/attempts.js";
import { fillCertificate } from "./shaka/certificate.js";
import { configurationOf, restored } from "./shaka/configuration.js";
import { errorEvent, fromNetwork, pallyConError } from "./shaka/errors.js";
import { ShakaRenewals } from "./shaka/renewal.js";
import type { Robust } from "./shaka/robustness.js";
import type { DrmConfig, Request, Response, ShakaError, ShakaPlayer, ShakaStorage } from "./shaka/types.js";
import {
  UNCOUNTED,
  arrived,
  asBytes,
  clientOf,
  drmOf,
  originOf,
  prepare,
  read,
  redactUrl,
  toPallyConError,
} from "../core.js";
import type {
  AdapterOptions,
  Bytes,
  Chain,
  Client,
  Drm,
  InitDataType,
  License,
  Octets,
  PallyCon,
  PallyConError,
  Undo,
} from "../core.js";

export { pallyConError };
export type { ShakaPlayer, ShakaStorage };

/**
 * shaka.net.NetworkingEngine.RequestType: LICENSE has the same number in every version since 2.0, SERVER_CERTIFICATE
 * since 3.0.
 */
const [LICENSE, SERVER_CERTIFICATE] = [2, 5];

function drmOfRequest(request: Request | undefined): Drm | undefined {
  const drm = drmOf(request?.drmInfo?.keySystem ?? "");
  return drm === "clearkey" ? undefined : drm;
}

/** The networking engines that have our filters: a Storage may share its player's. */
const served = new WeakSet<object>();

/** `player`: a player, or a shaka.offline.Storage with its own networking engine. */
export function attachShaka(
  player: ShakaPlayer | ShakaStorage,
  drm: PallyCon,
  options: AdapterOptions = {},
): Promise<Undo> {
  return attachOnce(player, async () => {
    const client = clientOf(drm);
    const isPlayer = !("store" in player);
    const engine = player.getNetworkingEngine();
    if (!isPlayer && engine && served.has(engine)) return client.adopt(() => {});
    const attachment = new Attachment(player as ShakaPlayer, client, options, isPlayer);
    const undo = attachment.start();
    if (options.robustness)
      await attachment.step().catch((error: unknown) =>
        undo().then(() => {
          throw error;
        }),
      );
    return undo;
  });
}

class Attachment {
  private readonly player: ShakaPlayer;
  private readonly client: Client;
  private readonly options: AdapterOptions;
  private readonly isPlayer: boolean;
  robust: Robust | undefined;
  /** The CDM's message of each request: filters run again on every attempt, and Shaka resets headers but not bodies. */
  private readonly messages = new WeakMap<Request, Octets>();
  private readonly attempts: Attempts;
  private readonly reported = new WeakSet<PallyConError>();
  private readonly statuses: KeyStatuses;
  private readonly renewals: ShakaRenewals;
  private undone = false;

  constructor(player: ShakaPlayer, client: Client, options: AdapterOptions, isPlayer: boolean) {
    this.player = player;
    this.client = client;
    this.options = options;
    this.attempts = new Attempts(client);
    this.isPlayer = isPlayer;
    this.statuses = new KeyStatuses(client);
    this.renewals = new ShakaRenewals(client, player, options);
  }

  start(): Undo {
    const player = this.player;
    const before = (player.getConfiguration() as { drm: DrmConfig }).drm;
    const client = this.client;
    const { attempts, base } = client.retry;
    /** Shaka runs request filters before each attempt: the adapter waits instead of Shaka. 4.x runs them once. */
    const ours = /^v?5\./.test(String((player.constructor as { version?: unknown }).version));
    const configured = configurationOf(client, before, this.options);
    const failure = "failureCallback" in before;
    const usersCallback = before.failureCallback;
    player.configure({
      drm: {
        ...configured,
        ...(polyfilled() ? { initDataTransform: legacyTransform(before.initDataTransform) } : {}),
        retryParameters: {
          maxAttempts: ours ? attempts + UNCOUNTED : attempts,
          baseDelay: ours ? 0 : base,
          backoffFactor: 2,
          fuzzFactor: 1,
          timeout: client.timeout,
        },
        // Absent before 5.0, which would log a complaint about an unknown option.
        ...(failure ? { failureCallback: (error: ShakaError) => this.failed(error, usersCallback) } : {}),
      },
    });
    const network = player.getNetworkingEngine();
    network?.registerRequestFilter(this.onRequest);
    network?.registerResponseFilter(this.onResponse);
    if (network) served.add(network);
    if (this.isPlayer) {
      player.addEventListener("error", this.onError);
      if (ours) this.attempts.listen(player, network);
      if (client.observed) player.addEventListener("keystatuschanged", this.onKeyStatus);
      warnUntested(client, "Shaka Player", player, /^v?(4\.1[3-9]|5)\./);
    }
    return client.adopt(() => {
      this.undone = true;
      this.statuses.stop();
      this.renewals.stop();
      this.robust?.undo();
      // A destroyed player has neither network nor listeners; undoing twice does no harm.
      const engine = player.getNetworkingEngine() ?? network;
      engine?.unregisterRequestFilter(this.onRequest);
      engine?.unregisterResponseFilter(this.onResponse);
      this.attempts.stop(player, engine);
      if (network) served.delete(network);
      if (this.isPlayer) {
        player.removeEventListener("error", this.onError);
        player.removeEventListener("keystatuschanged", this.onKeyStatus);
      }
      try {
        const { initDataTransform, retryParameters } = before;
        const callback = failure ? { failureCallback: usersCallback } : {};
        player.configure({ drm: { ...restored(configured, before), initDataTransform, retryParameters, ...callback } });
      } catch {
        /* destroyed: there is no configuration left to restore */
      }
    });
  }

  private readonly onRequest = async (type: number, request: Request): Promise<void> => {
    if (type === SERVER_CERTIFICATE) return fillCertificate(this.client, request);
    const drm = type === LICENSE ? drmOfRequest(request) : undefined;
    if (!drm || !request.body) return;
    const client = this.client;
    let message = this.messages.get(request);
    if (!message) {
      message = asBytes(request.body).slice() as Octets;
      this.messages.set(request, message);
    }
    const tried = request.attempt ?? 0;
    // After the last attempt has failed, Shaka runs its filters once more and sends nothing.
    if (tried >= (request.retryParameters?.maxAttempts ?? Infinity)) return;
    const chain = this.attempts.begin(request, drm);
    this.renewals.requested(drm, request);
    const media = () => this.player.getMediaElement?.();
    const prepared = await this.failOpen(
      () =>
        this.attempts.next(request, chain, () =>
          prepare(client, drm, message, contextOf(request, chain.attempt - 1), { ...this.options, media }, chain),
        ),
      undefined,
      chain,
    );
    if (!prepared) return;
    this.robust?.used();
    this.attempts.sent.set(request, prepared);
    const { initData, initDataType } = request;
    if (initData) this.statuses.want(client.initData(originalOf(initData), initDataType as InitDataType)?.keyIds ?? []);
    putOn(request, prepared, client.options.withCredentials);
    client.emit({
      type: "request",
      drm,
      url: redactUrl(prepared.url),
      attempt: chain.attempt,
      bytes: prepared.body?.length ?? 0,
    });
  };

  async step(): Promise<void> {
    this.robust = await (await arrived(import("./parts/robustness.js"))).robustShaka(
      this.player,
      this.client,
      this.options,
    );
  }

  private readonly onResponse = async (type: number, response: Response): Promise<void> => {
    const drm = type === LICENSE ? drmOfRequest(response.originalRequest) : undefined;
    if (!drm) return;
    const { status = 200, data, uri, originalUri, headers, originalRequest: request } = response;
    const sent = request && this.attempts.sent.get(request);
    // A filter of the page may change the target: redirects from there are the page's responsibility.
    const url =
      originalUri && sent && originalUri !== sent.url && originOf(originalUri) !== originOf(sent.url) ? sent.url : uri;
    const license = await this.failOpen(
      async (): Promise<Pick<License, "data">> => {
        try {
          const license = read(this.client, drm, { status, body: data, url, headers }, sent);
          if (request) this.renewals.granted(drm, request, license.details);
          return license;
        } catch (thrown) {
          const chain = request && this.attempts.chains.get(request);
          if (!chain) throw thrown;
          const data = await this.retry(toPallyConError(thrown), request, chain, headers["retry-after"]);
          if (!data) throw thrown;
          return { data };
        }
      },
      (error) => this.report(error, undefined, request),
      request && this.attempts.chains.get(request),
    );
    if (license) response.data = license.data;
  };

  /**
   * Shaka only retries after HTTP failures. A temporary refusal with status 200 is retried here, through Shaka and all
   * its filters.
   */
  async retry(error: PallyConError, request: Request, chain: Chain, retryAfter?: string): Promise<Octets | undefined> {
    const final = chain.fail(error, retryAfter);
    if (final) throw final;
    const network = this.player.getNetworkingEngine();
    if (!network) return undefined;
    await chain.pause();
    // Without the filters the request would carry the old token, and nothing would read its response.
    if (this.undone) return undefined;
    const { uris, body, headers, ...rest } = request;
    const next: Request = {
      ...rest,
      uris: [...uris],
      body: this.messages.get(request) ?? body,
      headers: { ...headers },
      attempt: 0,
    };
    this.attempts.chains.set(next, chain);
    try {
      const { data } = await network.request(LICENSE, next as never).promise;
      return asBytes(data as Bytes) as Octets;
    } catch (thrown) {
      throw pallyConError(thrown) ?? fromNetwork(this.client, thrown as ShakaError) ?? thrown;
    }
  }

  /**
   * A refusal is thrown, so that Shaka reports it. An internal error of ours lets the player's bytes pass, and is
   * reported as an event.
   */
  async failOpen<T>(
    work: () => Promise<T>,
    refused?: (error: PallyConError) => void,
    chain?: Chain,
  ): Promise<T | undefined> {
    try {
      return await work();
    } catch (thrown) {
      const error = this.client.fail(chain ? chain.abort(thrown) : thrown, chain);
      if (error.code === "internal") return undefined;
      refused?.(error);
      throw error;
    }
  }

  /** Shaka 5 calls this before it reports an error; here HTTP failures get their PallyConError. */
  failed(error: ShakaError, usersCallback: ((error: ShakaError) => void) | undefined): void {
    usersCallback?.(error);
    if (error.handled) return;
    let ours = pallyConError(error);
    if (!ours) {
      const inner = error.data[0] as ShakaError | undefined;
      const known = inner && this.attempts.last.get(inner);
      ours = known?.ours ?? fromNetwork(this.client, inner);
      if (ours) error.data.push(this.client.fail(ours, known?.chain));
    }
    if (!ours) return;
    error.message = ours.message;
    this.report(ours, error);
  }

  private readonly onError = (event: { detail?: unknown }): void => {
    const ours = pallyConError(event.detail);
    if (!ours) return;
    this.reported.add(ours);
    (event.detail as ShakaError).message = ours.message;
  };

  private readonly onKeyStatus = (): void => this.statuses.report(Object.entries(this.player.getKeyStatuses()));

  /** Shaka reports a failed license only if no other session is active: otherwise this does. */
  report(ours: PallyConError, error?: ShakaError, request?: Request): void {
    if (!this.isPlayer) return; // a Storage rejects with it
    this.renewals.refused(ours, request);
    setTimeout(() => {
      if (this.reported.has(ours)) return;
      this.reported.add(ours);
      this.player.dispatchEvent(errorEvent(ours, error) as never);
    });
  }
}
