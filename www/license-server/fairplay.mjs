/**
 * The simulated FairPlay of docs/simulated-drm.md, and the form that is posted.
 *     SPC   fb ff fe 01 | nonce 16 | SHA-256 of the certificate 32 | kind u8 | asset id length u32 | asset id
 *           | key id count u8 | key ids | H("fp-request", all before) 32 | 0 to 2 zero bytes (length ≡ 1 mod 3)
 *     CKC   version u32 (1) | reserved 00 00 fb ff | nonce 16, in the position of the IV | payload length u32 | payload
 *           payload: key count u8 | (key id 16, key 16)… | renewal seconds u32 | H("fp-license", all before) 32
 */
import { decodeBase64 } from "./base64.mjs";
import { labelled, sameBytes } from "./digest.mjs";
import { Refusal } from "./errors.mjs";

const SPC = Buffer.from([0xfb, 0xff, 0xfe, 0x01]);
/** Version and reserved bytes. The latter make `+` and `/` appear in the base64 of every CKC. */
const CKC = Buffer.from([0, 0, 0, 1, 0, 0, 0xfb, 0xff]);
/** Magic, nonce, certificate hash, kind, asset id length. */
const HEAD = 4 + 16 + 32 + 1 + 4;

/**
 * @param {Buffer} body
 * @param {string} contentType
 */
export function looksLikeFairPlay(body, contentType) {
  return (
    body.toString("latin1", 0, 4) === "spc=" ||
    contentType.startsWith("application/x-www-form-urlencoded") ||
    body.subarray(0, 4).equals(SPC)
  );
}

/**
 * The form: `spc=` and standard base64 with `+`, `/` and `=` percent-encoded, optionally followed by `&assetId=`. A
 * real server would decode a bare `+` as a space, and find no SPC in a body of another type.
 * @param {Buffer} body
 * @param {string} contentType
 * @returns {{ spc: Buffer, assetId?: string }}
 */
export function readSpcForm(body, contentType) {
  if (contentType.split(";")[0].trim().toLowerCase() !== "application/x-www-form-urlencoded") {
    throw new Refusal(7305, "the body does not have the form's content type, so no form field is read");
  }
  const form = /^spc=([^&]*)(?:&assetId=([^&]*))?$/.exec(body.toString("latin1"));
  if (form === null || form[1] === "") throw new Refusal(7305, "no spc= in the form");
  if (!/^(?:[A-Za-z0-9]|%2[BbFf]|%3[Dd])*$/.test(form[1])) {
    throw new Refusal(7317, "the SPC is not percent-encoded standard base64");
  }
  const spc = decodeBase64(decodeURIComponent(form[1]));
  if (spc === undefined) throw new Refusal(7317, "the SPC's base64 is invalid");
  if (form[2] === undefined) return { spc };
  try {
    return { spc, assetId: decodeURIComponent(form[2]) };
  } catch {
    throw new Refusal(7308, "the assetId is not percent-encoded");
  }
}

/**
 * @param {{ spc: Buffer, assetId?: string }} form
 * @param {Buffer} certificateHash SHA-256 of the certificate that this server sent
 * @returns {import("./widevine.mjs").Challenge}
 */
export function readSpc({ spc, assetId: named }, certificateHash) {
  if (spc.length < HEAD + 1 + 32 || !spc.subarray(0, 4).equals(SPC)) throw new Refusal(7317, "not an SPC");
  const idLength = spc.readUInt32BE(HEAD - 4);
  const countAt = HEAD + idLength;
  const end = countAt < spc.length ? countAt + 1 + 16 * spc[countAt] : Number.POSITIVE_INFINITY;
  const padding = spc.subarray(end + 32);
  if (end + 32 > spc.length || padding.length > 2 || padding.some((byte) => byte !== 0) || spc.length % 3 !== 1) {
    throw new Refusal(7317, "the SPC's lengths do not match");
  }
  if (!sameBytes(labelled("fp-request", spc.subarray(0, end)), spc.subarray(end, end + 32))) {
    throw new Refusal(7317, "the SPC was altered");
  }
  if (!sameBytes(spc.subarray(20, 52), certificateHash)) throw new Refusal(7316, "made with another certificate");
  const kind = spc[52];
  if (kind < 1 || kind > 3) throw new Refusal(7317, `kind ${kind}`);
  const inside = spc.toString("utf8", HEAD, countAt);
  if (inside !== "" && named !== undefined && named !== inside)
    throw new Refusal(7308, "assetId differs from the SPC's");
  const assetId = inside === "" ? named : inside;
  const keyIds = Array.from({ length: spc[countAt] }, (_, index) =>
    spc.toString("hex", countAt + 1 + 16 * index, countAt + 17 + 16 * index),
  );
  if (keyIds.length === 0 && !assetId) throw new Refusal(7308, "neither an asset id nor a key id");
  return { drm: "fairplay", keyIds, nonce: Buffer.from(spc.subarray(4, 20)), kind, assetId };
}

/**
 * The key id of a VOD asset id, which is its base64.
 * @param {string} assetId
 */
export function keyIdOfAsset(assetId) {
  const bytes = decodeBase64(assetId);
  return bytes?.length === 16 ? bytes.toString("hex") : undefined;
}

/**
 * @param {import("./widevine.mjs").Challenge} challenge
 * @param {import("./widevine.mjs").LicenseKey[]} keys
 * @param {number} renewal
 */
export function writeCkc({ nonce }, keys, renewal) {
  const pairs = keys.map(({ keyId, key }) => Buffer.from(keyId + key, "hex"));
  const payload = Buffer.concat([Buffer.from([keys.length]), ...pairs, u32(renewal)]);
  const message = Buffer.concat([CKC, nonce, u32(payload.length + 32), payload]);
  return Buffer.concat([message, labelled("fp-license", message)]);
}

/** @param {number} value */
function u32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
