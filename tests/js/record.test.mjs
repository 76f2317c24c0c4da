// The player module's records, decoded by js/wasm/record.ts, against the JSON of the inspect module: the same init data
// produce the same objects, whichever way they cross into JavaScript.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { init, parseInitData } from "../../dist/index.js";
import { buildPlayReadyObject, buildPssh, buildWidevineData, inspectAny } from "../../dist/inspect.js";
import {
  CLEARKEY,
  KEY,
  OTHER,
  PLAYREADY,
  WIDEVINE,
  bytes,
  film,
  joined,
  live,
  playready,
  sinf,
  utf8,
  widevine,
} from "./support.mjs";

before(() => init());

const pssh = (systemId, fields) => buildPssh({ systemId, ...fields });
/** Every field of Widevine's data. */
const everyField = {
  algorithm: "AESCTR",
  keyIds: [KEY],
  provider: "provider",
  contentId: "film",
  trackType: "HD",
  policy: "policy",
  cryptoPeriodIndex: 7,
  cryptoPeriodSeconds: 10,
  protectionScheme: "cbcs",
  type: "entitled-key",
  keySequence: 3,
  groupIds: ["a1b2"],
  entitledKeys: [{ entitlementKeyId: OTHER, keyId: KEY }],
  unknownFields: [{ field: 99, wireType: 2, value: bytes(1, 2) }],
};
const object = (fields) =>
  pssh(PLAYREADY, {
    data: buildPlayReadyObject({
      version: "4.0.0.0",
      keys: [{ keyId: KEY, algorithm: "AESCTR", checksum: "AAAAAAAAAAA=" }],
      ...fields,
    }),
  });
/** A PlayReady Object with one record, the header. */
function header(xml, encoding = "utf16le") {
  const text = Buffer.from(xml, encoding);
  const before = Buffer.alloc(10);
  before.writeUInt32LE(text.length + 10, 0);
  [1, 1, text.length].forEach((value, at) => before.writeUInt16LE(value, 4 + 2 * at));
  return joined(before, text);
}
/** Key ids in the header's byte order: KEY and OTHER. */
const [FIRST, SECOND] = ["AwIBAAUEBwYICQoLDA0ODw==", "8/Lx8PX09/b4+fr7/P3+/w=="];
/** A box with its size in 64 bits after the type. */
const long = (plain) =>
  joined(bytes(0, 0, 0, 1), plain.subarray(4, 8), bytes(0, 0, 0, 0, 0, 0, 0, plain.length + 8), plain.subarray(8));
/** Init data from a manifest or an `encrypted` event; the detected type; the number of boxes; the key ids. */
const TABLE = {
  Widevine: [film, "cenc", 1, [KEY]],
  "Widevine, version 1": [widevine({ contentId: "a/b c" }, 1), "cenc", 1, [OTHER, KEY]],
  "Widevine, every field": [widevine(everyField), "cenc", 1, [KEY]],
  "Widevine, a content id that is not UTF-8": [widevine({ contentIdBytes: bytes(255, 0) }), "cenc", 1, [KEY]],
  "Widevine, a content id of many letters": [widevine({ contentId: "öäü ".repeat(30) }), "cenc", 1, [KEY]],
  "Widevine, a key period": [live(7), "cenc", 1, [KEY]],
  "Widevine without a box": [buildWidevineData({ keyIds: [KEY], contentId: "film" }), "cenc", 1, [KEY], "bare"],
  "PlayReady 4.0": [playready("4.0.0.0", KEY), "cenc", 1, [KEY]],
  "PlayReady 4.1": [playready("4.1.0.0", KEY), "cenc", 1, [KEY]],
  "PlayReady 4.2": [playready("4.2.0.0", KEY, OTHER), "cenc", 1, [KEY, OTHER]],
  "PlayReady 4.3": [playready("4.3.0.0", OTHER, KEY), "cenc", 1, [OTHER, KEY]],
  "PlayReady, every field": [
    object({
      licenseUrl: "https://h/?a=1&b=2",
      licenseUiUrl: "https://u/",
      domainServiceId: "AAECAwQFBgcICQoLDA0ODw==",
      decryptorSetup: "ONDEMAND",
      customAttributes: "<a>ö</a>",
    }),
    "cenc",
    1,
    [KEY],
  ],
  "PlayReady, a key period": [object({ customAttributes: "<PERIOD_INDEX>128</PERIOD_INDEX>" }), "cenc", 1, [KEY]],
  "PlayReady, a 4.0 key id besides others": [
    pssh(PLAYREADY, {
      data: header(
        `<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="4.2.0.0"><DATA><PROTECTINFO><KIDS><KID VALUE="${SECOND}"/></KIDS></PROTECTINFO><KID>${FIRST}</KID></DATA></WRMHEADER>`,
      ),
    }),
    "cenc",
    1,
    [OTHER, KEY],
  ],
  "PlayReady, a header in UTF-8": [
    pssh(PLAYREADY, {
      data: header(`<WRMHEADER version="4.0.0.0"><DATA><KID>${FIRST}</KID></DATA></WRMHEADER>`, "utf8"),
    }),
    "cenc",
    1,
    [KEY],
  ],
  "PlayReady, key ids and LA_URL out of place": [
    pssh(PLAYREADY, {
      data: header(
        `<WRMHEADER version="4.1.0.0"><DATA><PROTECTINFO><KIDS><KID VALUE="${FIRST}"/></KIDS></PROTECTINFO></DATA><LA_URL>https://a</LA_URL></WRMHEADER>`,
      ),
    }),
    "cenc",
    1,
    [KEY],
  ],
  "a PlayReady Object without a box": [
    buildPlayReadyObject({ version: "4.2.0.0", keys: [{ keyId: KEY }] }),
    "cenc",
    1,
    [KEY],
    "bare",
  ],
  ClearKey: [pssh(CLEARKEY, { keyIds: [KEY, OTHER] }), "cenc", 1, [KEY, OTHER]],
  "an unknown system": [pssh("00000000-0000-0000-0000-000000000001", { data: bytes(1, 2, 3) }), "cenc", 1, []],
  "a box of 64-bit size": [long(film), "cenc", 1, [KEY]],
  "a box that reaches to the end": [joined(bytes(0, 0, 0, 0), film.subarray(4)), "cenc", 1, [KEY]],
  flags: [film.with(11, 1), "cenc", 1, [KEY]],
  "an unknown version": [joined(film, film.with(8, 9)), "cenc", 1, [KEY]],
  "data after the payload": [
    joined(bytes(0, 0, 0, film.length + 3), film.subarray(4), bytes(1, 2, 3)),
    "cenc",
    1,
    [KEY],
  ],
  "no data size": [joined(bytes(0, 0, 0, 28), film.subarray(4, 28)), "cenc", 1, []],
  "several boxes": [
    joined(film, playready("4.0.0.0", OTHER), pssh(CLEARKEY, { keyIds: [KEY] })),
    "cenc",
    3,
    [KEY, OTHER],
  ],
  "several boxes, one payload damaged": [
    joined(film, pssh(WIDEVINE, { data: bytes(0x12, 0x20, 1) }), playready("4.3.0.0", OTHER)),
    "cenc",
    3,
    [KEY, OTHER],
  ],
  "several boxes, the last cut off": [
    joined(playready("4.1.0.0", OTHER), film, film.subarray(0, 40)),
    "cenc",
    2,
    [OTHER, KEY],
  ],
  keyids: [utf8('{"kids":["AAECAwQFBgcICQoLDA0ODw","8PHy8_T19vf4-fr7_P3-_w"]}'), "keyids", 0, [KEY, OTHER]],
  "skd, live": [utf8("skd://cpix-test-cid0000000000000080"), "skd", 0, []],
  "skd, VOD": [utf8("skd://AAECAwQFBgcICQoLDA0ODw=="), "skd", 0, [KEY]],
  "skd of a hex key id": [utf8(`skd://${KEY}`), "skd", 0, [KEY]],
  "skd of another kind": [utf8("skd://film?a=b"), "skd", 0, []],
  sinf: [utf8(`{"sinf":["${sinf(KEY)}","${sinf(OTHER)}"]}`), "sinf", 0, [KEY, OTHER]],
  "sinf, a constant IV": [utf8(`{"sinf":["${sinf(KEY, { pattern: 0x19, constantIv: OTHER })}"]}`), "sinf", 0, [KEY]],
  "sinf, one damaged": [utf8(`{"sinf":["${sinf(KEY)}","AAAA"]}`), "sinf", 0, [KEY]],
};

for (const [name, [data, type, boxes, keyIds, bare]] of Object.entries(TABLE)) {
  test(`${name}: the decoded record equals the JSON`, () => {
    const read = parseInitData(data);
    // A tool's warning also has a hint.
    const { value } = inspectAny(data);
    assert.ok(value.warnings.every(({ hint }) => hint.endsWith(".")));
    assert.deepStrictEqual(read, { ...value, warnings: value.warnings.map(({ hint, ...warning }) => warning) });
    if (!bare) assert.deepStrictEqual(parseInitData(data, { type }), read);
    assert.deepStrictEqual([read.type, read.boxes.length, read.keyIds], [type, boxes, keyIds]);
  });
}

test("a defect of a payload is a warning of the init data", () => {
  const codes = (name) => parseInitData(TABLE[name][0]).warnings.map(({ code }) => code);
  assert.deepEqual(codes("PlayReady, a header in UTF-8"), ["playready-utf8"]);
  assert.deepEqual(codes("PlayReady, key ids and LA_URL out of place"), ["playready-header", "playready-header"]);
});

test("the table has every field of the types", () => {
  const types = readFileSync(new URL("../../js/types.ts", import.meta.url), "utf8");
  const read = Object.values(TABLE).map(([data]) => parseInitData(data));
  const boxes = read.flatMap((initData) => initData.boxes);
  for (const [name, values] of Object.entries({
    InitData: read,
    PsshBox: boxes,
    WidevineData: boxes.map((box) => box.widevine),
    PlayReadyObject: boxes.map((box) => box.playready),
    FairPlayInitData: read.map(({ fairplay }) => fairplay),
    FairPlayTrack: read.flatMap(({ fairplay }) => fairplay?.tracks ?? []),
    InitDataWarning: read.flatMap(({ warnings }) => warnings),
  })) {
    const [, line, lines] = new RegExp(`export interface ${name} \\{(?:(.*) \\}\\n|([\\s\\S]*?)\\n\\})`).exec(types);
    // Without comments and field types.
    const named = [
      ...(line ?? lines)
        .replace(/\/\*\*.*\*\//g, "")
        .replace(/\{[^}]*\}|\[[^\]]*\]/g, "")
        .matchAll(/(?<=^|[;\s])(\w+)\??:/g),
    ].map(([, field]) => field);
    assert.ok(named.length > 1, name);
    const found = new Set(values.filter(Boolean).flatMap(Object.keys));
    assert.deepStrictEqual(
      named.filter((field) => !found.has(field)),
      [],
      name,
    );
  }
});
