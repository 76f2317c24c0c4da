// Content keys from PallyCon's key server.
import { asBytes, encodeText } from "../core.js";
import { Reason } from "../generated/codes.js";
import { serverError } from "./error.js";
import { exchange } from "./exchange.js";
import { tagOf } from "./kinds.js";
import { call } from "./load.js";
import { refuse } from "./options.js";
import { plain } from "./plain.js";
import type { ContentKeyOptions, CpixRequest, CpixRequestOptions, KmsUrlOptions, PackInfo } from "./types.js";

/**
 * A document as bytes: the core detects the encoding. Anything but text or bytes becomes an empty document, which is
 * refused.
 */
function documentBytes(document: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof document === "string") return encodeText(document);
  return ArrayBuffer.isView(document) || /^(Shared)?ArrayBuffer$/.test(tagOf(document))
    ? asBytes(document)
    : new Uint8Array();
}

/** The key server's URL. It contains the KMS token: treat it as a secret. */
export const kmsUrl = (options: KmsUrlOptions): Promise<string> => call((core) => core.kmsUrl(plain(options)));

/** A CPIX request as XML. */
export const buildCpixRequest = (options: CpixRequestOptions): Promise<string> =>
  call((core) => core.buildCpixRequest(plain(options)));

/** The keys that a CPIX request asks for. Bytes may be UTF-8 or UTF-16. */
export const parseCpixRequest = (xml: string | ArrayBuffer | ArrayBufferView): Promise<CpixRequest> =>
  call((core) => core.parseCpixRequest(documentBytes(xml)));

/** A key server's response: keys, or its refusal as a PallyConError. Bytes may be UTF-8 or UTF-16. */
export const parseCpixResponse = (xml: string | ArrayBuffer | ArrayBufferView): Promise<PackInfo> =>
  call((core) => core.readKmsResponse(0, documentBytes(xml)));

/**
 * Requests keys from a key server: a POST of the request, or a GET for ATEME, which takes no body. `request` is the
 * options of `buildCpixRequest` or its XML. Makes one attempt; `retryable` on an error says whether another may
 * succeed.
 */
export async function requestContentKeys(
  url: string | URL,
  request?: CpixRequestOptions | string,
  options: ContentKeyOptions = {},
): Promise<PackInfo> {
  const target = httpUrl(url);
  const isGet = await call((core) => core.kmsTakesGet(target));
  let body: string | undefined;
  if (!isGet) {
    if (request === undefined) throw serverError("cpix-options-invalid", Reason.RequestMissing);
    body = typeof request === "string" ? request : await buildCpixRequest(request);
    const xml = body;
    await call((core) => core.checkCpixRequest(target, xml));
  }
  const response = await exchange(target, body, options);
  return call((core) => core.readKmsResponse(response.status, response.body));
}

/** fetch rejects a URL with user and password. */
function httpUrl(url: string | URL): string {
  try {
    const { href, protocol, username, password } = new URL(url);
    if (/^https?:$/.test(protocol) && !username && !password) return href;
  } catch {
    // The runtime's message repeats the URL, which contains the token.
  }
  throw refuse("url", "an http(s) URL without user and password");
}
