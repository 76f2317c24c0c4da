/**
 * Data for each DRM system besides the key: a PSSH box, or FairPlay's URI and playlist lines.
 *     PSSH   u32 size | "pssh" | u32 version and flags | system id 16 | u32 data length | data
 */
import { createCipheriv } from "node:crypto";
import { liveContentId } from "../catalog.mjs";
import { swapGuid } from "../digest.mjs";
import { bytesField, varintField } from "../protobuf.mjs";

const NAMES = new Map(
  /** @type {const} */ ([
    ["edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", "widevine"],
    ["9a04f079-9840-4286-ab92-e65be0885f95", "playready"],
    ["94ce86fb-07ff-4f43-adb8-93d2fa968ca2", "fairplay"],
  ]),
);

/** Outdated, but still in content headers: players must get the license URL from elsewhere. */
const LA_URL = "https://license.pallycon.com/ri/playready/licenseManager.do";

/**
 * @typedef {object} KeyFacts
 * @property {string} contentId
 * @property {Buffer} kid
 * @property {Buffer} key
 * @property {string} scheme
 * @property {string} provider
 * @property {string} [trackType]
 * @property {number} [period]
 */

/** @param {string} systemId */
export function systemName(systemId) {
  return NAMES.get(/** @type {any} */ (systemId));
}

/**
 * @param {string} systemId
 * @param {Buffer} data
 */
export function psshBox(systemId, data) {
  const head = Buffer.alloc(12);
  head.writeUInt32BE(32 + data.length);
  head.write("pssh", 4, "ascii");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([head, Buffer.from(systemId.replaceAll("-", ""), "hex"), length, data]);
}

/**
 * Widevine's PSSH data: 1 algorithm, 2 key id, 3 provider, 4 content id, 5 track type, 7 period, 9 scheme as fourcc.
 * @param {KeyFacts} facts
 */
export function widevineData({ contentId, kid, scheme, provider, trackType, period }) {
  return Buffer.concat([
    varintField(1, 1),
    bytesField(2, kid),
    bytesField(3, provider),
    bytesField(4, period === undefined ? contentId : liveContentId(contentId, period)),
    ...(trackType === undefined ? [] : [bytesField(5, trackType)]),
    ...(period === undefined ? [] : [varintField(7, period)]),
    ...(scheme === "cenc" ? [] : [varintField(9, Buffer.from(scheme, "ascii").readUInt32BE())]),
  ]);
}

/**
 * A PlayReady object with one WRMHEADER: 4.0 for counter mode; 4.3, which alone can say AESCBC, for the CBC schemes.
 *
 *     u32le length | u16le record count | u16le type 1 | u16le length | WRMHEADER as UTF-16LE
 * @param {KeyFacts} facts
 */
export function playReadyObject({ kid, key, scheme, period }) {
  const id = swapGuid(kid);
  const value = id.toString("base64");
  const counter = scheme === "cenc" || scheme === "cens";
  // First 8 bytes of AES-128-ECB(key, key id in GUID order); only defined for AESCTR.
  const checksum = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(id).toString("base64", 0, 8);
  const custom =
    period === undefined ? "" : `<CUSTOMATTRIBUTES><PERIOD_INDEX>${period}</PERIOD_INDEX></CUSTOMATTRIBUTES>`;
  const body = counter
    ? `<PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>${value}</KID><CHECKSUM>${checksum}</CHECKSUM>` +
      `<LA_URL>${LA_URL}</LA_URL>${custom}`
    : `<PROTECTINFO><KIDS><KID ALGID="AESCBC" VALUE="${value}"></KID></KIDS></PROTECTINFO><LA_URL>${LA_URL}</LA_URL>${custom}`;
  const header = Buffer.from(
    `<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="${counter ? "4.0.0.0" : "4.3.0.0"}">` +
      `<DATA>${body}</DATA></WRMHEADER>`,
    "utf16le",
  );
  const head = Buffer.alloc(10);
  head.writeUInt32LE(10 + header.length);
  head.writeUInt16LE(1, 4);
  head.writeUInt16LE(1, 6);
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, header]);
}

/**
 * `skd://` and base64 of the key id; for live content the CID and 16 hex digits of the period.
 * @param {KeyFacts} facts
 */
export function fairPlayUri({ contentId, kid, period }) {
  return `skd://${period === undefined ? kid.toString("base64") : liveContentId(contentId, period)}`;
}

/**
 * The playlist line that carries the URI.
 * @param {string} uri
 * @param {"EXT-X-KEY" | "EXT-X-SESSION-KEY"} tag
 */
export function keyLine(uri, tag) {
  return `#${tag}:METHOD=SAMPLE-AES,URI="${uri}",KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"`;
}

/**
 * The contents of one DRMSystem element of the response.
 * @param {string} systemId
 * @param {KeyFacts} facts
 * @param {boolean} version2 with payloads and playlist lines
 */
export function systemElements(systemId, facts, version2) {
  const base64 = (/** @type {string | Buffer} */ value) => Buffer.from(value).toString("base64");
  const name = systemName(systemId);
  if (name === "fairplay") {
    const uri = fairPlayUri(facts);
    const lines = version2
      ? `<cpix:HLSSignalingData>${base64(keyLine(uri, "EXT-X-KEY"))}</cpix:HLSSignalingData>` +
        `<cpix:HLSSignalingData playlist="master">${base64(keyLine(uri, "EXT-X-SESSION-KEY"))}</cpix:HLSSignalingData>`
      : "";
    return `${lines}<cpix:URIExtXKey>${base64(uri)}</cpix:URIExtXKey>`;
  }
  const data = name === "widevine" ? widevineData(facts) : playReadyObject(facts);
  const payload = version2 ? `<cpix:ContentProtectionData>${base64(data)}</cpix:ContentProtectionData>` : "";
  return `${payload}<cpix:PSSH>${base64(psshBox(systemId, data))}</cpix:PSSH>`;
}
