// The client behind createPallyCon: gets tokens from the page, requests and licenses from the core, and reports events.
import { redactUrl } from "../bytes.js";
import { createError, toPallyConError } from "../errors/error.js";
import type {
  Bytes,
  Drm,
  License,
  LicenseRequest,
  LicenseResponse,
  Octets,
  PallyCon,
  PallyConOptions,
  RequestContext,
  Undo,
} from "../types.js";
import { playreadyCdmData } from "../wasm/core.js";
import { certificateOf } from "./certificate.js";
import type { Chain } from "./delivery.js";
import { exchange, type HttpResponse } from "./http.js";
import { checkOptions } from "./options.js";
import { challenge, contextOf, customDataOf, prepare, validateToken, type Internal } from "./request.js";
import { explain, read } from "./response.js";
import { State } from "./state.js";
import { Reason } from "../generated/codes.js";

export class Client extends State implements PallyCon {
  private readonly undos = new Set<Undo>();

  licenseRequest(drm: Drm, message: Bytes, context: Partial<RequestContext> = {}): Promise<LicenseRequest> {
    return this.reporting(() => prepare(this, drm, message, context));
  }

  readLicense(drm: Drm, response: LicenseResponse, request?: LicenseRequest): License {
    try {
      return read(this, drm, response, request);
    } catch (thrown) {
      throw this.fail(thrown);
    }
  }

  async requestLicense(
    drm: Drm,
    message: Bytes,
    context: Partial<RequestContext> = {},
    adapter: Internal = {},
  ): Promise<License> {
    const chain = this.chain(drm);
    // Anything but an object is refused below.
    const renewal = context?.messageType === "license-renewal" || context?.reason === "renewal";
    if (renewal) this.renewal(drm, "requested");
    let own: Octets | undefined;
    try {
      for (;;) {
        let request: LicenseRequest | undefined;
        let response: HttpResponse | undefined;
        try {
          own ??= challenge(drm, message);
          request = await prepare(
            this,
            drm,
            own,
            chain.attempt > 1 ? { ...context, reason: "retry" } : context,
            adapter,
            chain,
          );
          this.emit({
            type: "request",
            drm,
            url: redactUrl(request.url),
            attempt: chain.attempt,
            bytes: request.body?.length ?? 0,
          });
          response = await exchange(this, { ...request, signal: context.signal, phase: "license", drm });
          const license = read(this, drm, response, request);
          if (renewal) this.renewal(drm, "granted");
          return license;
        } catch (thrown) {
          const error = response ? toPallyConError(thrown) : explain(toPallyConError(thrown), request);
          const final = chain.fail(error, response?.retryAfter);
          if (final) {
            if (renewal) this.renewal(drm, "refused", final);
            throw this.fail(final, chain);
          }
          await this.reporting(() => chain.pause(context.signal), chain);
        }
      }
    } finally {
      chain.abort();
    }
  }

  certificate(drm: "fairplay" | "widevine"): Promise<Octets> {
    return this.reporting(() => certificateOf(this, drm));
  }

  playreadyCdmData(): Promise<Octets> {
    return this.reporting(async () => {
      await this.ready();
      const { context } = await contextOf(this, "playready", {}, {});
      const token = await customDataOf(this, context, {});
      if (token === undefined) throw createError("custom-data-missing", { reason: Reason.CdmDataNeedsToken });
      validateToken(this, token, context, false, true);
      return playreadyCdmData(token);
    });
  }

  /** Makes an undo function that runs once, however often it is called, and also when the client is disposed of. */
  adopt(undo: () => void | Promise<void>): Undo {
    let done: Promise<void> | undefined;
    const once: Undo = () => {
      this.undos.delete(once);
      done ??= Promise.resolve().then(undo);
      return done;
    };
    this.undos.add(once);
    return once;
  }

  /** Safe to log: the options themselves contain tokens and headers. */
  toJSON(): object {
    const { siteId, host } = this.options;
    return { siteId, host };
  }

  async dispose(): Promise<void> {
    await Promise.all(Array.from(this.undos, (undo) => undo()));
  }

  private async reporting<T>(work: () => Promise<T>, chain?: Chain): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw this.fail(thrown, chain);
    }
  }
}

/**
 * Checks the options and makes a client immediately. The wasm loads in the meantime: every method that returns a
 * promise awaits it.
 */
export async function createPallyCon(options: PallyConOptions = {}): Promise<PallyCon> {
  const client = new Client(checkOptions(options));
  // If the wasm cannot be loaded, the page learns it now, and again with the first request, which tries once more.
  client.ready().catch((error: unknown) => client.fail(error));
  return client;
}

/** The client behind the object that an adapter gets. */
export function clientOf(drm: PallyCon): Client {
  if (drm instanceof Client) return drm;
  throw createError("client-invalid");
}
