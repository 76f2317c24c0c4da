// One HTTP exchange: the core fetches; this file enforces the time limit, redirects, size and abort.
import { PallyConError, createError, toPallyConError, withFields, type Phase } from "../errors/error.js";
import { Reason } from "../generated/codes.js";
import { readCertificate, readLicense, send } from "../wasm/core.js";
import type { Drm, LicenseResponse, Octets } from "../types.js";
import { newAbortController, tooLate, withTimeout } from "../time.js";
import { originOf } from "./endpoints.js";
import type { State } from "./state.js";

export interface HttpExchange {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Octets | null;
  signal?: AbortSignal | undefined;
  phase: Phase;
  drm: Drm;
  timeout?: number;
}
export interface HttpResponse extends LicenseResponse {
  body: Octets;
  url: string;
  retryAfter: string | undefined;
}

export async function exchange(
  state: State,
  { method, url, headers, body, signal, phase, drm, timeout = state.timeout }: HttpExchange,
): Promise<HttpResponse> {
  const { withCredentials } = state.options;
  // The caller's own signal is not passed on: see src/web/fetch.rs.
  const controller = newAbortController();
  const init: RequestInit = {
    method,
    headers,
    body,
    credentials: withCredentials ? "include" : "same-origin",
    signal: controller.signal,
    // A redirect carries the token header along, and a page cannot see the target in advance.
    redirect: state.allowRedirects.length ? "follow" : "manual",
  };
  const limit = {
    ms: timeout,
    signal,
    phase,
    late: () => tooLate("The server", timeout, phase),
    giveUp: () => controller.abort(new Error("given up")),
  };
  return withTimeout(limit, async () => {
    const request = requestOf(url, init);
    try {
      const response = await send(request);
      const { status, type, headers } = response;
      const location = status >= 300 && status < 400 && headers.get("location");
      if (type === "opaqueredirect" || location)
        throw redirected(phase, (location && originOf(location, url)) || "another URL");
      return {
        status,
        url: response.url,
        body: await readBody(response, state.maxResponseBytes, phase),
        retryAfter: headers.get("retry-after") ?? undefined,
      };
    } catch (cause) {
      throw cause instanceof PallyConError ? cause : unanswered(drm, phase, cause);
    }
  });
}

export const redirected = (phase: Phase, to: string): PallyConError =>
  createError("redirected", { phase, parameters: [to] });
export const tooLarge = (phase: Phase, most: number): PallyConError =>
  createError("response-too-large", { phase, parameters: [most] });

/**
 * The URL has been checked, so only a header can be wrong. The browser's own error would repeat the header, which may
 * be a token.
 */
function requestOf(url: string, init: RequestInit): Request {
  try {
    return new Request(url, init);
  } catch {
    throw createError("options-invalid", {
      reason: Reason.OptionKind,
      parameters: ["headers", "names and values that HTTP allows"],
    });
  }
}

/** All that a page knows when there was no response: status 0 for the core, and the browser's error as the cause. */
function unanswered(drm: Drm, phase: Phase, cause: unknown): unknown {
  try {
    return phase === "certificate" ? readCertificate(drm, 0, new Uint8Array()) : readLicense(drm, 0, new Uint8Array());
  } catch (error) {
    return withFields(toPallyConError(error), { cause });
  }
}

/** The body after decompression, read up to the limit. */
async function readBody(response: Response, most: number, phase: Phase): Promise<Octets> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const add = (chunk: Uint8Array) => {
    length += chunk.length;
    if (length > most) throw tooLarge(phase, most);
    chunks.push(chunk);
  };
  const reader = response.body?.getReader();
  if (!reader)
    add(new Uint8Array(await response.arrayBuffer())); // Firefox before 65
  else {
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) add(next.value);
    } catch (thrown) {
      reader.cancel().catch(() => undefined);
      throw thrown;
    }
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
