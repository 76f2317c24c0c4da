// Bytes: the web's buffer types, hex and text.
import { TextDecoder, TextEncoder } from "./text-coding.js";
import type { Bytes, Octets } from "./types.js";

/**
 * A view of the same bytes, for immediate reading. Throws a TypeError unless given a buffer or a view of one that is
 * not detached (`DataView` accepts nothing else).
 */
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

/**
 * Also accepts buffers of another realm (a frame, Jest, an edge runtime), whose classes differ from ours: `instanceof`
 * would reject them.
 */
export const isA = <K extends keyof Tagged>(value: unknown, tag: K): value is Tagged[K] =>
  Object.prototype.toString.call(value) === `[object ${tag}]`;

/** A copy that owns its whole buffer. */
export const copyBytes = (bytes: Bytes): Octets => asBytes(bytes).slice() as Octets;

const encoder = /* @__PURE__ */ new TextEncoder();
export const encodeText = (text: string): Octets => encoder.encode(text) as Octets;

/** Decodes all of it: a leading byte order mark is kept, as in JSON. */
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });
export const decodeText = (bytes?: Uint8Array): string => decoder.decode(bytes);

/** A URL for events and errors: without query, fragment, user and password, whatever characters they contain. */
export const redactUrl = (url: string): string =>
  url.replace(/[?#][\s\S]*$/, "").replace(/^(\s*[a-z][a-z0-9+.-]*:[/\\]{2})[^/\\]*@/i, "$1");

/** The two digits of each byte: a lookup is ten times as fast as computing them. */
const HEX = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) => (byte + 256).toString(16).slice(1));

/** Lower-case hex of a range of bytes. */
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
