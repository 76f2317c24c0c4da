// A page whose full.wasm never comes, is missing, or is another file: what plays goes on playing, and nothing waits for ever.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";

const bytes = (...values) => new Uint8Array(values);
const [player, LICENSE] = [readFileSync(new URL("../../dist/player.wasm", import.meta.url)), bytes(8, 2, 18, 1, 0)];
const REFUSAL = "{\"errorCode\":\"7011\",\"message\":\"expired\"}";
/** What the small module does not know. */
const odd = { initData: bytes(1, 2, 3), initDataType: "cenc" };

const real = { fetch: globalThis.fetch, node: process.getBuiltinModule, setTimeout: globalThis.setTimeout };
// As in a browser: files come over the network.
process.getBuiltinModule = () => undefined;
after(() => { Object.assign(globalThis, { fetch: real.fetch, setTimeout: real.setTimeout }); process.getBuiltinModule = real.node; });

let copies = 0;
/** A page of its own, whose full.wasm is what `full` gives. */
async function page(full, answer, options = {}) {
  // Where nothing comes, nothing is waited for: time is up at once.
  globalThis.setTimeout = full === never && !options.timeout ? (work) => real.setTimeout(work, 0) : real.setTimeout;
  const seen = { wasm: 0, asked: 0, errors: [] };
  globalThis.fetch = async (request) => {
    const url = String(request.url ?? request);
    if (url.endsWith("player.wasm")) return new Response(player);
    if (!url.endsWith("full.wasm")) { seen.asked += 1; return answer(request); }
    seen.wasm += 1;
    assert.ok(seen.wasm < 9, "asked for it again and again");
    return full();
  };
  const core = await import(`../../dist/core.js?without-${(copies += 1)}`);
  const drm = await core.createPallyCon({ siteId: "DEMO", customData: "dG9rZW4=", retry: { base: 0 }, events: ["error"], onEvent: ({ error }) => seen.errors.push(error.code), ...options });
  return { drm, seen };
}
const never = () => new Promise(() => {});
const failure = (work) => work.then(() => assert.fail("it did not throw"), (error) => error);

const WAYS = { "never comes": never, "is missing": () => new Response("", { status: 404 }), "is the small one": () => new Response(player) };
const CALLS = {
  "init data": (drm) => drm.requestLicense("widevine", bytes(8, 1), odd),
  "a content id callback": (drm) => drm.requestLicense("widevine", bytes(8, 1)),
  "a request": (drm) => drm.requestLicense("widevine", bytes(8, 1), { messageType: "individualization-request" }),
  "an asset id": (drm) => drm.requestLicense("fairplay", bytes(8, 1), { initData: new TextEncoder().encode("skd://film"), initDataType: "skd" }),
  "licenseRequest": (drm) => drm.licenseRequest("widevine", bytes(8, 1)),
  "certificate": (drm) => drm.certificate("widevine"),
  "CDM data": (drm) => drm.playreadyCdmData(),
};
for (const [way, full] of Object.entries(WAYS)) {
  test(`where full.wasm ${way}, what takes it ends with an error that is told once`, async () => {
    for (const [name, call] of Object.entries(CALLS)) {
      const options = name === "a content id callback" ? { contentId: () => "film" } : name === "an asset id" ? { assetId: true } : {};
      const { drm, seen } = await page(full, () => new Response(bytes(10, 1, 255)), options);
      const { code } = await failure(call(drm));
      assert.deepEqual([code, seen.errors], [full === never ? "timeout" : "wasm-unreachable", [code]], name);
    }
  });

  test(`where full.wasm ${way}, a license is given`, async () => {
    const { drm, seen } = await page(full, () => new Response(LICENSE), { timeout: 10_000 });
    assert.deepEqual((await drm.requestLicense("widevine", bytes(8, 1))).data, LICENSE);
    assert.equal(seen.wasm, 0);
  });
}

test("where full.wasm is missing, a refusal is told plainly, and what may pass is tried again", async () => {
  for (const [answer, code, asked] of [
    [() => new Response(REFUSAL), "not-a-license", 1], [() => new Response("", { status: 403 }), "http-status", 1], [() => new Response("", { status: 429 }), "http-status", 3],
    [() => new Response("", { status: 503 }), "http-status", 3], [() => { throw new TypeError("Failed to fetch"); }, "network", 3],
  ]) {
    const { drm, seen } = await page(WAYS["is missing"], answer);
    const error = await failure(drm.requestLicense("widevine", bytes(8, 1)));
    assert.deepEqual([error.code, seen.asked, seen.errors], [code, asked, [code]]);
  }
});

test("who gives up waits for full.wasm no longer, and does not ask for it", async () => {
  const controller = new AbortController();
  const waiting = await page(() => { controller.abort(); return never(); }, () => new Response(LICENSE), { timeout: 1_000_000 });
  assert.equal((await failure(waiting.drm.requestLicense("widevine", bytes(8, 1), { ...odd, signal: controller.signal }))).code, "aborted");

  const other = new AbortController();
  const sent = await page(never, ({ signal }) => new Promise((_, reject) => { signal.onabort = () => reject(signal.reason); other.abort(); }), { timeout: 1_000_000 });
  assert.equal((await failure(sent.drm.requestLicense("widevine", bytes(8, 1), { signal: other.signal }))).code, "aborted");
  await new Promise(setImmediate);
  assert.deepEqual([sent.seen.wasm, waiting.seen.asked], [0, 0]);
});
