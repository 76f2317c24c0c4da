// Bytes in every form that the web has them, and as text.
import type { Bytes, Octets } from "./types.js";

/** A view of the same bytes, for reading at once. What is not a buffer, or is detached, throws a TypeError (`DataView` takes nothing else). */
export const asBytes = (bytes: Bytes): Uint8Array =>
  ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(new DataView(bytes).buffer);

interface Tagged {
  "WebAssembly.Module": WebAssembly.Module;
  Response: Response;
  URL: URL;
  ArrayBuffer: ArrayBuffer;
}

/** Also of another realm (a frame, Jest, an edge runtime), whose classes are not ours: `instanceof` would not know it. */
export const isA = <K extends keyof Tagged>(value: unknown, tag: K): value is Tagged[K] =>
  Object.prototype.toString.call(value) === `[object ${tag}]`;

/** A copy that owns its whole buffer. */
export const copyBytes = (bytes: Bytes): Octets => asBytes(bytes).slice() as Octets;

const encoder = /* @__PURE__ */ new TextEncoder();
export const encodeText = (text: string): Octets => encoder.encode(text) as Octets;

/** All of it: what begins with a byte order mark keeps that, as it does in JSON. */
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });
export const decodeText = (bytes?: Uint8Array): string => decoder.decode(bytes);

/** A URL for events and errors: no query, no fragment, no user and password, whatever characters are in them. */
export const redactUrl = (url: string): string =>
  url.replace(/[?#][\s\S]*$/, "").replace(/^(\s*[a-z][a-z0-9+.-]*:[/\\]{2})[^/\\]*@/i, "$1");

/** The two digits of each byte: looking them up is ten times as fast as making them. */
const HEX = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) => (byte + 256).toString(16).slice(1));

/** Lower-case hex of a part of some bytes. */
export function hexOf(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) text += HEX[bytes[at]!];
  return text;
}

/** Lower-case hex. */
export function hex(bytes: Bytes): string {
  const view = asBytes(bytes);
  return hexOf(view, 0, view.length);
}
