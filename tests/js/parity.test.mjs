// The same scenario with the small module, which loads the full one where it must, and with the full one from the start: whoever
// calls the client gets the same of both. What is compared is all that a page can see: results, errors, what callbacks are told,
// what goes over the wire, events.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { buildPlayReadyObject, buildPssh, buildWidevineData, init } from "../../dist/inspect.js";

const bytes = (...values) => new Uint8Array(values);
const utf8 = (text) => new TextEncoder().encode(text);
const utf16 = (text) => new Uint8Array(Buffer.from(text, "utf16le"));
const base64 = (data) => Buffer.from(data).toString("base64");
const joined = (...parts) => new Uint8Array(Buffer.concat(parts));
await init();

const [KEY, OTHER] = ["000102030405060708090a0b0c0d0e0f", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"];
const widevine = (fields, version = 0) => buildPssh({ systemId: "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", version, keyIds: version ? [OTHER] : [], data: buildWidevineData({ keyIds: [KEY], ...fields }) });
const playready = (version, ...keyIds) => buildPssh({ systemId: "9a04f079-9840-4286-ab92-e65be0885f95", data: buildPlayReadyObject({ version, keys: keyIds.map((keyId) => ({ keyId })) }) });
const film = widevine({ contentId: "film" });
const live = (period, index = period) => widevine({ contentId: `live${period.toString(16).padStart(16, "0")}`, cryptoPeriodIndex: index });
const box = (type, ...parts) => { const body = Buffer.concat([Buffer.from(type), ...parts]); return joined(bytes(0, 0, 0, body.length + 4), body); };
const sinf = (keyId) => base64(box("sinf", box("frma", utf8("avc1")), box("schm", bytes(0, 0, 0, 0), utf8("cbcs"), bytes(0, 1, 0, 0)), box("schi", box("tenc", bytes(0, 0, 0, 0, 0, 0, 1, 8), Buffer.from(keyId, "hex")))));
/** With the lowest of its three bytes of flags set. */
const flagged = film.with(11, 1);
/** Name: type, bytes, and whether it takes the full module. */
const INIT_DATA = {
  "Widevine": ["cenc", film], "Widevine, version 1": ["cenc", widevine({ contentId: "a/b c" }, 1)], "a key period": ["cenc", live(7)], "another period than the content id's": ["cenc", live(7, 8)],
  "PlayReady 4.0": ["cenc", playready("4.0.0.0", KEY)], "PlayReady 4.1": ["cenc", playready("4.1.0.0", KEY)], "PlayReady 4.2": ["cenc", playready("4.2.0.0", KEY, OTHER)], "PlayReady 4.3": ["cenc", playready("4.3.0.0", OTHER)],
  "both": ["cenc", joined(playready("4.0.0.0", KEY), film)], "two contents": ["cenc", joined(film, live(7))], "nothing": ["cenc", bytes()],
  "live skd": ["skd", utf8("skd://cpix-test-cid0000000000000080")], "VOD skd": ["skd", utf8("skd://AAECAwQFBgcICQoLDA0ODw==")], "skd of another kind": ["skd", utf8("skd://film")],
  "sinf": ["sinf", utf8(`{"sinf":["${sinf(KEY)}","${sinf(OTHER)}"]}`)],
  "a content id with a byte order mark": ["cenc", widevine({ contentId: "\ufefffilm" })], "a content id that is no text": ["cenc", widevine({ contentIdBytes: bytes(255) }), true],
  "no type": ["", film, true], "another type": ["keyids", film, true], "flags": ["cenc", flagged, true], "half a box": ["cenc", film.slice(0, 40), true], "bare": ["cenc", buildWidevineData({ keyIds: [KEY] }), true],
  "skd of a hex key id": ["skd", utf8(`skd://${KEY}`), true], "no skd": ["skd", utf8("film"), true], "half a sinf": ["sinf", utf8('{"sinf":["AAAA"]}'), true],
  "keyids": ["keyids", utf8('{"kids":["AAECAwQFBgcICQoLDA0ODw"]}'), true], "webm": ["webm", bytes(1, 2, 3), true],
};

const SOAP = '<?xml version="1.0"?><soap:Envelope xmlns:soap="s"><soap:Body><AcquireLicenseResponse/></soap:Body></soap:Envelope>';
const KEY_MESSAGE = `<PlayReadyKeyMessage><LicenseAcquisition Version="1"><Challenge encoding="base64encoded">${base64(SOAP)}</Challenge><HttpHeaders><HttpHeader><name>SOAPAction</name><value>"x"</value></HttpHeader></HttpHeaders></LicenseAcquisition></PlayReadyKeyMessage>`;
const MESSAGES = { widevine: bytes(8, 1, 18, 1, 255), playready: utf8(SOAP), fairplay: bytes(0, 1, 251, 255), clearkey: utf8('{"kids":["AAEC"]}') };
const LICENSES = { widevine: bytes(8, 2, 18, 1, 0), playready: utf8(SOAP), fairplay: utf8("Q0tDAAECAwQ=\n"), clearkey: utf8('{"keys":[{"kty":"oct","k":"AAEC","kid":"AAEC"}]}') };
const [DER, refusal] = [bytes(0x30, 0x82, 1, 2), (code, message = "no") => JSON.stringify({ errorCode: code, message })];
const token = (fields) => base64(JSON.stringify({ drm_type: "Widevine", site_id: "DEMO", user_id: "u", cid: "film", policy: "AAAAAAAAAAAAAAAAAAAAAA==", timestamp: "2020-01-01T00:00:00Z", hash: "AAAA", ...fields }));
const HTML = "<!doctype html><title>Log in</title>";

/** An answer: its body, status, headers, and where it came from; or what fetch throws. */
const answer = (body, status = 200, headers = {}, url = "") => () => Object.defineProperty(new Response(body, { status, headers }), "url", { value: url });
const unreachable = () => { throw new TypeError("Failed to fetch"); };
const ANSWERS = {
  "base64": answer(base64(LICENSES.widevine)), "a license that is cut": answer(LICENSES.widevine.slice(0, 4)), "JSON around a license": answer(JSON.stringify({ license: base64(LICENSES.widevine), device_info: { model: "m" } })),
  "JSON of nothing": answer("{}"), "a code": answer(refusal("7011", "expired")), "a code as a number": answer(refusal(7011)), "a code under 403": answer(refusal("7002"), 403), "an unknown code": answer(refusal("9999")),
  "the site's error": answer(refusal("8002", '{"errorCode":"A1","message":"no such user"}')), "another DRM's license": answer(SOAP), "a page": answer(HTML), "a page behind a redirect": answer(HTML, 200, {}, "https://login.example/?a=b"),
  "nothing": answer(""), "words": answer("Internal error"), "401": answer("", 401), "404": answer(HTML, 404), "429": answer("", 429, { "Retry-After": "0" }), "429 until a date": answer("", 429, { "Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT" }), "429 for long": answer("", 429, { "Retry-After": "100" }),
  "500": answer("", 500), "503 with a page": answer(HTML, 503), "a license under 503": answer(LICENSES.widevine, 503), "a license under 201": answer(LICENSES.widevine, 201), "no answer": unreachable,
};

/** Name: what is done, and whether it takes the full module (null: that depends). */
const SCENARIOS = {};
const ask = (drm, options, context, ...answers) => async (page) => (await page.client(options)).requestLicense(drm, MESSAGES[drm], context, page.answer(...answers));
const licensed = (drm, options, context) => ask(drm, options, context, answer(LICENSES[drm]));
const told = (initData, initDataType) => ({ initData, ...(initDataType ? { initDataType } : {}) });

for (const [name, [type, data, full]] of Object.entries(INIT_DATA)) SCENARIOS[`init data: ${name}`] = [licensed("widevine", {}, told(data, type)), full];
for (const drm of Object.keys(MESSAGES)) SCENARIOS[`a license: ${drm}`] = [licensed(drm, { siteId: "DEMO", contentId: "a/b" }, told(film, "cenc")), drm === "clearkey"];
for (const [name, drm, message, full] of [
  ["a service certificate request", "widevine", bytes(8, 4)], ["a message in UTF-8", "playready", utf8(KEY_MESSAGE), true], ["a message in UTF-16", "playready", utf16(KEY_MESSAGE), true],
  ["a message that is cut", "playready", utf16(KEY_MESSAGE.slice(0, 99)), true], ["nothing", "widevine", bytes()], ["no bytes", "widevine", "text", false], ["no DRM", "other", bytes(8, 1), false],
]) SCENARIOS[`message: ${name}`] = [async (page) => (await page.client({})).requestLicense(drm, message, {}, page.answer(answer(LICENSES[drm]))), full];
for (const [name, given] of Object.entries(ANSWERS)) {
  SCENARIOS[`answer: ${name}`] = [ask("widevine", { customData: token({ cid: "other" }), siteId: "SITE" }, { ...told(film, "cenc"), keySystem: "com.widevine.alpha" }, given, given, given), true];
  SCENARIOS[`answer: ${name}, then a license`] = [ask("fairplay", {}, {}, given, answer(LICENSES.fairplay)), null];
  SCENARIOS[`certificate: ${name}`] = [async (page) => (page.answer(given), (await page.client({ siteId: "DEMO" })).certificate("fairplay")), null];
}
const failing = Object.assign(new Error("later"), { retryable: true });
for (const [name, options, full] of [
  ["in the URL", { carrier: "url", licenseUrl: "https://h.example/l?a=b#c" }], ["with a line break", { customData: "dG9r\nZW4=" }, true], ["base64url", { customData: "dG9r-ZW4_" }], ["a callback's", { customData: async () => "dG9rZW4=" }],
  ["expired", { customData: token() }], ["not base64", { customData: "not base64!" }, true], ["of blanks", { customData: " " }, true], ["none", { customData: undefined }, true], ["a number", { customData: () => 5 }], ["thrown", { customData: () => { throw new Error("no"); } }],
  ["on the second try", { customData: ({ reason }) => (reason === "retry" ? "dG9rZW4=" : Promise.reject(failing)) }],
]) SCENARIOS[`custom data: ${name}`] = [licensed("widevine", options, told(film, "cenc")), full];
for (const [name, drm, options, full] of [
  ["headers of our names", "widevine", { headers: { "content-type": "text/plain", "PALLYCON-customdata-v2": "own" } }], ["headers that no request may have", "widevine", { headers: { "a b": "c" } }, true], ["headers that fail", "widevine", { headers: () => { throw new Error("no"); } }],
  ["a URL callback", "widevine", { licenseUrl: ({ drm, contentId }) => `https://h.example/${drm}/${contentId}` }], ["URLs of each DRM", "fairplay", { licenseUrl: { widevine: "https://w.example", fairplay: "https://f.example/?a#b" } }], ["no URL", "widevine", { licenseUrl: "http://" }, true],
  ["a content id callback", "clearkey", { siteId: "DEMO", contentId: ({ initData }) => `${initData.contentId}!` }, true], ["a content id callback that fails", "widevine", { contentId: () => { throw new Error("no"); } }, true],
  ["an asset id", "fairplay", { assetId: "a b" }], ["the asset id of skd", "fairplay", { assetId: true }, true], ["one attempt", "widevine", { retry: { attempts: 1 } }], ["credentials", "widevine", { withCredentials: true }],
]) SCENARIOS[`option: ${name}`] = [licensed(drm, options, drm === "fairplay" ? told(utf8("skd://film"), "skd") : told(film, "cenc")), full];
for (const [name, drm, source, full] of [
  ["DER", "fairplay", DER], ["base64", "fairplay", base64(DER)], ["PEM", "fairplay", `-----BEGIN CERTIFICATE-----\n${base64(DER)}\n-----END CERTIFICATE-----\n`, true], ["no DER", "fairplay", bytes(1, 2, 255), true], ["no text of one", "fairplay", "Unauthorized", true],
  ["Widevine's", "widevine", bytes(10, 2, 1, 255), true], ["FairPlay's for Widevine", "widevine", DER, true], ["a URL", "fairplay", { url: "https://c.example/x?y", headers: { a: "b" } }], ["none and no site", "fairplay", undefined],
]) SCENARIOS[`certificate: ${name}`] = [async (page) => (page.answer(answer(base64(DER))), (await page.client({ certificate: { [drm]: source } })).certificate(drm)), full];

SCENARIOS["PlayReady's CDM data"] = [async (page) => (await page.client({ contentId: () => "film" })).playreadyCdmData(), true];
SCENARIOS["individualization"] = [licensed("widevine", {}, { messageType: "individualization-request" }), true];
SCENARIOS["a request for who posts it, and the answer for who reads it"] = [async (page) => {
  const client = await page.client({ customData: token(), siteId: "SITE" });
  const request = await client.licenseRequest("widevine", MESSAGES.widevine, told(film, "cenc"));
  return [request, client.readLicense("widevine", { status: 200, body: LICENSES.widevine }, request), await page.outcome(() => client.readLicense("widevine", { status: 200, body: utf8(refusal("7011")) }, request))];
}, true];
SCENARIOS["keys that rotate"] = [async (page) => {
  const client = await page.client({});
  for (const data of [live(7), live(8), live(8), live(9)]) await client.requestLicense("widevine", MESSAGES.widevine, told(data, "cenc"), page.answer(answer(LICENSES.widevine)));
}, false];
SCENARIOS["a callback that changes what it is told"] = [async (page) => {
  const client = await page.client({ customData: (context) => { context.keyIds.push("mine"); return "dG9rZW4="; } });
  for (let again = 0; again < 2; again += 1) await client.requestLicense("widevine", MESSAGES.widevine, told(film, "cenc"), page.answer(answer(LICENSES.widevine)));
}, false];
SCENARIOS["a request under way while another is refused"] = [async (page) => {
  const client = await page.client({ customData: token() });
  let reply;
  const first = client.requestLicense("widevine", MESSAGES.widevine, {}, page.answer(() => new Promise((resolve) => { reply = resolve; })));
  while (!reply) await new Promise(setImmediate);
  const second = await page.outcome(() => client.requestLicense("widevine", MESSAGES.widevine, {}, page.answer(answer(refusal("7011")))));
  reply(new Response(LICENSES.widevine));
  return [await first, second];
}, true];
for (const [name, when, full] of [["before", "start", false], ["before, and half a box", "half", true], ["while customData is asked", "customData", false], ["while the server is asked", "fetch", false]]) SCENARIOS[`given up ${name}`] = [async (page) => {
  const controller = new AbortController();
  const stop = (now) => { if (now === when) controller.abort(); };
  const client = await page.client({ customData: () => { stop("customData"); return "dG9rZW4="; } });
  if (when === "half") controller.abort();
  stop("start");
  const hear = ({ signal }) => new Promise((_, reject) => { signal.onabort = () => reject(signal.reason); stop("fetch"); });
  return client.requestLicense("widevine", MESSAGES.widevine, { ...told(when === "half" ? film.slice(0, 40) : film, "cenc"), signal: controller.signal }, page.answer(hear));
}, full];

/** What can be compared, and read in a test's output: bytes as hex, errors with their causes. */
function plain(value) {
  if (value instanceof Error) return { name: value.name, message: value.message, ...(value.toJSON ? plain(value.toJSON()) : {}), cause: plain(value.cause) };
  if (value instanceof AbortSignal) return `signal, ${value.aborted ? "" : "not "}aborted`;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex");
  if (Array.isArray(value)) return value.map(plain);
  return value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)])) : value;
}

/** Everything that a page sees of a scenario. */
async function played(core, scenario) {
  const seen = { told: [], sent: [], events: [] };
  const spied = (options) => Object.fromEntries(Object.entries(options).map(([name, option]) => [name, typeof option !== "function" ? option : (context) => { seen.told.push([name, plain(context)]); return option(context); }]));
  const answers = [];
  globalThis.fetch = async (request) => {
    const body = request.body ? Buffer.from(await request.clone().arrayBuffer()).toString("hex") : null;
    seen.sent.push([request.method, request.url, [...request.headers], body, request.credentials]);
    return answers.length ? answers.shift()(request) : assert.fail("asked once more");
  };
  const page = {
    answer: (...given) => { answers.push(...given); },
    client: (options) => core.createPallyCon({
      ...spied({ customData: () => "dG9rZW4=", ...options }), retry: { base: 0, ...options.retry },
      events: ["custom-data", "request", "license", "certificate", "retry", "error"], onEvent: ({ at, duration, delay, ...event }) => seen.events.push(plain(event)),
    }),
    outcome: async (work) => {
      try {
        return { result: plain(await work()) };
      } catch (error) {
        assert.ok(error instanceof core.PallyConError && error.code !== "internal", error?.stack);
        return { error: plain(error) };
      }
    },
  };
  const outcome = await page.outcome(() => scenario(page));
  return { outcome, ...seen };
}

const real = { fetch: globalThis.fetch, Date: globalThis.Date, random: Math.random };
before(() => {
  // A token's age is told in seconds, and a rotation and a retry draw lots.
  const now = real.Date.UTC(2026, 0, 2);
  globalThis.Date = class extends real.Date {
    constructor(...given) { super(...(given.length ? given : [now])); }
    static now() { return now; }
  };
  Math.random = () => 0.5;
});
after(() => {
  Object.assign(globalThis, { fetch: real.fetch, Date: real.Date });
  Math.random = real.random;
});

const everything = new WebAssembly.Module(readFileSync(new URL("../../dist/full.wasm", import.meta.url)));
let copies = 0;
/** Modules, and certificates, are kept for the page: each scenario has a page of its own. */
const pages = () => import(`../../dist/core.js?${(copies += 1)}`);

for (const [name, [scenario, takesFull]] of Object.entries(SCENARIOS)) {
  test(name, async () => {
    const [small, full] = [await pages(), await pages()];
    await small.createPallyCon({});
    assert.equal(small.isFull(), false);
    await full.loadFull(everything);
    const expected = await played(full, scenario);
    assert.deepEqual(await played(small, scenario), expected);
    if (takesFull !== null) assert.equal(small.isFull(), !!takesFull);
    // An error is told once, where it is given.
    const errors = JSON.stringify(expected.outcome).match(/"error":/g) ?? [];
    assert.equal(expected.events.filter(({ type }) => type === "error").length, errors.length);
  });
}
