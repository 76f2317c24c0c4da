// Content keys from PallyCon's key server.
import { Reason } from "../generated/codes.js";
import { serverError } from "./error.js";
import { call } from "./load.js";
import { plain } from "./plain.js";
import type { ContentKeyOptions, CpixRequest, CpixRequestOptions, KmsUrlOptions, PackInfo } from "./types.js";

/** What is no text is no document either: the core says so. */
const text = (value: string): string => (typeof value === "string" ? value : "");

/** The key server's URL. It holds the KMS token: treat it as a secret. */
export const kmsUrl = (options: KmsUrlOptions): Promise<string> => call((core) => core.kmsUrl(plain(options)));

/** A CPIX request as XML. */
export const buildCpixRequest = (options: CpixRequestOptions): Promise<string> => call((core) => core.buildCpixRequest(plain(options)));

/** What a CPIX request asks for. */
export const parseCpixRequest = (xml: string): Promise<CpixRequest> => call((core) => core.parseCpixRequest(text(xml)));

/** A key server's answer: keys, or its refusal as a PallyConError. */
export const parseCpixResponse = (xml: string): Promise<PackInfo> => call((core) => core.readKmsResponse(200, text(xml)));

/**
 * Asks a key server for keys: a POST of the request, or a GET for ATEME, which takes none. A request is options of `buildCpixRequest` or its XML.
 * One attempt; an error says by `retryable` whether another may help.
 */
export async function requestContentKeys(url: string | URL, request?: CpixRequestOptions | string, options: ContentKeyOptions = {}): Promise<PackInfo> {
  const target = String(url);
  const isGet = await call((core) => core.kmsTakesGet(target));
  let body: string | undefined;
  if (!isGet) {
    if (request === undefined) throw serverError("cpix-options-invalid", Reason.RequestMissing);
    body = typeof request === "string" ? request : await buildCpixRequest(request);
    const xml = body;
    await call((core) => core.checkCpixRequest(target, xml));
  }
  const { status, text } = await exchange(target, body, options);
  return call((core) => core.readKmsResponse(status, text));
}

async function exchange(url: string, body: string | undefined, { signal, timeout = 10_000, headers }: ContentKeyOptions): Promise<{ status: number; text: string }> {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, timeout);
  try {
    const response = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      headers: { ...(body === undefined ? {} : { "content-type": "application/xml" }), ...headers },
      ...(body === undefined ? {} : { body }),
      signal: controller.signal,
    });
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    if (signal?.aborted) throw serverError("aborted", Reason.KmsAborted, { cause: signal.reason });
    if (late) throw serverError("timeout", Reason.KmsTimeout, { parameters: [timeout] });
    // No cause: runtimes put the URL, and with it the token, into its message.
    throw serverError("network", Reason.KmsUnreachable, { parameters: [nameOf(cause)] });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/** What failed, in a word that holds no URL: `ECONNREFUSED`, or the error's name. */
function nameOf(error: unknown): string {
  const code = (error as { cause?: { code?: unknown } } | undefined)?.cause?.code;
  if (typeof code === "string" && /^[A-Z0-9_]+$/.test(code)) return code;
  return error instanceof Error ? error.name : "unknown";
}
