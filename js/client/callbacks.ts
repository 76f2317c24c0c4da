// The page's own callbacks: called with what the request is for; what they throw is theirs, and reported as such.
import { toPallyConError } from "../errors/error.js";
import type { RequestContext, ValueOrProvider } from "../types.js";

const failed = (name: string, cause: unknown) => toPallyConError(cause, "callback-failed", { parameters: [name] });

/** Calls a callback that answers at once. */
export function invokeCallback<T>(name: string, callback: () => T): T {
  try {
    return callback();
  } catch (cause) {
    throw failed(name, cause);
  }
}

/** The value of an option, or what its callback gives for this request. */
export async function resolveOption<T>(name: string, option: ValueOrProvider<T> | undefined, context: RequestContext): Promise<T | undefined> {
  try {
    return await provide(option, context);
  } catch (cause) {
    throw failed(name, cause);
  }
}

/** The same, with the callback's own error. */
export const provide = <T>(option: ValueOrProvider<T> | undefined, context: RequestContext): T | undefined | Promise<T> =>
  typeof option === "function" ? (option as (context: RequestContext) => T | Promise<T>)(context) : option;

/** The page's headers over ours, whatever their case: the browser would join two of one name. */
export function mergeHeaders(headers: Record<string, string>, own: Record<string, string>): Record<string, string> {
  const names = Object.keys(own).map((name) => name.toLowerCase());
  for (const name of Object.keys(headers)) if (names.includes(name.toLowerCase())) delete headers[name];
  return { ...headers, ...own };
}
