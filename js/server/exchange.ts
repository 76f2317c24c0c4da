// One request to a key server: its URL, and maybe its headers, are secrets, so their target and the response's size are
// checked.
import type { PallyConErrorCode } from "../core.js";
import { Reason } from "../generated/codes.js";
import { readBody } from "./body.js";
import { serverError } from "./error.js";
import { aSignal, aSize, aTimeout, checkOptions, headers as someHeaders, origins, refuse } from "./options.js";
import type { ContentKeyOptions } from "./types.js";

const MAX_RESPONSE = 16 << 20;
/** As many as fetch follows. */
const MAX_REDIRECTS = 20;
const REDIRECTS = [301, 302, 303, 307, 308];

export interface Exchanged {
  status: number;
  body: Uint8Array;
}

/**
 * A POST of the text, or a GET without one. @throws "options-invalid" | "aborted" | "timeout" | "network" |
 * "redirected" | "response-too-large"
 */
export async function exchange(url: string, text: string | undefined, options: ContentKeyOptions): Promise<Exchanged> {
  checkOptions(options, {
    signal: aSignal,
    timeout: aTimeout,
    headers: someHeaders,
    maxResponseBytes: aSize,
    allowRedirects: origins,
  });
  const { signal } = options;
  const timeout = options.timeout ?? 10_000;
  const headers = headersOf(options.headers, text !== undefined);
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    abort();
  }, timeout);
  try {
    const response = await follow(url, {
      headers,
      text,
      allowed: options.allowRedirects ?? [],
      signal: controller.signal,
    });
    const most = options.maxResponseBytes ?? MAX_RESPONSE;
    const body = await readBody(response.body, most);
    if (!body) throw serverError("response-too-large", Reason.KmsTooLarge, { parameters: [most] });
    return { status: response.status, body };
  } catch (cause) {
    if (signal?.aborted) throw serverError("aborted", Reason.KmsAborted, { cause: signal.reason });
    if (late) throw serverError("timeout", Reason.KmsTimeout, { parameters: [timeout] });
    if (isOurs(cause)) throw cause;
    // Without the cause: runtimes put the URL, and with it the token, into its message.
    throw serverError("network", Reason.KmsUnreachable, { parameters: [nameOf(cause)] });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    // The rest of the response is not needed.
    abort();
  }
}

const isOurs = (error: unknown): boolean =>
  ["redirected", "response-too-large"].includes((error as { code?: PallyConErrorCode }).code ?? "");

function headersOf(given: ContentKeyOptions["headers"], hasBody: boolean): Headers {
  let headers: Headers;
  try {
    headers = new Headers(given ?? {});
  } catch {
    // The runtime's own message repeats the value.
    throw refuse("headers", "headers, as fetch takes them");
  }
  if (hasBody && !headers.has("content-type")) headers.set("content-type", "application/xml");
  return headers;
}

interface Hop {
  headers: Headers;
  text: string | undefined;
  allowed: string[];
  signal: AbortSignal;
}

/** Follows redirects one by one: fetch would send URL and headers to any origin. */
async function follow(url: string, { headers, text, allowed, signal }: Hop): Promise<Response> {
  let target = new URL(url);
  let body = text;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await fetch(target.href, {
      method: body === undefined ? "GET" : "POST",
      headers,
      ...(body === undefined ? {} : { body }),
      signal,
      redirect: "manual",
    });
    // Browsers and their workers hide status and Location of a redirect.
    if (response.type === "opaqueredirect") throw serverError("redirected", Reason.KmsRedirectUnseen);
    if (!REDIRECTS.includes(response.status)) return response;
    await response.body?.cancel();
    const next = targetOf(response, target);
    if (!next) throw serverError("redirected", Reason.KmsRedirectNowhere);
    if (next.origin !== target.origin && !allowed.includes(next.origin))
      throw serverError("redirected", Reason.KmsRedirected, { parameters: [next.origin] });
    // As fetch does: 307 and 308 repeat the request, the others continue with a GET.
    if (response.status < 307) {
      body = undefined;
      headers.delete("content-type");
    }
    target = next;
  }
  throw serverError("redirected", Reason.KmsRedirectLoop, { parameters: [MAX_REDIRECTS] });
}

function targetOf(response: Response, from: URL): URL | undefined {
  try {
    const next = new URL(response.headers.get("location") ?? "", from);
    return response.headers.has("location") && /^https?:$/.test(next.protocol) ? next : undefined;
  } catch {
    return undefined;
  }
}

/** The cause of a failure, in a word that contains no URL: `ECONNREFUSED`, or the error's name. */
function nameOf(error: unknown): string {
  const code = (error as { cause?: { code?: unknown } } | undefined)?.cause?.code;
  if (typeof code === "string" && /^[A-Z0-9_]+$/.test(code)) return code;
  const name = (error as { name?: unknown } | undefined)?.name;
  return typeof name === "string" && /^\w+$/.test(name) ? name : "unknown";
}
