/**
 * The simulated PlayReady of docs/simulated-drm.md: the SOAP challenge (from its PlayReadyKeyMessage) and the response.
 *
 *     Envelope/Body/AcquireLicense/challenge/Challenge
 *       LA          ContentHeader/KIDs/KID…, LicenseNonce, CustomData?, RequestKind
 *       Signature/SignatureValue   H("pr-request", the text of LA)
 *     Envelope/Body/AcquireLicenseResponse/AcquireLicenseResult/Response/LicenseResponse/Licenses/License
 *       base64( msg, H("pr-license", msg) ), key ids in GUID byte order
 */
import { decodeBase64 } from "./base64.mjs";
import { labelled, sameBytes, swapGuid } from "./digest.mjs";
import { Refusal } from "./errors.mjs";
import { licenseMessage } from "./widevine.mjs";
import { childrenNamed, descend, parseXml } from "./xml.mjs";

const PROTOCOL = "http://schemas.microsoft.com/DRM/2007/03/protocols";

/**
 * Markup in UTF-8 or UTF-16: a message that is still in its wrapper also counts as PlayReady, but cannot be processed.
 * @param {Buffer} body
 */
export function looksLikePlayReady(body) {
  const head = body.subarray(0, 6);
  return ["3c", "efbbbf3c", "fffe3c00", "feff003c", "003c"].some((start) => head.toString("hex").startsWith(start));
}

/**
 * @param {Buffer} body
 * @returns {import("./widevine.mjs").Challenge}
 */
export function readPlayReadyChallenge(body) {
  const soap = body.toString("utf8");
  if (soap.includes("\0")) throw new Refusal(7204, "UTF-16: the PlayReadyKeyMessage was not unwrapped");
  const root = parseXml(soap);
  if (root === undefined) throw new Refusal(7205, "the challenge is not well-formed XML");
  if (root.name !== "Envelope") throw new Refusal(7204, `<${root.name}> is not a SOAP envelope`);
  const challenge = descend(root, "Body", "AcquireLicense", "challenge", "Challenge");
  const signed = descend(challenge, "LA");
  const signature = descend(challenge, "Signature", "SignatureValue")?.text;
  if (signed === undefined || signature === undefined) throw new Refusal(7205, "no signed challenge in the SOAP body");
  const text = /<LA[\s>].*<\/LA>/s.exec(soap)?.[0] ?? "";
  const value = decodeBase64(signature.trim());
  if (value === undefined || !sameBytes(labelled("pr-request", Buffer.from(text, "utf8")), value)) {
    throw new Refusal(7205, "the challenge was altered after it was signed");
  }
  const ids = childrenNamed(descend(signed, "ContentHeader", "KIDs"), "KID").map((kid) =>
    decodeBase64(kid.text.trim()),
  );
  const keyIds = ids.flatMap((id) => (id?.length === 16 ? [swapGuid(id).toString("hex")] : []));
  const nonce = decodeBase64(descend(signed, "LicenseNonce")?.text.trim() ?? "");
  const kind = Number(descend(signed, "RequestKind")?.text.trim());
  if (nonce?.length !== 16 || ![1, 2, 3].includes(kind)) throw new Refusal(7205, "no LicenseNonce or no RequestKind");
  if (keyIds.length === 0 || keyIds.length !== ids.length) throw new Refusal(7205, "no KID of 16 bytes");
  return { drm: "playready", keyIds, nonce, kind, customData: descend(signed, "CustomData")?.text.trim() };
}

/**
 * The license alone, as it is inside the response.
 * @param {import("./widevine.mjs").Challenge} challenge
 * @param {import("./widevine.mjs").LicenseKey[]} keys
 * @param {number} renewal
 */
export function writePlayReadyLicense({ nonce }, keys, renewal) {
  const message = licenseMessage(nonce, keys, renewal, swapGuid);
  return Buffer.concat([message, labelled("pr-license", message)]);
}

/** @param {Buffer} license */
export function wrapPlayReadyLicense(license) {
  return Buffer.from(
    '<?xml version="1.0" encoding="utf-8"?>' +
      '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>' +
      `<AcquireLicenseResponse xmlns="${PROTOCOL}"><AcquireLicenseResult><Response xmlns="${PROTOCOL}/messages">` +
      `<LicenseResponse xmlns="${PROTOCOL}"><Version>1</Version><Licenses>` +
      `<License>${license.toString("base64")}</License>` +
      "</Licenses></LicenseResponse></Response></AcquireLicenseResult></AcquireLicenseResponse>" +
      "</soap:Body></soap:Envelope>",
    "utf8",
  );
}
