// Bytes and their text forms, and the one cursor that reads them. Everything here throws RangeError on short input;
// callers turn that into the error that EME requires.

/** Reads front to back; every length is checked here and nowhere else. */
export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  get left() {
    return this.bytes.length - this.at;
  }

  take(count) {
    if (count > this.left) throw new RangeError(`${count} bytes needed, ${this.left} left`);
    const part = this.bytes.slice(this.at, this.at + count);
    this.at += count;
    return part;
  }

  rest() {
    return this.take(this.left);
  }

  u8() {
    return this.take(1)[0];
  }

  u16le() {
    const b = this.take(2);
    return b[0] + b[1] * 256;
  }

  u32be() {
    const b = this.take(4);
    return b[0] * 0x1000000 + b[1] * 0x10000 + b[2] * 256 + b[3];
  }

  u32le() {
    const b = this.take(4);
    return b[3] * 0x1000000 + b[2] * 0x10000 + b[1] * 256 + b[0];
  }
}

/** A copy of what EME calls a BufferSource; TypeError for anything else. */
export function copyOf(source, what) {
  if (source instanceof ArrayBuffer) return new Uint8Array(source.slice(0));
  if (ArrayBuffer.isView(source)) {
    return new Uint8Array(source.buffer.slice(source.byteOffset, source.byteOffset + source.byteLength));
  }
  throw new TypeError(`${what} must be an ArrayBuffer or a view of one`);
}

/** @param {...(Uint8Array|number[])} parts */
export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function equal(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function startsWith(bytes, prefix) {
  return bytes.length >= prefix.length && prefix.every((byte, i) => byte === bytes[i]);
}

export const u32be = (n) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
export const u32le = (n) => u32be(n).reverse();

export const utf8 = (text) => new TextEncoder().encode(text);

/** Strict: bytes that are not UTF-8 cause a TypeError. */
export const fromUtf8 = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

export function utf16le(text) {
  const out = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    out[i * 2] = unit & 255;
    out[i * 2 + 1] = unit >> 8;
  }
  return out;
}

export const fromUtf16le = (bytes) => new TextDecoder("utf-16le", { fatal: true }).decode(bytes);

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export const base64url = (bytes) => base64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/** Converts a key id between the byte orders of the media (UUID) and of a Windows GUID; its own inverse. */
export function turnGuid(id) {
  return Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], (from) => id[from]);
}

/** Key ids without repetitions, in order of first appearance. */
export function distinct(keyIds) {
  const seen = new Map(keyIds.map((id) => [hex(id), id]));
  return [...seen.values()];
}
