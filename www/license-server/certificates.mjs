/**
 * The certificate endpoints, with their real paths and formats.
 *     GET /ri/fpsKeyManager.do?siteId=   FairPlay, DER as base64 text
 *     GET /ri/fpsCert.do?siteId=         FairPlay, DER
 *     GET /ri/widevineCert.do?siteId=    Widevine: pb{ 1: body, 2: H("wv-certificate", body) }, not DER
 * fairplay-cert.der is self-signed (RSA-2048) and authenticates nothing: its key was deleted.
 */
import { readFileSync } from "node:fs";
import { labelled, sha256 } from "./digest.mjs";
import { Refusal } from "./errors.mjs";
import { bytesField } from "./protobuf.mjs";

export const FAIRPLAY_CERTIFICATE = readFileSync(new URL("./fairplay-cert.der", import.meta.url));
export const FAIRPLAY_CERTIFICATE_HASH = sha256(FAIRPLAY_CERTIFICATE);

const WIDEVINE_BODY = Buffer.from("Service certificate of the local demo: it belongs to no Widevine server.", "ascii");
export const WIDEVINE_CERTIFICATE = Buffer.concat([
  bytesField(1, WIDEVINE_BODY),
  bytesField(2, labelled("wv-certificate", WIDEVINE_BODY)),
]);

/** @typedef {"fairplay-text" | "fairplay" | "widevine"} CertificateForm */

/**
 * @param {CertificateForm} form
 * @param {string | null} siteId
 * @param {Map<string, import("./accounts.mjs").Account>} accounts
 * @param {import("./faults.mjs").Fault} [fault]
 * @returns {import("./errors.mjs").Reply}
 */
export function certificateReply(form, siteId, accounts, fault) {
  if (!siteId) throw new Refusal(9001, "no siteId");
  const account = accounts.get(siteId);
  if (account === undefined) throw new Refusal(1003, "unknown siteId");
  const fairplay = (form === "widevine") === (fault?.name === "wrong-drm");
  if (form !== "widevine" && !account.fairplay) throw new Refusal(7301, `${siteId} has no FairPlay`);
  let bytes = Buffer.from(fairplay ? FAIRPLAY_CERTIFICATE : WIDEVINE_CERTIFICATE);
  if (fault?.name === "flip") bytes = flipBit(bytes, fault.number);
  const asText =
    { base64: "base64", base64url: "base64url", raw: undefined }[fault?.name ?? ""] ??
    (form === "fairplay-text" && fault?.name !== "raw" ? "base64" : undefined);
  return asText === undefined
    ? { status: 200, type: "application/octet-stream", body: bytes }
    : {
        status: 200,
        type: "text/plain; charset=utf-8",
        body: Buffer.from(bytes.toString(/** @type {BufferEncoding} */ (asText)), "ascii"),
      };
}

/**
 * A copy with one flipped bit.
 * @param {Buffer} bytes
 * @param {number} index counted from the end if negative; modulo the length
 */
export function flipBit(bytes, index) {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) copy[((index % copy.length) + copy.length) % copy.length] ^= 0x01;
  return copy;
}
