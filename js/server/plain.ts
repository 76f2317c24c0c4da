// Options as plain data: Dates become PallyCon's time format, undefined fields are left out.
import { Reason } from "../generated/codes.js";
import { serverError } from "./error.js";
import { isPlainObject, tagOf, typeOf } from "./kinds.js";

const MAX_DEPTH = 32;

/**
 * Makes a copy. Refuses anything that stores its data elsewhere than in its own fields (a Map, URLSearchParams, an
 * instance with getters): copied field by field it would be empty, and an empty policy allows everything.
 */
export function plain(value: unknown, path = "", depth = 0): unknown {
  if (depth > MAX_DEPTH) throw serverError("options-invalid", Reason.OptionsTooDeep);
  if (tagOf(value) === "Date") return time(value as Date);
  const inside = (name: string, item: unknown) => plain(item, name, depth + 1);
  if (Array.isArray(value)) return Array.from(value, (item: unknown, at) => inside(`${path}[${at}]`, item));
  if (isPlainObject(value)) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return Object.fromEntries(fields.map(([name, field]) => [name, inside(path ? `${path}.${name}` : name, field)]));
  }
  if (["object", "function", "symbol"].includes(typeof value) && value !== null) {
    throw serverError("options-invalid", Reason.OptionsNotPlain, { parameters: [path || "options", typeOf(value)] });
  }
  return value;
}

/** `yyyy-mm-ddThh:mm:ssZ` */
function time(date: Date): string {
  let milliseconds = NaN;
  try {
    milliseconds = Date.prototype.getTime.call(date);
  } catch {
    // Something else with that tag.
  }
  if (Number.isNaN(milliseconds)) throw serverError("options-invalid", Reason.OptionsDate);
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}
