// The small module and the full one behind the same client: which is loaded when, and that it makes no difference to who asks.
// (dist/core.js without dist/read.js is what a bundler keeps of a page that only plays.)
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PallyConError, call, createPallyCon, isFull, loadFull } from "../../dist/core.js";

const [IDENTIFY, LICENSE_URL, CERTIFICATE_URL, REQUEST, READ, CERTIFICATE, WAIT, PARSE] = [0, 1, 2, 3, 4, 5, 6, 32];
const bytes = (...values) => new Uint8Array(values);
const utf8 = (text) => new TextEncoder().encode(text);
const LICENSE = bytes(8, 2, 18, 1, 0);
// Size 50, 'pssh', version and flags 0, Widevine's id, 18 bytes: field 2, 16 bytes.
const BOX = Buffer.from(["00000032", "70737368", "00000000", "edef8ba979d64acea3c827dcd51d21ed", "00000012", "1210", "000102030405060708090a0b0c0d0e0f"].join(""), "hex");
/** What the small module can and cannot answer. */
const CALLS = [
  [IDENTIFY, "cenc", new Uint8Array(BOX)], [IDENTIFY, "skd", utf8("skd://cpix-test-cid0000000000000080")],
  [LICENSE_URL, "", "widevine", "DEMO", ""], [LICENSE_URL, "https://h/", "clearkey", "DEMO", "a/b"], [CERTIFICATE_URL, "https://h", "fairplay", "DEMO"],
  [REQUEST, "widevine", bytes(8, 1), false, "https://h/l", true, "dG9rZW4=", false], [REQUEST, "widevine", bytes(8, 4), false, "https://h/l?a=b", true, "dG9rZW4=", true],
  [REQUEST, "playready", utf8("<?xml version=\"1.0\"?><soap:Envelope/>"), false, "https://h/l", true, "dG9rZW4=", false],
  [REQUEST, "fairplay", bytes(1, 2, 255), false, "https://h/l", true, "dG9rZW4=", false],
  [READ, "widevine", 200, LICENSE], [READ, "fairplay", 200, utf8("Q0tDAAECAwQ=\n")],
  [READ, "playready", 200, utf8("<?xml version=\"1.0\"?><soap:Envelope xmlns:soap=\"s\"><soap:Body><AcquireLicenseResponse/></soap:Body></soap:Envelope>")],
  [CERTIFICATE, "fairplay", 200, bytes(0x30, 0x82, 1, 2)], [CERTIFICATE, "fairplay", 200, utf8("MIIBAg==")],
  [WAIT, 3, 500, 8000, 1, 0.5, "", 0], [WAIT, 3, 500, 8000, 1, 0.5, "2", 0], [WAIT, 1, 500, 8000, 1, 0.5, "", 0],
];
const NOT_ALL = [
  [IDENTIFY, "keyids", utf8("{\"kids\":[\"AQI\"]}")], [IDENTIFY, "", new Uint8Array(BOX)], [IDENTIFY, "cenc", new Uint8Array(BOX).subarray(0, 40)],
  [REQUEST, "widevine", bytes(8, 1), false, "https://h/l", true, "dG9r\nZW4=", false], [REQUEST, "clearkey", utf8("{}"), false, "https://h/l", false, "", false],
  [READ, "widevine", 200, utf8("{\"errorCode\":\"7011\",\"message\":\"expired\"}")], [READ, "widevine", 503, LICENSE], [READ, "widevine", 200, LICENSE.subarray(0, 4)],
  [CERTIFICATE, "fairplay", 200, utf8("OK")], [WAIT, 3, 500, 8000, 1, 0.5, "Sun, 06 Nov 1994 08:49:37 GMT", 0], [PARSE, new Uint8Array(BOX), "", true],
];
let small;

/** What the full module's reader says, in the small one's form. */
function identity(kind, data) {
  const { contentId = "", keyPeriodIndex, keyIds } = JSON.parse(Buffer.from(call(PARSE, data, kind, false)[0]).toString());
  return [Buffer.from(contentId), keyPeriodIndex === undefined ? [] : Buffer.from(new Uint32Array([keyPeriodIndex]).buffer), ...keyIds.map((id) => Buffer.from(id, "hex"))];
}

async function answered(answers, work) {
  const real = globalThis.fetch;
  const asked = [];
  globalThis.fetch = async (request) => { asked.push(request); return answers.shift() ?? assert.fail("asked once more"); };
  try {
    return [await work(), asked];
  } finally {
    globalThis.fetch = real;
  }
}
const failure = (work) => work().then(() => assert.fail("it did not throw"), (error) => { assert.ok(error instanceof PallyConError, error.stack); return error; });

test("a client that only plays has the small module, which answers what is ordinary and nothing else", async () => {
  await createPallyCon({});
  assert.equal(isFull(), false);
  small = CALLS.map((given) => call(...given));
  for (const [index, parts] of small.entries()) assert.ok(parts, `${CALLS[index]}`);
  for (const given of NOT_ALL) assert.equal(call(...given), undefined, `${given}`);
});

test("a license, and what its callbacks are told, without the full module", async () => {
  const contexts = [];
  const events = [];
  const drm = await createPallyCon({ customData: (context) => { contexts.push(context); return "dG9rZW4="; }, onEvent: ({ type }) => events.push(type), events: ["request", "license"] });
  const [{ data }, [request]] = await answered([new Response(LICENSE)], () => drm.requestLicense("widevine", bytes(8, 1), { initData: new Uint8Array(BOX), initDataType: "cenc" }));
  assert.deepEqual([data, request.headers.get("pallycon-customdata-v2"), events], [LICENSE, "dG9rZW4=", ["request", "license"]]);
  assert.deepEqual(contexts.map(({ keyIds, contentId, reason }) => [keyIds, contentId, reason]), [[["000102030405060708090a0b0c0d0e0f"], undefined, "license"]]);
  assert.equal(isFull(), false);
});

test("readLicense cannot wait: a license is given, and what is none is said to take init()", async () => {
  const drm = await createPallyCon({});
  assert.deepEqual(drm.readLicense("widevine", { status: 200, body: LICENSE }).data, LICENSE);
  const error = await failure(async () => drm.readLicense("widevine", { status: 200, body: utf8("{\"errorCode\":\"7011\",\"message\":\"expired\"}") }));
  assert.deepEqual([error.code, error.serverCode, error.httpStatus, error.retryable], ["not-a-license", "7011", 200, false]);
  assert.match(error.message, /^PallyCon 7011: /);
  assert.match(error.hint, /await init\(\)/);
  assert.equal(isFull(), false);
});

test("a refusal brings the full module, and says all that it would have said with it", async () => {
  const expired = Buffer.from(JSON.stringify({ drm_type: "Widevine", site_id: "DEMO", user_id: "u", cid: "film", policy: "AAAAAAAAAAAAAAAAAAAAAA==", timestamp: "2020-01-01T00:00:00Z", hash: "x" })).toString("base64");
  const drm = await createPallyCon({ customData: expired });
  const refused = () => new Response("{\"errorCode\":\"7011\",\"message\":\"expired\"}");
  const ask = () => answered([refused()], () => failure(() => drm.requestLicense("widevine", bytes(8, 1))));
  const [first] = await ask();
  assert.equal(isFull(), true);
  const [second] = await ask();
  assert.deepEqual(first.toJSON(), second.toJSON());
  assert.deepEqual([first.code, first.problems.some(({ code }) => code === "token-expired")], ["token-expired", true]);
});

test("what the small module answered is what the full one answers", async () => {
  await loadFull();
  CALLS.forEach(([what, ...given], index) => {
    const full = what === IDENTIFY ? identity(...given) : call(what, ...given);
    assert.deepEqual(full.map((part) => [...part]), small[index].map((part) => [...part]), `${what} ${given}`);
  });
  for (const given of NOT_ALL.filter(([what]) => what !== IDENTIFY)) {
    try {
      assert.ok(call(...given), `${given}`);
    } catch (error) {
      assert.ok(error instanceof PallyConError && error.code !== "internal", error.stack);
    }
  }
});

test("both modules import the same, and export no more than the door needs", () => {
  const [player, full] = ["player", "full"].map((name) => new WebAssembly.Module(readFileSync(new URL(`../../dist/${name}.wasm`, import.meta.url))));
  const names = (list) => list.map(({ name, kind }) => `${kind} ${name}`).sort();
  assert.deepEqual(names(WebAssembly.Module.imports(player)), names(WebAssembly.Module.imports(full)));
  assert.deepEqual(names(WebAssembly.Module.exports(player)), names(WebAssembly.Module.exports(full)));
});
