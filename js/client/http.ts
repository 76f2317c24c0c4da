// One exchange over HTTP: the core fetches; the time limit and whoever may give it up are minded here.
import { toPallyConError, withFields, type Phase } from "../errors/error.js";
import { readCertificate, readLicense, send } from "../wasm/core.js";
import type { Drm, LicenseResponse, Octets } from "../types.js";
import { tooLate, withTimeout } from "../time.js";

export interface HttpExchange {
  method: string; url: string; headers: Record<string, string>; body: Octets | null;
  credentials: boolean; timeout: number; signal?: AbortSignal | undefined; phase: Phase; drm: Drm;
}
export interface HttpResponse extends LicenseResponse { body: Octets; url: string; retryAfter: string | undefined }

export function exchange({ method, url, headers, body, credentials, timeout, signal, phase, drm }: HttpExchange): Promise<HttpResponse> {
  // Absent in Chromium before 66 (Tizen 5.0, 2018): there a request that was given up runs on. The caller's own signal is not
  // handed on: see src/web/fetch.rs.
  const controller = typeof AbortController === "function" ? new AbortController() : undefined;
  const limit = { ms: timeout, signal, phase, late: () => tooLate("The server", timeout, phase), giveUp: () => controller?.abort(new Error("given up")) };
  return withTimeout(limit, async () => {
    try {
      const request = new Request(url, { method, headers, body, credentials: credentials ? "include" : "same-origin", signal: controller ? controller.signal : null });
      const response = await send(request);
      return { status: response.status, url: response.url, body: new Uint8Array(await response.arrayBuffer()), retryAfter: response.headers.get("retry-after") ?? undefined };
    } catch (cause) {
      throw unanswered(drm, phase, cause);
    }
  });
}

/** All that a page can know when there was no response: status 0 to the core, and the browser's error as the cause. */
function unanswered(drm: Drm, phase: Phase, cause: unknown): unknown {
  try {
    return phase === "certificate" ? readCertificate(drm, 0, new Uint8Array()) : readLicense(drm, 0, new Uint8Array());
  } catch (error) {
    return withFields(toPallyConError(error), { cause });
  }
}
