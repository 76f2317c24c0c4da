// What a value is, whatever realm it comes from: objects of a frame, Jest's vm or the Next.js edge runtime are no instances of
// this realm's classes, but they carry the same tags.

/** `Response`, `URL`, `Date`, … */
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** An object literal, of this or another realm, or one without a prototype. Fields of anything else are not where one would look. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Object.prototype of any realm: it alone has this method itself.
  return prototype === null || Object.prototype.hasOwnProperty.call(prototype, "isPrototypeOf");
}

/** A value's type in a word: `Map`, `boolean`, the name of a class. Never the value. */
export function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  const tag = tagOf(value);
  const { name } = (value as { constructor?: { name?: unknown } }).constructor ?? {};
  return tag === "Object" && typeof name === "string" && /^\w{1,40}$/.test(name) ? name : tag;
}
