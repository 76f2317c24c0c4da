// The simulated PlayReady protocol (docs/simulated-drm.md): a UTF-16 PlayReadyKeyMessage around UTF-8 SOAP out, SOAP
// in. The wrapper's other forms were seen from devices in the field; `playreadyForm` selects one.
import {
  base64,
  concat,
  distinct,
  equal,
  fromBase64,
  fromUtf16le,
  fromUtf8,
  Reader,
  startsWith,
  turnGuid,
  utf16le,
  utf8,
} from "./bytes.js";
import { SYSTEM_ID } from "./boxes.js";
import { parsing } from "./errors.js";
import { readCenc, readKeyIds } from "./init-data.js";
import { readMessage } from "./protobuf.js";
import { labelledHash } from "./sha256.js";
import { readLicenseMessage } from "./widevine.js";

const PROTOCOLS = "http://schemas.microsoft.com/DRM/2007/03/protocols";
const BOM = [0xff, 0xfe];

const escaped = (text) => text.replace(/[&<>]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[char]);

/**
 * PlayReady object: u32le size | u16le count | (u16le type | u16le size | WRMHEADER in UTF-16LE)…; type 1 is the
 * header.
 */
function readObject(data) {
  const reader = new Reader(data);
  if (reader.u32le() !== data.length) throw new RangeError("the object's stated length is wrong");
  const keyIds = [];
  for (let left = reader.u16le(); left > 0; left--) {
    const type = reader.u16le();
    const body = reader.take(reader.u16le());
    if (type !== 1) continue;
    const header = fromUtf16le(body);
    // 4.0: <KID>base64</KID>; 4.1 and later: <KID … VALUE="base64">.
    header.replace(/<KID>\s*([^<\s]+)\s*<\/KID>|<KID\b[^>]*?\bVALUE="([^"]+)"/g, (all, text, value) => {
      keyIds.push(turnGuid(fromBase64(text || value)));
      return all;
    });
  }
  return keyIds;
}

function soap({ keyIds, nonce, kind, customData }) {
  const la =
    `<LA xmlns="${PROTOCOLS}" Id="SignedData"><Version>1</Version><ContentHeader><KIDs>` +
    keyIds.map((id) => `<KID>${base64(turnGuid(id))}</KID>`).join("") +
    `</KIDs></ContentHeader><LicenseNonce>${base64(nonce)}</LicenseNonce>` +
    (customData ? `<CustomData>${escaped(customData)}</CustomData>` : "") +
    `<RequestKind>${kind}</RequestKind></LA>`;
  return (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>' +
    `<AcquireLicense xmlns="${PROTOCOLS}"><challenge><Challenge xmlns="${PROTOCOLS}/messages">${la}` +
    `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>${base64(labelledHash("pr-request", utf8(la)))}</SignatureValue></Signature>` +
    "</Challenge></challenge></AcquireLicense></soap:Body></soap:Envelope>"
  );
}

/** Blanks after the document's end keep it valid and set the parity of its length. */
function padded(text, parity) {
  return utf8(text).length % 2 === parity ? text : `${text}\n`;
}

/** The CDM message around a challenge, in the selected form. */
function keyMessage(text, form) {
  if (form === "raw") return utf8(padded(text, 0));
  if (form === "raw-odd") return utf8(padded(text, 1));
  let challenge = base64(utf8(text));
  if (form === "crlf") challenge = challenge.replace(/.{76}/g, "$&\r\n");
  const contentType = form === "content-header" ? "Content" : "Content-Type";
  const header = (name, value) => `<HttpHeader><name>${name}</name><value>${value}</value></HttpHeader>`;
  const headers =
    form === "no-headers"
      ? ""
      : `<HttpHeaders>${header(contentType, "text/xml; charset=utf-8")}` +
        `${header("SOAPAction", `"${PROTOCOLS}/AcquireLicense"`)}</HttpHeaders>`;
  const xml = `<PlayReadyKeyMessage type="LicenseAcquisition"><LicenseAcquisition Version="1"><Challenge encoding="base64encoded">${challenge}</Challenge>${headers}</LicenseAcquisition></PlayReadyKeyMessage>`;
  if (form === "utf8") return utf8(xml);
  if (form === "utf16-bom") return concat(BOM, utf16le(xml));
  return utf16le(xml);
}

/** The License element of a response; throws on a SOAP fault and on any other XML. */
function licenseElement(bytes) {
  const text = startsWith(bytes, BOM) ? fromUtf16le(bytes) : fromUtf8(bytes);
  const xml = new DOMParser().parseFromString(text, "application/xml");
  if (xml.getElementsByTagName("parsererror").length > 0) throw new RangeError("not XML");
  if (xml.documentElement.localName !== "Envelope") throw new RangeError("not a SOAP envelope");
  const licenses = xml.getElementsByTagNameNS("*", "License");
  if (licenses.length !== 1) throw new RangeError("no license in it");
  return licenses[0].textContent.trim();
}

export const playready = {
  name: "playready",
  initDataTypes: ["cenc", "keyids"],
  schemes: ["cenc", "cbcs", "cbcs-1-9"],
  robustness: ["", "150", "2000"],
  takesCertificate: false,
  forms: ["utf16", "utf16-bom", "utf8", "raw", "raw-odd", "no-headers", "crlf", "content-header"],

  readInitData(type, bytes) {
    if (type === "keyids") return { keyIds: distinct(readKeyIds(bytes)) };
    return { keyIds: distinct(readCenc(bytes, SYSTEM_ID.playready, readObject)) };
  },

  challenge({ keyIds, nonce, kind, config }) {
    return keyMessage(soap({ keyIds, nonce, kind, customData: config.playreadyCustomData }), config.playreadyForm);
  },

  readLicense(bytes) {
    return parsing("not a PlayReady license", () => {
      const whole = fromBase64(licenseElement(bytes));
      const message = whole.slice(0, -32);
      if (whole.length < 32 || !equal(whole.slice(-32), labelledHash("pr-license", message))) {
        throw new RangeError("the hash does not match");
      }
      const license = readLicenseMessage(readMessage(message));
      return { ...license, keys: license.keys.map(({ id, key }) => ({ id: turnGuid(id), key })) };
    });
  },
};
