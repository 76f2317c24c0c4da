// Decodes what crosses from the player module: a record of bytes becomes a plain object. src/record.rs draws the
// layout; this mirrors it.
import { decodeText, hexOf } from "../bytes.js";
import type { Octets } from "../types.js";

/** By number, as `Field` of src/record.rs lists them. */
const NAMES = (
  "type,contentId,keyPeriodIndex,payloadError,widevine,playready,fairplay,details,algorithm,provider,contentIdBytes,trackType,policy," +
  "cryptoPeriodIndex,groupedLicense,protectionScheme,cryptoPeriodSeconds,keySequence,videoFeature,entitlementKeyId,keyId,field,wireType,value,version," +
  "licenseUrl,licenseUiUrl,domainServiceId,decryptorSetup,customAttributes,checksum,hasEmbeddedLicense,xml,uri,assetId,scheme,context,codec,ivSize," +
  "constantIv,code,reason,phase,retryable,httpStatus,offset,serverCode,serverMessage,siteError,message,url,body,serviceCertificate,data,envelope," +
  "licenseField,warning,kind,drmType,siteId,userId,responseFormat,issuedAt,expiresAt,keyRotation,attempt," +
  "keyIds,groupIds,entitledKeys,unknownFields,normalizedKeyIds,fieldOrder,keys,keys,records,requests,versions,tracks,pattern,boxes,warnings,problems," +
  "parameters,headers,notices"
).split(",");
const FIRST_LIST = NAMES.indexOf("keyIds");
/** PlayReady's key of version 4.0 goes before the others. */
const FIRST_KEY = NAMES.lastIndexOf("keys");
/** Tracks and warnings belong to the init data, wherever they are reported. */
const TRACKS = NAMES.indexOf("tracks"),
  WARNINGS = NAMES.indexOf("warnings");

const enum Form {
  Number,
  Float,
  Text,
  Hex,
  Bytes,
  Input,
  True,
  False,
  Open,
  Close,
  List,
  Box,
}
const BOX_SIZE = 56;
const SIZE_FORMS = [undefined, "long", "to-end"];

// biome-ignore lint/suspicious/noExplicitAny: the core gives fields by the table below; each use names its type
export type Fields = Record<string, any>;

/** Text of a range of bytes. Short ASCII, the usual case, is faster by hand. */
function textOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 40) return decodeText(bytes.subarray(start, end));
  let text = "";
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte > 127) return decodeText(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

const uuidOf = (bytes: Uint8Array, at: number): string =>
  `${hexOf(bytes, at, at + 4)}-${hexOf(bytes, at + 4, at + 6)}-${hexOf(bytes, at + 6, at + 8)}-${hexOf(bytes, at + 8, at + 10)}-${hexOf(bytes, at + 10, at + 16)}`;

// The record being read: kept here, so that the functions below need not be recreated for each.
let bytes = new Uint8Array();
let view: DataView = new DataView(bytes.buffer);
let source: Uint8Array = bytes;

const u32 = (at: number): number => view.getUint32(at, true);
/** A copy of what was read: offset, length. */
const cut = (at: number): Octets => {
  const start = u32(at);
  return source.slice(start, start + u32(at + 4)) as Octets;
};

/** The record in `memory` from `start` (after its status) to `end`; `input` is what the core has read. */
export function decodeRecord(memory: Uint8Array, start: number, end: number, input: Uint8Array): Fields {
  if (bytes !== memory) {
    bytes = memory as Octets;
    view = new DataView(memory.buffer);
  }
  source = input;
  const root: Fields = {};
  const parents: Fields[] = [];
  let owner = root;
  for (let at = start; at < end; ) {
    const field = memory[at]!;
    const form: Form = memory[at + 1]!;
    at += 2;
    let value: unknown;
    switch (form) {
      case Form.Number:
        value = u32(at);
        at += 4;
        break;
      case Form.Float:
        value = view.getFloat64(at, true);
        at += 8;
        break;
      case Form.Input:
        value = cut(at);
        at += 8;
        break;
      case Form.True:
        value = true;
        break;
      case Form.False:
        value = false;
        break;
      case Form.Open:
        value = {};
        break;
      case Form.Box:
        value = boxOf(at);
        at += BOX_SIZE + memory[at + 52]!;
        break;
      case Form.Close:
        owner = parents.pop()!;
        continue;
      case Form.List:
        owner[NAMES[field]!] = [];
        continue;
      default: {
        const from = at + 4;
        at = from + u32(at);
        value =
          form === Form.Text
            ? textOf(memory, from, at)
            : form === Form.Hex
              ? hexOf(memory, from, at)
              : memory.slice(from, at);
      }
    }
    const name = NAMES[field]!;
    if (field < FIRST_LIST) {
      owner[name] = value;
    } else {
      const holder = field === TRACKS || field === WARNINGS ? root : owner;
      const list = (holder[name] ??= []) as unknown[];
      if (field === FIRST_KEY) list.unshift(value);
      else list.push(value);
    }
    if (form === Form.Open || form === Form.Box) {
      parents.push(owner);
      owner = value as Fields;
    }
  }
  return root;
}

/**
 * system id:16 version<<24|flags offset size key ids:8 data:8 padding:8, then the name's length, the size's form, bare,
 * no data size, name
 */
function boxOf(at: number): Fields {
  const versionAndFlags = u32(at + 16);
  const first = u32(at + 28);
  const keyIds: string[] = [];
  for (let id = first, last = first + u32(at + 32); id < last; id += 16) keyIds.push(hexOf(source, id, id + 16));
  const box: Fields = {
    systemId: uuidOf(bytes, at),
    version: versionAndFlags >>> 24,
    flags: versionAndFlags & 0xffffff,
    keyIds,
    data: cut(at + 36),
    offset: u32(at + 20),
    size: u32(at + 24),
  };
  const name = bytes[at + 52]!;
  if (name) box.system = textOf(bytes, at + BOX_SIZE, at + BOX_SIZE + name);
  const sizeForm = SIZE_FORMS[bytes[at + 53]!];
  if (sizeForm) box.sizeForm = sizeForm;
  if (bytes[at + 54]) box.bare = true;
  if (bytes[at + 55]) box.noDataSize = true;
  if (u32(at + 48)) box.padding = cut(at + 44);
  return box;
}
