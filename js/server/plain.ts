// Options as plain data: Dates become PallyCon's times, what is undefined is left out.
import { Reason } from "../generated/codes.js";
import { serverError } from "./error.js";

const MAX_DEPTH = 32;

export function plain(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw serverError("options-invalid", Reason.OptionsTooDeep);
  if (value instanceof Date) return time(value);
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined).map(([name, field]) => [name, plain(field, depth + 1)]));
}

/** `yyyy-mm-ddThh:mm:ssZ` */
function time(date: Date): string {
  if (Number.isNaN(date.getTime())) throw serverError("options-invalid", Reason.OptionsDate);
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
