// Options of the functions that are implemented in TypeScript: checked by name and type before anything happens.
import { Reason } from "../generated/codes.js";
import { serverError } from "./error.js";
import { isPlainObject, tagOf } from "./kinds.js";

/** The longest delay of setTimeout; a longer one would fire immediately. */
const MAX_TIMER = 2 ** 31 - 1;

/** The accepted type of an option, worded for its error. */
type Kinds = Record<string, readonly [what: string, fits: (value: unknown) => boolean]>;

export const isOrigin = (value: unknown): boolean => {
  try {
    return typeof value === "string" && new URL(value).origin === value;
  } catch {
    return false;
  }
};
const isList = (value: unknown, fits: (item: unknown) => boolean): boolean => Array.isArray(value) && value.every(fits);

export const aFunction = ["a function", (value: unknown) => typeof value === "function"] as const;
export const drmList = [
  "a list of at least one DRM",
  (value: unknown) => isList(value, (name) => typeof name === "string") && (value as string[]).length > 0,
] as const;
export const aBoolean = ["true or false", (value: unknown) => typeof value === "boolean"] as const;
export const aTimeout = [
  `a number of milliseconds from 0 to ${MAX_TIMER}`,
  (value: unknown) => typeof value === "number" && value >= 0 && value <= MAX_TIMER,
] as const;
export const aSize = ["a number of bytes above 0", (value: unknown) => typeof value === "number" && value > 0] as const;
export const aSignal = ["an AbortSignal", (value: unknown) => tagOf(value) === "AbortSignal"] as const;
export const origins = [
  'a list of origins, such as "https://www.example.com"',
  (value: unknown) => isList(value, isOrigin),
] as const;
export const anObject = ["a plain object", isPlainObject] as const;
export const headers = [
  "headers, as fetch takes them",
  (value: unknown) => isPlainObject(value) || Array.isArray(value) || tagOf(value) === "Headers",
] as const;
export const headerNames = [
  "a list of header names",
  (value: unknown) => isList(value, (name) => typeof name === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(name)),
] as const;

export const refuse = (name: string, what: string) =>
  serverError("options-invalid", Reason.ServerOption, { parameters: [name, what] });

/** Refuses unknown names and invalid values; undefined and null count as absent. */
export function checkOptions(options: unknown, known: Kinds, prefix = ""): void {
  if (!isPlainObject(options)) throw refuse(prefix.slice(0, -1) || "options", "a plain object");
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.prototype.hasOwnProperty.call(known, name) ? known[name] : undefined;
    if (!kind)
      throw serverError("options-invalid", Reason.ServerOptionUnknown, {
        parameters: [prefix + name, Object.keys(known).join(", ")],
      });
    const [what, fits] = kind;
    if (value !== undefined && value !== null && !fits(value)) throw refuse(prefix + name, what);
  }
}
