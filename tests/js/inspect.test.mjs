// pallycon-drm/inspect through its JavaScript: objects, independent bytes, and writing back.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { init as initPlayer, inspectCustomData, parseInitData } from "../../dist/index.js";
import {
  PallyConError,
  buildPlayReadyObject,
  buildPssh,
  buildWidevineData,
  init,
  inspectAny,
  parseManifest,
  parseSegment,
} from "../../dist/inspect.js";

const media = (name) => readFileSync(new URL(`../../www/media/${name}`, import.meta.url));
const WIDEVINE = "AAAAOHBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAABgSEAAWNwaftdGsPEdH4BMi5MJI49yVmwY=";

test("before init, calls throw an error that says so", () => {
  assert.throws(
    () => parseManifest("#EXTM3U"),
    (error) => error instanceof PallyConError && error.code === "not-initialized",
  );
});

test("init() compiles the module once, however often it is called", async (t) => {
  const compile = t.mock.method(WebAssembly, "compile");
  await Promise.all([init(), init(), init(), initPlayer()]);
  await init();
  // Node's own fetch compiles a module, too.
  const { size } = statSync(new URL("../../dist/inspect.wasm", import.meta.url));
  assert.equal(compile.mock.calls.filter(({ arguments: [bytes] }) => bytes.length === size).length, 1);
});

test("a box written from its read form reads the same again", () => {
  const [box] = parseInitData(WIDEVINE).boxes;
  assert.equal(Buffer.from(buildPssh(box)).toString("base64"), WIDEVINE);
  const changed = parseInitData(
    buildPssh({ ...box, data: buildWidevineData({ ...box.widevine, contentId: "a/b+c" }) }),
  );
  assert.equal(changed.contentId, "a/b+c");
  assert.deepEqual(changed.keyIds, box.widevine.keyIds);
  assert.deepEqual(
    parseInitData(
      buildPssh({ systemId: "1077efec-c0b2-4d02-ace3-3c1e52e2fb4b", keyIds: ["00112233445566778899aabbccddeeff"] }),
    ).keyIds,
    ["00112233445566778899aabbccddeeff"],
  );
});

test("bytes may be Node's, and invalid input is reported as such", () => {
  const data = Buffer.from("EhABAQEBAQEBAQEBAQEBAQEB", "base64");
  const [box] = parseInitData(buildPssh({ systemId: "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", data })).boxes;
  assert.deepEqual(Buffer.from(box.data), data);
  assert.throws(
    () => buildPssh(),
    (error) => error instanceof PallyConError && error.code === "init-data-invalid",
  );
  for (const text of [undefined, 5, "<html></html>", "<!-- -->"])
    assert.throws(
      () => parseManifest(text),
      (error) => error instanceof PallyConError && error.code === "manifest-invalid",
    );
});

test("inspectAny returns a token's times like inspectCustomData, and recognizes a challenge after whitespace", () => {
  const token = {
    drm_type: "Widevine",
    site_id: "DEMO",
    user_id: "u",
    cid: "c",
    policy: "p",
    timestamp: "2024-01-01T00:00:00Z",
    hash: "h",
  };
  const value = Buffer.from(JSON.stringify(token)).toString("base64");
  const found = inspectAny(value);
  assert.equal(found.kind, "license-token");
  const { problems, ...fields } = found.value;
  const { problems: others, ...same } = inspectCustomData(value);
  assert.deepEqual([fields, problems.length > 0, others.length > 0], [same, true, true]);
  const message = `\n <PlayReadyKeyMessage><LicenseAcquisition><Challenge encoding="base64encoded">${Buffer.from("<s:Envelope xmlns:s='s'/>").toString("base64")}</Challenge></LicenseAcquisition></PlayReadyKeyMessage>`;
  assert.equal(inspectAny(Buffer.from(message, "utf16le")).kind, "playready-challenge");
  assert.equal(inspectAny("<s:Envelope xmlns:s='s'/>").kind, "soap");
});

test("a PlayReady Object in every version", () => {
  for (const version of ["4.0.0.0", "4.1.0.0", "4.2.0.0", "4.3.0.0"]) {
    const object = {
      version,
      keys: [{ keyId: "0123456789abcdef0123456789abcdef", algorithm: "AESCTR" }],
      licenseUrl: "https://h/?a=1&b=2",
    };
    const [box] = parseInitData(buildPlayReadyObject(object)).boxes;
    assert.equal(box.bare, true);
    assert.equal(box.playready.version, version);
    assert.equal(box.playready.licenseUrl, object.licenseUrl);
    assert.equal(box.playready.keys[0].keyId, object.keys[0].keyId);
    assert.equal(Buffer.compare(buildPlayReadyObject(box.playready), box.data), 0);
  }
});

test("values that cannot be written cause an error that says why", () => {
  for (const fields of [{ systemId: "x" }, { systemId: "1077efec-c0b2-4d02-ace3-3c1e52e2fb4b", keyIds: ["00"] }]) {
    assert.throws(
      () => buildPssh(fields),
      (error) => error.code === "init-data-invalid" && error.hint.length > 0,
    );
  }
});

test("manifests: protections include init data with their bytes", () => {
  const mpd = media("demo-cenc/manifest.mpd").toString();
  const read = parseManifest(mpd);
  assert.equal(read.kind, "dash");
  const widevine = read.protections.find(({ system, initData }) => system === "Widevine" && initData);
  assert.equal(widevine.initData.boxes[0].widevine.contentId, "demo-cenc");
  assert.ok(widevine.initData.boxes[0].data instanceof Uint8Array);
  assert.equal("initDataBase64" in widevine, false);
  assert.equal(
    parseManifest('#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://a/b+c==",KEYFORMAT="com.apple.streamingkeydelivery"')
      .protections[0].initData.fairplay.assetId,
    "a/b+c==",
  );
  assert.throws(
    () => parseManifest("hello"),
    (error) => error.code === "manifest-invalid" && error.phase === "manifest",
  );
});

test("segments: tracks and boxes", () => {
  const read = parseSegment(media("demo-cbcs/video/init.mp4"));
  assert.equal(read.tracks[0].scheme, "cbcs");
  assert.match(read.tracks[0].defaultKeyId, /^[0-9a-f]{32}$/);
  assert.deepEqual(read.keyIds.includes(read.tracks[0].defaultKeyId), true);
  assert.throws(
    () => parseSegment(new Uint8Array([0, 0, 0, 20, 109, 111, 111, 118])),
    (error) => error.code === "segment-invalid",
  );
});

test("inspectAny identifies its input through its encodings", () => {
  const found = inspectAny(WIDEVINE);
  assert.equal(found.kind, "cenc");
  assert.deepEqual(found.layers, ["base64"]);
  assert.equal(found.value.boxes[0].data.length, 24);
  assert.equal(inspectAny('{"errorCode":"7011","message":"expired"}').kind, "error");
  assert.equal(inspectAny(media("demo-cbcs/hls/fairplay.m3u8")).kind, "hls");
  assert.equal(inspectAny(new Uint8Array([1, 2, 3])).kind, "unknown");
  const row = inspectAny(`${WIDEVINE} ${WIDEVINE}`);
  assert.equal(row.kind, "pieces");
  assert.deepEqual(
    row.value.pieces.map(({ kind }) => kind),
    ["cenc", "cenc"],
  );
  assert.equal(row.value.pieces[1].value.boxes[0].data.length, 24);
});

test("manifests: warnings have a code, a message, a hint and a place", () => {
  const playlist =
    '#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI="skd://a1b2",KEYFORMAT="com.apple.streamingkeydelivery"\n';
  const { warnings } = parseManifest(playlist);
  assert.equal(warnings.length, 1);
  const [{ message, hint, ...rest }] = warnings;
  assert.deepEqual(rest, { code: "manifest-scheme", line: 2, offset: 8 });
  assert.match(message, /FairPlay plays cbcs/);
  assert.ok(hint.endsWith("."));
  assert.deepEqual(parseManifest(media("demo-cenc/manifest.mpd").toString()).warnings, []);
});

test("inspectAny: errors of damaged input are those of its reader; times of tokens are Dates", () => {
  const damaged = "AAAAOHBzc2gBAAAAEHfv7MCyTQKs4zweUuL7SwAAAAEAAAAAAAAAAAAAAAAAAAAA";
  const { kind, value } = inspectAny(damaged);
  assert.equal(kind, "cenc");
  assert.throws(
    () => parseInitData(damaged),
    (error) =>
      error.code === value.error.code && error.message === value.error.message && error.hint === value.error.hint,
  );
  const part = (fields) => Buffer.from(JSON.stringify(fields)).toString("base64url");
  const jwt = inspectAny(`${part({ alg: "HS256" })}.${part({ iat: 1_700_000_000 })}.AAAA`);
  assert.deepEqual(
    [jwt.kind, jwt.value.issuedAt, "expiresAt" in jwt.value],
    ["jwt", new Date(1_700_000_000_000), false],
  );
  const token = Buffer.from(
    JSON.stringify({
      drm_type: "Widevine",
      site_id: "DEMO",
      user_id: "u",
      cid: "c",
      policy: "p",
      timestamp: "2024-01-01T00:00:00Z",
      hash: "h",
    }),
  ).toString("base64");
  const url = inspectAny(`https://a.test/?pallycon-customdata-v2=${encodeURIComponent(token)}`);
  assert.deepEqual(url.value.token, inspectAny(token).value);
  assert.ok(url.value.token.issuedAt instanceof Date);
});

test("content keys are also masked in the bytes", () => {
  const key = "W31bfVt9W31bfVt9W31bfQ==";
  const url = `https://test.playready.microsoft.com/service/rightsmanager.asmx?cfg=(ck:${key})`;
  const object = buildPlayReadyObject({ version: "4.0.0.0", keys: [{ keyId: "00".repeat(16) }], licenseUrl: url });
  const box = buildPssh({ systemId: "9a04f079-9840-4286-ab92-e65be0885f95", data: object });
  const base64 = Buffer.from(box).toString("base64");
  const mpd = `<ContentProtection schemeIdUri="urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95"><cenc:pssh>${base64}</cenc:pssh></ContentProtection>`;
  const wide = Buffer.from(key.slice(0, 22), "utf16le");
  for (const boxes of [
    inspectAny(box).value.boxes,
    inspectAny(base64).value.boxes,
    parseManifest(mpd).protections[0].initData.boxes,
    inspectAny(mpd).value.protections[0].initData.boxes,
  ]) {
    const [{ data, playready }] = boxes;
    assert.equal(Buffer.from(data).indexOf(wide), -1);
    assert.equal(playready.licenseUrl, url.replace(key, "*".repeat(key.length)));
    assert.ok(!playready.xml.includes(key.slice(0, 22)));
  }
});

test("ranges: each field's bytes, in the input without its layers", () => {
  const { bytes, ranges, layers } = inspectAny(WIDEVINE, { ranges: true });
  assert.deepEqual(layers, ["base64"]);
  assert.deepEqual(Buffer.from(bytes), Buffer.from(WIDEVINE, "base64"));
  assert.deepEqual(
    ranges.find(({ path }) => path.join(".") === "boxes.0.systemId"),
    { path: ["boxes", 0, "systemId"], offset: 12, length: 16 },
  );
  assert.deepEqual(ranges.map(({ path }) => path.join(".")).slice(0, 2), ["boxes.0", "boxes.0.version"]);
  for (const { offset, length } of ranges) assert.ok(length > 0 && offset + length <= bytes.length);
  assert.ok(!("ranges" in inspectAny(WIDEVINE)) && !("bytes" in inspectAny(WIDEVINE, { ranges: false })));
  // The bytes are a copy.
  const input = Buffer.from(WIDEVINE, "base64");
  inspectAny(input, { ranges: true }).bytes.fill(0);
  assert.equal(input.toString("base64"), WIDEVINE);
});

test("ranges: in pieces, manifests, tokens, and documents with keys", () => {
  const row = inspectAny(`${WIDEVINE} ${WIDEVINE}`, { ranges: true });
  assert.deepEqual(
    row.value.pieces.map(({ bytes, ranges }) => [bytes.length, ranges[0].length]),
    [
      [row.value.pieces[0].bytes.length, row.value.pieces[0].bytes.length],
      [row.value.pieces[0].bytes.length, row.value.pieces[0].bytes.length],
    ],
  );
  const text = media("demo-cbcs/hls/video-fairplay.m3u8");
  const { bytes, ranges, value } = inspectAny(text, { ranges: true });
  const { offset, length } = ranges.find(({ path }) => path.join(".") === "protections.0.uri");
  assert.equal(
    Buffer.from(bytes)
      .subarray(offset, offset + length)
      .toString(),
    value.protections[0].uri,
  );
  const token = Buffer.from(
    JSON.stringify({
      drm_type: "Widevine",
      site_id: "DEMO",
      user_id: "u",
      cid: "film",
      policy: "p",
      timestamp: "2024-01-01T00:00:00Z",
      hash: "h",
    }),
  );
  const read = inspectAny(token.toString("base64"), { ranges: true });
  const place = read.ranges.find(({ path }) => path[0] === "contentId");
  assert.equal(
    Buffer.from(read.bytes)
      .subarray(place.offset, place.offset + place.length)
      .toString(),
    '"film"',
  );
  const key = "W31bfVt9W31bfVt9W31bfQ==";
  const keys = inspectAny(JSON.stringify({ keys: [{ kty: "oct", kid: "AAAAAAAAAAAAAAAAAAAAAQ", k: key }] }), {
    ranges: true,
  });
  assert.ok(!Buffer.from(keys.bytes).includes(key));
});

test("warnings of init data include a hint", () => {
  const box = Buffer.from(WIDEVINE, "base64");
  box[11] = 1; // a flag
  assert.deepEqual(inspectAny(box).value.warnings, [
    {
      code: "pssh-flags",
      message: "A box has flags, so Chromium refuses it.",
      offset: 0,
      hint: "Set the flags of the box to 0.",
    },
  ]);
});
