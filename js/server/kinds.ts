// The type of a value, whatever realm it comes from: objects of a frame, Jest's vm or the Next.js edge runtime are not
// instances of this realm's classes, but have the same tags.

/** `Response`, `URL`, `Date`, … */
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/**
 * An object literal, of this or another realm, or an object without a prototype. Other objects may keep their data
 * elsewhere.
 */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Object.prototype of any realm: no other object has this method itself.
  return prototype === null || Object.prototype.hasOwnProperty.call(prototype, "isPrototypeOf");
}

/** The name of a value's type: `Map`, `boolean`, the name of a class. Never the value. */
export function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  const tag = tagOf(value);
  const { name } = (value as { constructor?: { name?: unknown } }).constructor ?? {};
  return tag === "Object" && typeof name === "string" && /^\w{1,40}$/.test(name) ? name : tag;
}
