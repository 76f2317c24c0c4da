// Bytes in every form that the web has them, as copies of their own.
import type { Bytes, Octets } from "./types.js";

/** A view of the same bytes, for reading at once. What is no buffer, or is detached, throws a TypeError (`DataView` takes nothing else). */
export const view = (bytes: Bytes): Uint8Array =>
  ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(new DataView(bytes).buffer);

/** A copy that owns its whole buffer. */
export const copy = (bytes: Bytes): Octets => view(bytes).slice() as Octets;

/** A URL for events and errors: no query, no fragment, no password. */
export const bareUrl = (url: string): string => url.replace(/[?#].*$/, "").replace(/^([a-z]+:\/\/)[^/@]*@/i, "$1");

/** Lower-case hex. */
export const hex = (bytes: Bytes): string => Array.from(view(bytes), (byte) => (byte + 256).toString(16).slice(1)).join("");
