// The simulated FairPlay protocol (docs/simulated-drm.md): SPC out, CKC in. A certificate is always required first.
import {
  concat,
  distinct,
  equal,
  fromBase64,
  fromUtf16le,
  fromUtf8,
  Reader,
  startsWith,
  u32be,
  utf8,
} from "./bytes.js";
import { keyIdOfSinf, readBoxes, SYSTEM_ID } from "./boxes.js";
import { parsing } from "./errors.js";
import { readCenc } from "./init-data.js";
import { labelledHash, sha256 } from "./sha256.js";

const SPC = [0xfb, 0xff, 0xfe, 0x01];
/** Version and reserved bytes. */
const CKC = [0, 0, 0, 1, 0, 0, 0xfb, 0xff];

/** Text as UTF-8, as UTF-16LE, or as UTF-16LE after a u32le length: Safari's versions differ. */
export function readUriText(bytes) {
  const framed = new Reader(bytes);
  if (bytes.length >= 4 && framed.u32le() === bytes.length - 4) return fromUtf16le(framed.rest());
  return bytes[1] === 0 ? fromUtf16le(bytes) : fromUtf8(bytes);
}

/** Everything after skd://; a URL parser would stop at the first "/". */
export function assetIdOf(uri) {
  if (!uri.startsWith("skd://") || uri.length === 6) throw new RangeError("not a skd:// URI");
  return uri.slice(6);
}

/**
 * {"sinf":["base64"…]}; a string contains the box, or only its children (two public reports from Safari;
 * docs/protocol.md, "FairPlay").
 */
function readSinf(bytes) {
  const { sinf } = JSON.parse(fromUtf8(bytes));
  if (!Array.isArray(sinf) || sinf.length === 0) throw new RangeError("no sinf list");
  return sinf.map((text) => {
    const box = fromBase64(text);
    const [first] = readBoxes(box);
    if (!first) throw new RangeError("an empty sinf");
    return keyIdOfSinf(first.type === "sinf" ? first.payload : box);
  });
}

export const fairplay = {
  name: "fairplay",
  initDataTypes: ["sinf", "skd", "cenc"],
  schemes: ["cbcs", "cbcs-1-9"],
  robustness: [""],
  takesCertificate: true,
  needsCertificate: true,

  /** DER: one SEQUENCE of exactly the stated length, with a SEQUENCE inside. Base64 text and JSON are refused here. */
  checkCertificate(bytes) {
    parsing("not a FairPlay certificate", () => {
      const reader = new Reader(bytes);
      if (!equal(reader.take(2), [0x30, 0x82])) throw new RangeError("not DER");
      const [high, low] = reader.take(2);
      if (high * 256 + low !== reader.left) throw new RangeError("the sequence's length is wrong");
      if (reader.u8() !== 0x30) throw new RangeError("no certificate inside");
    });
  },

  readInitData(type, bytes) {
    if (type === "skd") return { keyIds: [], contentId: assetIdOf(readUriText(bytes)) };
    if (type === "sinf") return { keyIds: distinct(readSinf(bytes)) };
    return { keyIds: distinct(readCenc(bytes, SYSTEM_ID.fairplay, () => [])) };
  },

  challenge({ keyIds, contentId, nonce, kind, certificate }) {
    const asset = utf8(contentId || "");
    const signed = concat(
      SPC,
      nonce,
      sha256(certificate),
      [kind],
      u32be(asset.length),
      asset,
      [keyIds.length],
      ...keyIds,
    );
    const whole = concat(signed, labelledHash("fp-request", signed));
    // One more than a multiple of 3: the base64 of the SPC then ends in "==".
    return concat(whole, new Uint8Array([1, 0, 2][whole.length % 3]));
  },

  readLicense(bytes) {
    return parsing("not a CKC", () => {
      if (!startsWith(bytes, CKC)) throw new RangeError("wrong version or reserved bytes");
      const signed = bytes.slice(0, -32);
      if (!equal(bytes.slice(-32), labelledHash("fp-license", signed))) throw new RangeError("the hash does not match");
      const reader = new Reader(signed);
      reader.take(8);
      // In the position of the IV: the payload is not encrypted here.
      const nonce = reader.take(16);
      if (reader.u32be() !== reader.left + 32) throw new RangeError("the payload's length is wrong");
      const keys = [];
      for (let left = reader.u8(); left > 0; left--) keys.push({ id: reader.take(16), key: reader.take(16) });
      const renewal = reader.u32be();
      if (reader.left > 0) throw new RangeError("bytes after the end");
      return { nonce, keys, renewal: renewal || undefined };
    });
  },

  /** `update("renew")`: the page requests a new message. */
  isRenewCommand: (bytes) => equal(bytes, utf8("renew")),
};
