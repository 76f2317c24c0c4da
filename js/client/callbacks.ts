// The page's callbacks: each gets the context of its request and as much time as a server. What they throw is reported
// as the page's error.
import { toPallyConError } from "../errors/error.js";
import type { PallyConErrorCode } from "../generated/codes.js";
import type { RequestContext, ValueOrProvider } from "../types.js";
import { tooLate, withTimeout } from "../time.js";

interface Callback<T> {
  name: string;
  /** time limit in milliseconds */
  ms: number;
  signal?: AbortSignal | undefined;
  call(): T | Promise<T>;
}

/** Calls a callback. Whatever it throws becomes the cause of a `code` error. */
export async function invokeCallback<T>(
  { name, ms, signal, call }: Callback<T>,
  code: PallyConErrorCode = "callback-failed",
  parameter = name,
): Promise<T> {
  const phase = code === "callback-failed" ? "license" : "custom-data";
  try {
    return await withTimeout({ ms, signal, phase, late: () => tooLate(name, ms, phase) }, async () => call());
  } catch (cause) {
    const { message, retryable } = (cause ?? {}) as { message?: unknown; retryable?: unknown };
    throw toPallyConError(cause, code, { parameters: [parameter, own(message)], retryable: retryable === true });
  }
}

/**
 * A callback's own message, for the end of a sentence. It may repeat a token or a URL that contains one: anything that
 * looks like one is removed.
 */
const own = (message: unknown): string =>
  typeof message === "string" && message
    ? `: ${message
        .replace(/\S*[\w+/=-]{24,}\S*/g, "…")
        .replace(/\s+/g, " ")
        .slice(0, 200)
        .replace(/\.$/, "")}`
    : "";

/** The value of an option, or what its callback returns for this request. */
export const resolveOption = async <T>(
  name: string,
  ms: number,
  option: ValueOrProvider<T> | undefined,
  context: RequestContext,
): Promise<T | undefined> =>
  typeof option === "function"
    ? invokeCallback({
        name,
        ms,
        signal: context.signal,
        call: () => (option as (context: RequestContext) => T | Promise<T>)(context),
      })
    : option;

/** Merges the page's headers over ours, regardless of case: the browser would join two values of one name. */
export function mergeHeaders(headers: Record<string, string>, own: Record<string, string>): Record<string, string> {
  const names = Object.keys(own).map((name) => name.toLowerCase());
  for (const name of Object.keys(headers)) if (names.includes(name.toLowerCase())) delete headers[name];
  return { ...headers, ...own };
}
