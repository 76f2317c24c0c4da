// Every example of README and docs/ is tested: those that need no browser run here, others are played in one
// (tests/e2e/examples.spec.mjs), and a few are compiled alone, for a reason. (All are compiled:
// scripts/lib/readme.mjs.)
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { examples } from "../../scripts/lib/readme.mjs";
import { PLAYED } from "../e2e/examples.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A request with the client of the example, as its license server would see it. */
const REQUEST = `
const { url, headers } = await pallycon.licenseRequest("widevine", new Uint8Array([8, 4]));
console.log(url, Object.keys(headers).sort().join());`;

/** By page and number of the block. `before` and `after` run around it; `prints` is the expected output. */
const RUN = {
  "docs/api.md 1": {
    before: "const video = new EventTarget();",
    after: `
const box = "00000032" + "70737368" + "00000000" + "edef8ba979d64acea3c827dcd51d21ed" + "00000012" + "1210" + "000102030405060708090a0b0c0d0e0f";
video.dispatchEvent(Object.assign(new Event("encrypted"), { initDataType: "cenc", initData: Uint8Array.from(Buffer.from(box, "hex")).buffer }));`,
    prints: /\[ '000102030405060708090a0b0c0d0e0f' \] undefined\n$/,
  },
  "docs/api.md 2": { after: `console.log(textFor(new Error("another")));`, prints: /^Playback failed\.\n$/ },
  "docs/events.md 1": {
    before: `
Object.assign(globalThis, { document: Object.assign(new EventTarget(), { visibilityState: "hidden" }) });
Object.defineProperty(globalThis, "navigator", { value: { sendBeacon: (url, text) => console.log(url, text) } });`,
    after: `
onEvent({ type: "license", at: 0, record: { outcome: "licensed" } });
onEvent({ type: "init-data", at: 0 });
document.dispatchEvent(new Event("visibilitychange"));`,
    prints: /^https:\/\/qoe\.example\.com\/drm \[\{"outcome":"licensed"\}\]\n$/,
  },
  "docs/init-data.md 1": {
    prints: /^\{\n {2}path: \[ 'boxes', 0, 'widevine', 'contentId' \],\n {2}offset: 52,\n {2}length: 8\n\}\n$/,
  },
  "docs/license-proxy.md 1": {
    before: `globalThis.location = { href: "https://site.example/watch" };`,
    after: REQUEST,
    prints: /\/drm\/widevine\?content_id=my-movie Content-Type\n$/,
  },
  "docs/migration.md 1": {
    after: REQUEST,
    prints: /^https:\/\/drm-license\.doverunner\.com\/ri\/licenseManager\.do .*pallycon-customdata-v2/,
  },
  "docs/players/media.md 2": {
    before: `
globalThis.fetch = async () => Response.json({ errorCode: "7011", message: "Token expired" });
const session = new EventTarget();
const show = (message) => console.log(message);`,
    after: `session.dispatchEvent(Object.assign(new Event("message"), { message: new Uint8Array([8, 4]).buffer, messageType: "license-request" }));`,
    prints: /7011.*fresh token/,
  },
  "docs/scale.md 1": { after: REQUEST, prints: /pallycon-customdata-v2/ },
  "docs/testing.md 1": { prints: /pass 1\n/ },
  "docs/testing.md 2": { prints: /pass 2\n/ },
  "docs/tv.md 4": {
    after: REQUEST.replace("pallycon.", "client."),
    prints: /CMCD-Session.*pallycon-customdata-v2/,
  },
  "docs/when-it-does-not-play.md 1": {
    before: "globalThis.fetch = async () => new Response(null, { status: 405 });",
    prints: /not-a-page/,
  },
};

const DEVICE = "the player or the platform needs a license key or a device";
const COMPILED_ONLY = {
  "docs/testing.md 4": "it configures Playwright for an app that is not here",
  "docs/events.md 2": "Shaka's requests for segments; the records in it are those of the first example",
  "docs/offline.md 1": "tests/e2e/offline.spec.mjs stores and plays by the same calls",
  "docs/other-players.md 1": DEVICE,
  "docs/other-players.md 2": DEVICE,
  "docs/other-players.md 3": DEVICE,
  "docs/players.md 1": "tests/e2e/media.spec.mjs renews by the same option",
  "docs/players/shaka.md 2": "it is about types",
  "docs/tv.md 1": DEVICE,
  "docs/tv.md 2": DEVICE,
  "docs/tv.md 3": DEVICE,
};

const nameOf = (page, index) => `${page} ${index + 1}`;

test("every example runs, is played, or says why it is only compiled", () => {
  const tested = [
    ...Object.keys(RUN),
    ...PLAYED.flatMap(({ page, blocks }) => blocks.map((index) => nameOf(page, index))),
    "docs/testing.md 3", // the last test of tests/e2e/examples.spec.mjs
    ...Object.keys(COMPILED_ONLY),
  ];
  const all = examples().map(({ page, index }) => nameOf(page, index));
  assert.deepEqual([...new Set(tested)].sort(), all.sort());
});

for (const [name, { before = "", after = "", prints }] of Object.entries(RUN)) {
  test(`${name} runs`, async () => {
    const { code } = examples().find(({ page, index }) => nameOf(page, index) === name);
    const imports = code.match(/^import .*$/gm) ?? [];
    const program = [
      ...imports,
      `const myToken = async () => "dG9rZW4=";`,
      before,
      code.replaceAll(/^import .*$/gm, ""),
      after,
    ].join("\n");
    const child = spawn(
      process.execPath,
      ["--input-type=module", "-e", program.replaceAll('"./pallycon-drm/', `"${root}`)],
      {
        cwd: root, // the package's own name resolves inside the package
        env: { PATH: process.env.PATH },
      },
    );
    const out = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"]) child[stream].on("data", (chunk) => (out[stream] += chunk));
    const exit = await new Promise((resolve) => child.on("close", resolve));
    assert.deepEqual([exit, out.stderr.slice(-500)], [0, ""], out.stdout);
    assert.match(out.stdout, prints);
  });
}
