// Options as plain data: Dates become PallyCon's times, what is undefined is left out.
import { PallyConError } from "../core.js";

const MAX_DEPTH = 32;

export function plain(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw refuse("nest too deep, or hold themselves");
  if (value instanceof Date) return time(value);
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined).map(([name, field]) => [name, plain(field, depth + 1)]));
}

/** `yyyy-mm-ddThh:mm:ssZ` */
function time(date: Date): string {
  if (Number.isNaN(date.getTime())) throw refuse("hold a Date that is none");
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

const refuse = (what: string) =>
  new PallyConError({ code: "options-invalid", phase: "server", message: `The options ${what}.`, hint: "Hand over a plain object; docs/server.md lists its fields." });
