/** The hashes of docs/simulated-drm.md, the token cipher, and the byte order of a GUID. */
import { createCipheriv, createDecipheriv, createHash, timingSafeEqual } from "node:crypto";

/** The IV of every token: these 16 ASCII characters. */
const TOKEN_IV = Buffer.from("0123456789abcdef", "ascii");

/**
 * H(label, x): SHA-256 over the ASCII label followed by x.
 * @param {string} label
 * @param {Uint8Array} bytes
 */
export function labelled(label, bytes) {
  return createHash("sha256").update(label, "ascii").update(bytes).digest();
}

/** @param {Uint8Array} bytes */
export function sha256(bytes) {
  return createHash("sha256").update(bytes).digest();
}

/**
 * Constant time for equal lengths.
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export function sameBytes(a, b) {
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * @param {string} siteKey 32 characters, taken as ASCII bytes
 * @param {string} text
 */
export function encryptText(siteKey, text) {
  const cipher = createCipheriv("aes-256-cbc", Buffer.from(siteKey, "ascii"), TOKEN_IV);
  return Buffer.concat([cipher.update(text, "utf8"), cipher.final()]).toString("base64");
}

/**
 * @param {string} siteKey
 * @param {Uint8Array} bytes
 * @returns {string | undefined} undefined if the padding is wrong
 */
export function decryptText(siteKey, bytes) {
  try {
    const cipher = createDecipheriv("aes-256-cbc", Buffer.from(siteKey, "ascii"), TOKEN_IV);
    return Buffer.concat([cipher.update(bytes), cipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}

/**
 * A GUID's first three fields are little-endian; the same swap converts both ways.
 * @param {Uint8Array} id 16 bytes
 */
export function swapGuid(id) {
  const [a, b, c, d, e, f, g, h, ...rest] = id;
  return Buffer.from([d, c, b, a, f, e, h, g, ...rest]);
}
