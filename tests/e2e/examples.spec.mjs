// The examples of README and docs/ play when copied: only the example site's addresses are replaced by the test's.
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { bundlePage } from "../../scripts/lib/bundle.mjs";
import { examples } from "../../scripts/lib/readme.mjs";
import { PLAYED } from "./examples.mjs";
import { expect, expectPlaying, test } from "./fixture.mjs";
import { playPlaylists } from "./native-hls.mjs";

const HEADER = "pallycon-customdata-v2";
const folder = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const all = examples();
const codeOf = (page, index) => all.find((one) => one.page === page && one.index === index).code;

/** Declarations that an example expects from its page. `player`: the app's own shaka.Player. */
const around = ({ drm, content, player }, run) => `
Object.assign(window, {
  video: document.querySelector("video"),
  show: (message) => { document.querySelector("[role=alert]").textContent = "It does not play: " + message; },
  myToken: async (about) => {
    const query = new URLSearchParams({ content_id: "${content}", drm: about?.drm ?? about ?? "${drm}" });
    return (await fetch("${run.url("api/drm/token")}?" + query)).text();
  },
});
video.autoplay = true;
${player ? `import shaka from "shaka-player";\nconst player = new shaka.Player();\nawait player.attach(video);` : ""}
`;

/** An example for the example site, as one for the test's. */
const here = (code, { drm, content }, run) =>
  code
    .replaceAll("https://cdn.example.com/movie/manifest.mpd", run.url(`media/${content}/manifest.mpd`))
    .replaceAll("https://cdn.example.com/movie/master.m3u8", run.url(`media/${content}/hls/${drm}.m3u8`))
    .replaceAll("https://drm-license.doverunner.com/", run.url())
    .replaceAll("/api/drm/token", run.url("api/drm/token"))
    .replaceAll("my-movie", content)
    .replaceAll('siteId: "DEMO",', `siteId: "DEMO", host: "${run.url().slice(0, -1)}",`);

/** Bundles the example as a site would. @returns {Promise<string>} the URL of its page */
async function siteOf(example, run, info) {
  const name = `examples/${info.testId}`;
  await mkdir(folder(`build/e2e/${name}`), { recursive: true });
  const code = example.blocks.map((index) => codeOf(example.page, index)).join("");
  const imports = code.match(/^import .*$/gm) ?? [];
  // A player's own import may be there, too.
  const program = [...new Set(imports), around(example, run), here(code.replaceAll(/^import .*$/gm, ""), example, run)];
  await writeFile(folder(`build/e2e/${name}/example.mjs`), program.join("\n"));
  const entry = folder(`build/e2e/${name}/entry.mjs`);
  await writeFile(
    entry,
    'window.VIDEOJS_NO_DYNAMIC_STYLE = true;\nimport("./example.mjs").catch((error) => { window.failed = String(error); });\n',
  );
  await bundlePage(entry, folder(`build/e2e/${name}`));
  await writeFile(
    folder(`build/e2e/${name}/index.html`),
    '<!doctype html><meta charset="utf-8"><title>example</title><link rel="icon" href="data:,"><video muted playsinline></video><p role="alert"></p><script type="module" src="entry.js"></script>',
  );
  return run.url(`e2e/${name}/index.html`);
}

for (const example of PLAYED) {
  const { page: document, blocks, drm } = example;
  test(`${document}, example ${blocks.map((index) => index + 1).join(" and ")} plays @chromium`, async ({
    page,
    run,
  }, info) => {
    const url = await siteOf(example, run, info);
    await page.addInitScript(`window.__cdmBridge = { drms: ["${drm}"] };`);
    await page.addInitScript({ path: folder("build/bridge/bridge.js") });
    if (example.native) await playPlaylists(page);
    await page.goto(url);
    await expectPlaying(page);
    expect(await page.evaluate(() => window.failed)).toBeUndefined();
    const licenses = (await run.requests("license")).filter(({ method }) => method !== "OPTIONS");
    expect(licenses.length).toBeGreaterThan(0);
    for (const { status, headers, refused } of licenses) {
      expect({ status, refused }).toEqual({ status: 200, refused: undefined });
      expect(headers[HEADER]).toBeDefined();
    }
  });
}

/** The callbacks that a Playwright test file registers. */
async function collect(code, names) {
  const { code: script } = await transform(code.replaceAll(/^import .*$/gm, ""), { loader: "ts", format: "esm" });
  const tests = [];
  const before = [];
  const collector = Object.assign((title, callback) => tests.push({ title, callback }), {
    beforeEach: (callback) => before.push(callback),
  });
  new Function("test", "expect", ...Object.keys(names), script)(collector, expect, ...Object.values(names));
  return { tests, before };
}

test("docs/testing.md's Playwright tests pass against an app that is made of the README's examples @chromium", async ({
  page,
  run,
}, info) => {
  const app = await siteOf(PLAYED[0], run, info);
  const code = codeOf("docs/testing.md", 2)
    .replace("http://127.0.0.1:8080/r/my-test", run.url().slice(0, -1))
    .replace("pallycon-drm/build/bridge/bridge.js", folder("build/bridge/bridge.js"))
    .replaceAll("http://localhost:3000/watch/demo-cenc", app);
  const { tests, before } = await collect(code, {});
  expect(tests.map(({ title }) => title)).toEqual(["the movie plays", "an expired token is explained"]);
  for (const { callback } of tests) {
    const own = await page.context().newPage();
    for (const prepare of before) await prepare({ page: own });
    await callback({ page: own });
    await own.close();
  }
});
