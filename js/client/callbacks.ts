// The page's own callbacks: called with what the request is for, in the time that a server has; what they throw is theirs, and
// reported as such.
import { toPallyConError } from "../errors/error.js";
import type { PallyConErrorCode } from "../generated/codes.js";
import type { RequestContext, ValueOrProvider } from "../types.js";
import { tooLate, withTimeout } from "../time.js";

interface Callback<T> {
  name: string;
  /** how long it may take, in milliseconds */
  ms: number;
  signal?: AbortSignal | undefined;
  call(): T | Promise<T>;
}

/** Calls a callback. What it throws is the cause of a `code`. */
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

/** What a callback says of its failure, for the end of a sentence. It may repeat a token or a URL with one: nothing of that kind is shown. */
const own = (message: unknown): string =>
  typeof message === "string" && message
    ? `: ${message
        .replace(/\S*[\w+/=-]{24,}\S*/g, "…")
        .replace(/\s+/g, " ")
        .slice(0, 200)
        .replace(/\.$/, "")}`
    : "";

/** The value of an option, or what its callback gives for this request. */
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

/** The page's headers over ours, whatever their case: the browser would join two of one name. */
export function mergeHeaders(headers: Record<string, string>, own: Record<string, string>): Record<string, string> {
  const names = Object.keys(own).map((name) => name.toLowerCase());
  for (const name of Object.keys(headers)) if (names.includes(name.toLowerCase())) delete headers[name];
  return { ...headers, ...own };
}
