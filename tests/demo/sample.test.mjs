// The code to copy: the running sample with the chosen values filled in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { transform } from "esbuild";
import { readFileSync, readdirSync } from "node:fs";
import { load } from "./load.mjs";

const { sampleText } = await load("play/sample.ts");
const { TOKEN_MASK, optionsCode, optionsOf } = await load("play/options.ts");
const FOLDER = new URL("../../www/demo/play/samples/", import.meta.url);
const SAMPLES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".sample.js"))
  .map((name) => [name, readFileSync(new URL(name, FOLDER), "utf8")]);
const CHOICE = {
  url: 'https://cdn.example.com/"a".mpd',
  drm: "widevine",
  keySystem: "com.widevine.alpha",
  contentId: "my-movie",
  type: "application/dash+xml",
};
const SETUPS = {
  url: {
    siteId: "DEMO",
    contentId: "my-movie",
    host: "https://license.example.com",
    token: { kind: "url", url: "https://app.example.com/token?a=$&" },
  },
  fixed: { siteId: "DEMO", token: { kind: "fixed", value: "eyJzZWNyZXQiOiJ0b2tlbiJ9" } },
  none: { contentId: "x", licenseUrl: { clearkey: "https://cdn.example.com/keys.json" }, token: { kind: "none" } },
};

for (const [name, source] of SAMPLES) {
  test(`${name}: every setup is code that parses, without leftover placeholders`, async () => {
    for (const setup of Object.values(SETUPS)) {
      const text = sampleText(source, setup, CHOICE);
      await transform(text, { loader: "js" });
      assert.doesNotMatch(text, /choice\b/);
      assert.match(text, /play\(\{ video, onEvent, onError \}\)/);
      assert.ok(text.includes(JSON.stringify(CHOICE.url)), "the manifest");
      assert.ok(
        text.split("\n").every((line) => line.length <= 140),
        "lines that fit",
      );
    }
  });
}

test("a pasted token is masked", () => {
  const text = sampleText(SAMPLES[0][1], SETUPS.fixed, CHOICE);
  assert.ok(!text.includes(SETUPS.fixed.token.value));
  assert.ok(text.includes(TOKEN_MASK));
});

test("without a content id there is no line for it", () => {
  const [, source] = SAMPLES.find(([name]) => name.startsWith("rx-player"));
  assert.doesNotMatch(
    sampleText(source, SETUPS.fixed, { ...CHOICE, contentId: undefined }),
    /contentId|undefined\b(?! *\))/,
  );
});

test("the displayed options are those that run, including the token callback", async (t) => {
  const asked = [];
  globalThis.location = { href: "https://page.example/" };
  t.mock.method(globalThis, "fetch", async (url, init) => {
    asked.push([url, init]);
    return { ok: true, text: async () => "token" };
  });
  for (const [kind, setup] of Object.entries(SETUPS)) {
    const onEvent = () => {};
    const { before, literal } = optionsCode(setup, "");
    const shown = new Function("onEvent", `${before}\nreturn ${literal};`)(onEvent);
    const real = optionsOf(setup, onEvent);
    assert.deepEqual(Object.keys(shown).sort(), Object.keys(real).sort(), kind);
    const { customData: one, ...shownRest } = shown;
    const { customData: other, ...realRest } = real;
    assert.deepEqual(shownRest, realRest, kind);
    if (kind !== "url") continue;
    const { signal } = new AbortController();
    for (const callback of [one, other])
      assert.equal(await callback({ drm: "widevine", contentId: "a b", signal }), "token");
    assert.deepEqual(asked[0], asked[1]);
    assert.equal(asked[0][0], "https://app.example.com/token?a=%24&content_id=a+b&drm=widevine");
  }
});
