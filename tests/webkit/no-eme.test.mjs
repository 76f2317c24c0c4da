// The package without EME, in a real browser: WebKitGTK has none.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openSite, PACKAGE_PAGE } from "../e2e/site.mjs";
import { openWebKit } from "./driver.mjs";

let site;
let browser;
before(
  async () => {
    site = await openSite({
      "/": { body: PACKAGE_PAGE },
      "/no-wasm": { body: PACKAGE_PAGE, headers: { "content-security-policy": "script-src 'self'" } },
    });
    browser = await openWebKit();
  },
  { timeout: 120_000 },
);
after(async () => {
  await browser?.close();
  await site?.close();
});

/** Opens a page, waits for the package, and runs a function's body there. */
const inPage = async (path, body) => {
  await browser.open(site.url(path));
  return browser.run(
    `while (!window.pallycon) await new Promise((resolve) => setTimeout(resolve, 50)); const { pallycon } = window; ${body}`,
  );
};

test("without EME, in a secure context, diagnose() reports that, and nothing else", {
  timeout: 60_000,
}, async () => {
  assert.deepEqual(await inPage("/", "return [isSecureContext, typeof navigator.requestMediaKeySystemAccess];"), [
    true,
    "undefined",
  ]);
  const problems = await inPage("/", "return pallycon.diagnose();");
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["eme-missing"],
  );
  assert.match(problems[0].hint, /\.$/);
});

test("probe() finds nothing, and does not throw", { timeout: 60_000 }, async () => {
  assert.deepEqual(await inPage("/", "return pallycon.probe();"), []);
});

test("the module still loads: what needs no EME works", { timeout: 60_000 }, async () => {
  assert.equal(
    await inPage("/", 'await pallycon.init(); return pallycon.parseInitData("skd://abc").fairplay.assetId;'),
    "abc",
  );
});

test("a Content-Security-Policy without wasm is reported besides it", { timeout: 60_000 }, async () => {
  const problems = await inPage("/no-wasm", "return pallycon.diagnose();");
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["eme-missing", "wasm-blocked"],
  );
  assert.equal(await inPage("/no-wasm", "return pallycon.init().catch(({ code }) => code);"), "wasm-blocked");
});
