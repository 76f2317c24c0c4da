/** Strict base64: Node's own decoder skips unknown characters, and a license server must not. */

const STANDARD = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Standard alphabet, padded, nothing else.
 * @param {string} text
 * @returns {Buffer | undefined}
 */
export function decodeBase64(text) {
  return STANDARD.test(text) ? Buffer.from(text, "base64") : undefined;
}

/**
 * base64url without padding, as JWK has it.
 * @param {string} text
 * @returns {Buffer | undefined}
 */
export function decodeBase64Url(text) {
  return /^[A-Za-z0-9_-]*$/.test(text) && text.length % 4 !== 1 ? Buffer.from(text, "base64url") : undefined;
}
