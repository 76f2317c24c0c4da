// Protection data as PallyCon's key server writes it.
//
// 'pssh' box (ISO/IEC 23001-7, 8.1):  u32 size | "pssh" | u8 version | u24 flags | 16 system id
//                                     | version 1: u32 count, 16 each | u32 data size | data
// Widevine data (protobuf):           2 key id | 3 provider | 4 content id | 5 track type | 9 scheme (fourcc)
// PlayReady object:                   u32le size | u16le records | (u16le type | u16le size | WRMHEADER in UTF-16LE)
import { createCipheriv } from "node:crypto";

export const SYSTEM = {
  widevine: "edef8ba979d64acea3c827dcd51d21ed",
  playready: "9a04f07998404286ab92e65be0885f95",
  fairplay: "94ce86fb07ff4f43adb893d2fa968ca2",
  common: "1077efecc0b24d02ace33c1e52e2fb4b",
  clearkey: "e2719d58a985b3c9781ab030af78d30e",
};

/** The path in old PlayReady headers; a player's own configuration must override it. */
const OLD_LA_URL = "https://license.pallycon.com/ri/playready/licenseManager.do";

const u16le = (n) => {
  const b = Buffer.alloc(2);
  b.writeUInt16LE(n);
  return b;
};
const u32le = (n) => {
  const b = Buffer.alloc(4);
  b.writeUInt32LE(n);
  return b;
};
const u32be = (n) => {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(n);
  return b;
};

/** One 'pssh' box. With key ids it is version 1. */
export function psshBox(systemId, data, keyIds) {
  const list = keyIds ? Buffer.concat([u32be(keyIds.length), ...keyIds]) : Buffer.alloc(0);
  const body = Buffer.concat([
    Buffer.from("pssh"),
    Buffer.from([keyIds ? 1 : 0, 0, 0, 0]),
    Buffer.from(systemId, "hex"),
    list,
    u32be(data.length),
    data,
  ]);
  return Buffer.concat([u32be(body.length + 4), body]);
}

/** A key id with reversed bytes in its first three fields: the order of a Windows GUID in memory. */
export function guidOrder(keyId) {
  return Buffer.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((i) => keyId[i]));
}

const bytesField = (n, value) => Buffer.concat([Buffer.from([(n << 3) | 2, value.length]), value]);

function varintField(n, value) {
  const out = [n << 3];
  let rest = value;
  while (rest >= 128) {
    out.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...out, rest]);
}

/** The data of a Widevine box. All values are shorter than 128 bytes, so one length byte each is enough. */
export function widevineData({ keyIds, provider, contentId, trackType, scheme }) {
  return Buffer.concat([
    ...keyIds.map((id) => bytesField(2, id)),
    bytesField(3, Buffer.from(provider)),
    bytesField(4, Buffer.from(contentId)),
    ...(trackType ? [bytesField(5, Buffer.from(trackType))] : []),
    varintField(9, Buffer.from(scheme).readUInt32BE()),
  ]);
}

/** First 8 bytes of the key id in GUID order, encrypted with the content key (AES-128-ECB). */
function checksum(keyId, key) {
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  return cipher.update(guidOrder(keyId)).subarray(0, 8).toString("base64");
}

/** A PlayReady object: header 4.0 for cenc, 4.3 for cbcs (where AESCBC takes no checksum). */
export function playreadyObject({ keyId, key, scheme }) {
  const kid = guidOrder(keyId).toString("base64");
  const open = '<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version=';
  const header =
    scheme === "cenc"
      ? `${open}"4.0.0.0"><DATA><PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO>` +
        `<KID>${kid}</KID><CHECKSUM>${checksum(keyId, key)}</CHECKSUM><LA_URL>${OLD_LA_URL}</LA_URL></DATA></WRMHEADER>`
      : `${open}"4.3.0.0"><DATA><PROTECTINFO><KIDS><KID ALGID="AESCBC" VALUE="${kid}"></KID></KIDS></PROTECTINFO>` +
        `<LA_URL>${OLD_LA_URL}</LA_URL></DATA></WRMHEADER>`;
  const text = Buffer.from(header, "utf16le");
  return Buffer.concat([u32le(text.length + 10), u16le(1), u16le(1), u16le(text.length), text]);
}

/** The protection data in a track's init segment and manifests. */
export function protection(content, track) {
  const keyId = Buffer.from(track.keyId, "hex");
  const allKeyIds = [...new Set(content.tracks.map((each) => each.keyId))];
  const object = playreadyObject({ keyId, key: Buffer.from(track.key, "hex"), scheme: content.scheme });
  const widevine = psshBox(
    SYSTEM.widevine,
    widevineData({
      keyIds: [keyId],
      provider: content.provider,
      contentId: content.contentId,
      // One key for all tracks means one box for all tracks: naming a track in it would turn one license into two
      // sessions.
      trackType: allKeyIds.length === 1 ? undefined : track.trackType,
      scheme: content.scheme,
    }),
  );
  return {
    keyId,
    widevine,
    object,
    playready: psshBox(SYSTEM.playready, object),
    // All keys of the content: hls.js 1.7.4 creates one ClearKey session, from the first track's box.
    common: psshBox(
      SYSTEM.common,
      Buffer.alloc(0),
      allKeyIds.map((id) => Buffer.from(id, "hex")),
    ),
    skd: `skd://${keyId.toString("base64")}`,
  };
}
