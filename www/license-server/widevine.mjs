/**
 * The simulated Widevine of docs/simulated-drm.md: challenge in, license out.
 *
 *     challenge  pb{ 1: 1 varint, 2: msg, 3: H("wv-request", msg) }
 *     msg        pb{ 1: key id (16 bytes, repeated), 2: nonce, 3: content id, 4: kind varint }
 *     license    pb{ 1: 2 varint, 2: msg, 3: H("wv-license", msg) }
 *     msg        pb{ 1: nonce, 2: pb{ 1: key id, 2: key } repeated, 3: renewal seconds varint }
 *     08 04      the request for the service certificate; its response is pb{ 1: 5 varint, 2: certificate }
 */
import { labelled, sameBytes } from "./digest.mjs";
import { Refusal } from "./errors.mjs";
import { bytesField, readFields, varintField } from "./protobuf.mjs";

/**
 * The contents of a challenge of any DRM.
 * @typedef {object} Challenge
 * @property {"widevine" | "playready" | "fairplay" | "clearkey"} drm
 * @property {string[]} keyIds hex
 * @property {Buffer} nonce
 * @property {number} kind 1 new, 2 renewal, 3 release
 * @property {string} [contentId] if the DRM includes it
 * @property {string} [assetId] FairPlay
 * @property {string} [customData] from inside a PlayReady challenge
 * @property {boolean} [all] every key of the content (ClearKey by GET)
 */

/** @typedef {{ keyId: string, key: string }} LicenseKey hex */

/** The two bytes with which a CDM requests the service certificate instead of a license. */
const CERTIFICATE_REQUEST = Buffer.from([0x08, 0x04]);

/** @param {Buffer} body */
export function isCertificateRequest(body) {
  return body.equals(CERTIFICATE_REQUEST);
}

/** @param {Uint8Array} certificate */
export function wrapServiceCertificate(certificate) {
  return Buffer.concat([varintField(1, 5), bytesField(2, certificate)]);
}

/**
 * Every challenge begins with field 1, and no other DRM's message begins like that.
 * @param {Buffer} body
 */
export function looksLikeWidevine(body) {
  return body.length >= 2 && body[0] === 0x08 && body[1] <= 0x04;
}

/**
 * @param {Buffer} body
 * @returns {Challenge}
 */
export function readWidevineChallenge(body) {
  const outer = readFields(body);
  const [type, second, third] = outer?.length === 3 ? outer : [];
  const message = second?.number === 2 ? second.bytes : undefined;
  const hash = third?.number === 3 ? third.bytes : undefined;
  if (type?.number !== 1 || type.varint !== 1 || message === undefined || hash === undefined) {
    throw new Refusal(7107, "the challenge is not the expected message");
  }
  if (!sameBytes(labelled("wv-request", message), hash)) throw new Refusal(7107, "the challenge was altered");
  const fields = readFields(message);
  if (fields === undefined) throw new Refusal(7107, "the challenge's contents cannot be read");
  const ids = fields.flatMap(({ number, bytes }) => (number === 1 && bytes !== undefined ? [bytes] : []));
  const nonce = fields.find(({ number }) => number === 2)?.bytes;
  const kind = fields.find(({ number }) => number === 4)?.varint ?? 0;
  if (nonce?.length !== 16 || kind < 1 || kind > 3) throw new Refusal(7107, "no nonce or no kind in the challenge");
  if (ids.length === 0 || ids.some((id) => id.length !== 16)) throw new Refusal(7112, "no key id of 16 bytes");
  const contentId = fields.find(({ number }) => number === 3)?.bytes?.toString("utf8");
  return { drm: "widevine", keyIds: ids.map((id) => id.toString("hex")), nonce, kind, contentId };
}

/**
 * @param {Buffer} nonce
 * @param {LicenseKey[]} keys
 * @param {number} renewal seconds, 0 for none
 * @param {(keyId: Buffer) => Buffer} [order] byte order of the key ids
 */
export function licenseMessage(nonce, keys, renewal, order = (id) => id) {
  const key = (/** @type {LicenseKey} */ { keyId, key: value }) =>
    Buffer.concat([bytesField(1, order(Buffer.from(keyId, "hex"))), bytesField(2, Buffer.from(value, "hex"))]);
  return Buffer.concat([
    bytesField(1, nonce),
    ...keys.map((each) => bytesField(2, key(each))),
    ...(renewal > 0 ? [varintField(3, renewal)] : []),
  ]);
}

/**
 * @param {Challenge} challenge
 * @param {LicenseKey[]} keys
 * @param {number} renewal
 */
export function writeWidevineLicense({ nonce }, keys, renewal) {
  const message = licenseMessage(nonce, keys, renewal);
  return Buffer.concat([varintField(1, 2), bytesField(2, message), bytesField(3, labelled("wv-license", message))]);
}
