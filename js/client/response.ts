// Turns an HTTP response into a license, or into the error that explains it.
import { asBytes, copyBytes, redactUrl } from "../bytes.js";
import { createError, toPallyConError, withFields, type PallyConError, type Phase } from "../errors/error.js";
import type { Drm, License, LicenseRequest, LicenseResponse } from "../types.js";
import { readLicense } from "../wasm/core.js";
import { originOf } from "./endpoints.js";
import { redirected, tooLarge } from "./http.js";
import { metaOf } from "./request.js";
import type { State } from "./state.js";
import { Reason } from "../generated/codes.js";

/** The license in a response. Errors are not reported here, because the caller may retry. */
export function read(state: State, drm: Drm, response: LicenseResponse, request?: LicenseRequest): License {
  const meta = metaOf(request);
  if (typeof response !== "object" || response === null)
    throw createError("argument-invalid", { parameters: ["response", "an object with status and body"] });
  try {
    const body = bodyOf(response);
    accept(state, request?.url, response.url, body, "license");
    // An individualization server does not belong to PallyCon.
    if (meta?.opaque && response.status >= 200 && response.status < 300) {
      meta.chain?.licensed();
      return { data: copyBytes(body) };
    }
    const license = readLicense(drm, response.status, body);
    meta?.chain?.licensed();
    if (meta?.license !== false) {
      if (meta?.period) state.licensed(...meta.period);
      if (meta) state.latency = Date.now() - meta.started;
      const record = meta?.chain?.record("licensed");
      state.emit({
        type: "license",
        drm,
        duration: meta ? Date.now() - meta.started : 0,
        bytes: license.data.length,
        ...(record ? { record } : {}),
      });
    }
    return license;
  } catch (thrown) {
    throw explain(toPallyConError(thrown), request, response.url);
  }
}

/** Refuses a response from an unexpected origin, or one that is too large, before anything reads it. */
export function accept(
  { allowRedirects, maxResponseBytes }: State,
  asked: string | undefined,
  from: string | undefined,
  body: Uint8Array,
  phase: Phase,
): void {
  // Usually it is the requested URL: no need to parse that twice.
  const origin = from && from !== asked && originOf(from);
  if (asked && origin && origin !== originOf(asked) && !allowRedirects.includes(origin))
    throw redirected(phase, origin);
  if (body.length > maxResponseBytes) throw tooLarge(phase, maxResponseBytes);
}

/** A refusal with everything known about the request: the problems of its token, and a redirect to a login page. */
export function explain(error: PallyConError, request: LicenseRequest | undefined, url?: string): PallyConError {
  const { keySystem, messageType, problems } = metaOf(request) ?? {};
  const moved = !!request && !!url && error.code !== "redirected" && redactUrl(url) !== redactUrl(request.url);
  return withFields(error, {
    ...(moved ? { message: `${error.message} The request was redirected to ${redactUrl(url)}.` } : {}),
    ...(keySystem ? { keySystem } : {}),
    ...(messageType ? { messageType } : {}),
    ...(problems?.length ? { problems } : {}),
  });
}

function bodyOf(response: LicenseResponse): Uint8Array {
  try {
    return asBytes(response.body);
  } catch (cause) {
    throw createError("not-a-license", { reason: Reason.BodyNotBytes, cause });
  }
}
