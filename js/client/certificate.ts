// Certificates: turns bytes, text or a URL into what setServerCertificate accepts. Fetched once per page.
import { asBytes, copyBytes, encodeText, isA, redactUrl } from "../bytes.js";
import { createError, toPallyConError, withFields } from "../errors/error.js";
import type { Bytes, CertificateSource, Octets } from "../types.js";
import { readCertificate } from "../wasm/core.js";
import { certificateUrl } from "./endpoints.js";
import { exchange } from "./http.js";
import { accept } from "./response.js";
import type { State } from "./state.js";

type CertificateDrm = "fairplay" | "widevine";
interface Location {
  bytes?: Uint8Array;
  url: string;
  headers: Record<string, string>;
}

/** Successful downloads by URL, for the lifetime of the page. Failures are not kept, so the next player tries again. */
const kept = new Map<string, Promise<Octets>>();

export async function certificateOf(state: State, drm: CertificateDrm): Promise<Octets> {
  if (drm !== "fairplay" && drm !== "widevine") throw createError("drm-invalid", { parameters: [String(drm)] });
  await state.ready();
  const { bytes, url, headers } = locate(state, drm, state.options.certificate?.[drm]);
  if (bytes) return read(state, drm, 200, bytes);
  // Only callers that would send the same request share a download.
  const key = JSON.stringify([
    drm,
    url,
    headers,
    !!state.options.withCredentials,
    state.allowRedirects,
    state.timeout,
    state.maxResponseBytes,
  ]);
  let promise = kept.get(key);
  if (!promise) {
    promise = download(state, drm, url, headers);
    kept.set(key, promise);
    promise.catch(() => kept.delete(key));
  }
  return copyBytes(await promise);
}

function locate(
  { options: { host, siteId } }: State,
  drm: CertificateDrm,
  source: CertificateSource | undefined,
): Location {
  if (source === undefined || source === null || source === true) {
    if (siteId === undefined) throw createError("site-id-missing", { parameters: [drm] });
    return { url: certificateUrl(host, drm, siteId), headers: {} };
  }
  if (typeof source === "string") return { bytes: encodeText(source), url: "", headers: {} };
  if (isA(source, "URL")) return { url: source.href, headers: {} };
  if (isA(source, "ArrayBuffer") || ArrayBuffer.isView(source)) return { bytes: asBytes(source), url: "", headers: {} };
  const { url, headers = {} } = source as { url: string | URL; headers?: Record<string, string> };
  return { url: String(url), headers };
}

async function download(
  state: State,
  drm: CertificateDrm,
  url: string,
  headers: Record<string, string>,
): Promise<Octets> {
  const started = Date.now();
  // Custom data belongs to the license URL only: here it would leak, and cost a preflight.
  const response = await exchange(state, { method: "GET", url, headers, body: null, phase: "certificate", drm });
  try {
    accept(state, url, response.url, response.body, "certificate");
    const bytes = read(state, drm, response.status, response.body);
    state.emit({ type: "certificate", drm, duration: Date.now() - started, bytes: bytes.length });
    return bytes;
  } catch (thrown) {
    const error = toPallyConError(thrown);
    throw withFields(error, { message: `${error.message} (${redactUrl(url)})` });
  }
}

function read(state: State, drm: CertificateDrm, status: number, body: Bytes): Octets {
  const { data, warning } = readCertificate(drm, status, asBytes(body));
  if (warning) state.warn(warning, drm);
  return data;
}
