// ISO/IEC 14496-12 boxes: u32 size | type | (size 1: u64 size) | payload. Size 0 reaches to the end.
// Also the two boxes of ISO/IEC 23001-7 that a CDM reads: 'pssh' (8.1) and 'tenc' (8.2).
import { hex, Reader } from "./bytes.js";

export const SYSTEM_ID = {
  widevine: "edef8ba979d64acea3c827dcd51d21ed",
  playready: "9a04f07998404286ab92e65be0885f95",
  fairplay: "94ce86fb07ff4f43adb893d2fa968ca2",
  common: "1077efecc0b24d02ace33c1e52e2fb4b",
};

/** @returns {{type: string, payload: Uint8Array, whole: Uint8Array}[]} */
export function readBoxes(bytes) {
  const out = [];
  const reader = new Reader(bytes);
  while (reader.left > 0) {
    const start = reader.at;
    let size = reader.u32be();
    const type = String.fromCharCode(...reader.take(4));
    if (size === 1) size = reader.u32be() * 0x100000000 + reader.u32be();
    else if (size === 0) size = bytes.length - start;
    const header = reader.at - start;
    if (size < header) throw new RangeError(`box ${type} is shorter than its header`);
    const payload = reader.take(size - header);
    out.push({ type, payload, whole: bytes.slice(start, reader.at) });
  }
  return out;
}

/** @returns {{systemId: string, keyIds: Uint8Array[], data: Uint8Array}[]} every 'pssh' box of some cenc init data */
export function readPssh(bytes) {
  return readBoxes(bytes)
    .filter((box) => box.type === "pssh")
    .map(({ payload }) => {
      const reader = new Reader(payload);
      const version = reader.u8();
      reader.take(3);
      const systemId = hex(reader.take(16));
      const keyIds = [];
      if (version > 0) {
        const count = reader.u32be();
        for (let i = 0; i < count; i++) keyIds.push(reader.take(16));
      }
      return { systemId, keyIds, data: reader.take(reader.u32be()) };
    });
}

/** The default key id of a list of boxes that contains 'schi' (the children of a 'sinf'). */
export function keyIdOfSinf(children) {
  const scheme = readBoxes(children).find((box) => box.type === "schi");
  if (!scheme) throw new RangeError("no schi box");
  const tenc = readBoxes(scheme.payload).find((box) => box.type === "tenc");
  if (!tenc) throw new RangeError("no tenc box");
  const reader = new Reader(tenc.payload);
  reader.take(8); // version, flags, reserved, pattern, isProtected, IV size
  return reader.take(16);
}

const child = (boxes, type) => boxes.find((box) => box.type === type);

/** Sample entries begin with fields of their own before their boxes (14496-12, 12.1.3 and 12.2.3). */
const ENTRY_HEADER = { encv: 78, enca: 28 };

/** @returns {{keyId: Uint8Array, sinf: Uint8Array}[]} one for each encrypted track of an init segment; [] for media */
export function protectedTracks(segment) {
  const moov = child(readBoxes(segment), "moov");
  if (!moov) return [];
  const out = [];
  for (const trak of readBoxes(moov.payload).filter((box) => box.type === "trak")) {
    let boxes = readBoxes(trak.payload);
    for (const type of ["mdia", "minf", "stbl", "stsd"]) {
      const next = child(boxes, type);
      if (!next) throw new RangeError(`no ${type} box`);
      boxes = readBoxes(type === "stsd" ? next.payload.slice(8) : next.payload);
    }
    for (const entry of boxes.filter((box) => box.type in ENTRY_HEADER)) {
      const sinf = child(readBoxes(entry.payload.slice(ENTRY_HEADER[entry.type])), "sinf");
      if (sinf) out.push({ keyId: keyIdOfSinf(sinf.payload), sinf: sinf.whole });
    }
  }
  return out;
}
