// The simulated Widevine protocol (docs/simulated-drm.md). The challenge is opaque to a page, the license is raw bytes.
import { concat, distinct, equal, fromUtf8, startsWith, utf8 } from "./bytes.js";
import { SYSTEM_ID } from "./boxes.js";
import { malformed, parsing } from "./errors.js";
import { readCenc, readKeyIds, readWebm } from "./init-data.js";
import { bytesField, firstNumber, onlyBytes, readMessage, varintField } from "./protobuf.js";
import { labelledHash } from "./sha256.js";

/** The page's first message if it set no certificate and the CDM wants one. */
const CERTIFICATE_REQUEST = Uint8Array.of(0x08, 0x04);

/** Field 2 of the box's data: key ids; field 4: the content id. */
function readData(data) {
  const fields = readMessage(data);
  const keyIds = (fields.get(2) || []).filter((value) => value.length === 16);
  const [contentId] = fields.get(4) || [];
  return { keyIds, contentId };
}

/** Parses pb{ 1: …, 2: body, 3: H(label, body) }. */
function opened(bytes, kind, label) {
  const outer = readMessage(bytes);
  if (firstNumber(outer, 1) !== kind) throw new RangeError("wrong kind of message");
  const body = onlyBytes(outer, 2);
  if (!equal(onlyBytes(outer, 3), labelledHash(label, body))) throw new RangeError("the hash does not match");
  return readMessage(body);
}

export const widevine = {
  name: "widevine",
  initDataTypes: ["cenc", "keyids", "webm"],
  schemes: ["cenc", "cbcs", "cbcs-1-9"],
  robustness: ["", "SW_SECURE_CRYPTO", "SW_SECURE_DECODE"],
  takesCertificate: true,
  certificateRequest: CERTIFICATE_REQUEST,

  /** A service certificate is protobuf; DER (a FairPlay certificate in the wrong place) fails at its first byte. */
  checkCertificate(bytes) {
    parsing("not a Widevine service certificate", () => {
      if (!startsWith(bytes, [0x0a])) throw new RangeError("it does not start with 0a");
      const fields = readMessage(bytes);
      if (!equal(onlyBytes(fields, 2), labelledHash("wv-certificate", onlyBytes(fields, 1)))) {
        throw new RangeError("the hash does not match");
      }
    });
  },

  /** The response to the certificate request: pb{ 1: 5 varint, 2: certificate }. */
  readCertificate(bytes) {
    const certificate = parsing("not a service certificate", () => {
      const outer = readMessage(bytes);
      if (firstNumber(outer, 1) !== 5) throw new RangeError("wrong kind of message");
      return onlyBytes(outer, 2);
    });
    this.checkCertificate(certificate);
    return certificate;
  },

  readInitData(type, bytes) {
    if (type === "keyids") return { keyIds: distinct(readKeyIds(bytes)) };
    if (type === "webm") return { keyIds: readWebm(bytes) };
    let contentId;
    const keyIds = readCenc(bytes, SYSTEM_ID.widevine, (data) => {
      const read = readData(data);
      contentId = contentId || read.contentId;
      return read.keyIds;
    });
    return { keyIds: distinct(keyIds), contentId: contentId && fromUtf8(contentId) };
  },

  challenge({ keyIds, contentId, nonce, kind }) {
    const message = concat(
      ...keyIds.map((id) => bytesField(1, id)),
      bytesField(2, nonce),
      ...(contentId ? [bytesField(3, utf8(contentId))] : []),
      varintField(4, kind),
    );
    return concat(varintField(1, 1), bytesField(2, message), bytesField(3, labelledHash("wv-request", message)));
  },

  readLicense(bytes) {
    if (startsWith(bytes, [0x08, 0x05])) throw malformed("a service certificate instead of a license");
    return parsing("not a Widevine license", () => readLicenseMessage(opened(bytes, 2, "wv-license")));
  },
};

/** pb{ 1: nonce, 2: pb{ 1: key id, 2: key } repeated, 3: renewal seconds }; PlayReady's license holds the same. */
export function readLicenseMessage(fields) {
  const keys = (fields.get(2) || []).map((entry) => {
    const inner = readMessage(entry);
    const pair = { id: onlyBytes(inner, 1), key: onlyBytes(inner, 2) };
    if (pair.id.length !== 16 || pair.key.length !== 16) throw new RangeError("a key or key id that is not 16 bytes");
    return pair;
  });
  return { nonce: onlyBytes(fields, 1), keys, renewal: firstNumber(fields, 3) };
}
