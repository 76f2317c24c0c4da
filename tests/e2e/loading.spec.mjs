// Loads the module as pages do: as a module, as one script, in a worker, from a bundler's output, and again after a
// failure.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { createLicenseServer } from "../../www/license-server/server.mjs";
import { expect, test } from "./fixture.mjs";

const KEY_ID = "001637069fb5d1ac3c4747e01322e4c2";
const PSSH = "AAAAOHBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAABgSEAAWNwaftdGsPEdH4BMi5MJI49yVmwY=";
const entry = fileURLToPath(new URL("../../dist/index.js", import.meta.url));

test.beforeEach(async ({ page, run }) => {
  await page.goto(run.url("e2e/"));
});

test("as a module, without a bundler", async ({ page }) => {
  const read = await page.evaluate(async (pssh) => {
    const { init, parseInitData } = await import("/dist/index.js");
    await Promise.all([init(), init()]);
    return parseInitData(pssh).keyIds;
  }, PSSH);
  expect(read).toEqual([KEY_ID]);
});

test("as one script without modules", async ({ page }) => {
  await page.addScriptTag({ url: "/dist/pallycon-drm.global.js" });
  const read = await page.evaluate(async (pssh) => {
    const { init, parseInitData, attachShaka } = window.PallyConDrm;
    await init();
    return [parseInitData(pssh).keyIds, typeof attachShaka];
  }, PSSH);
  expect(read).toEqual([[KEY_ID], "function"]);
});

test("in a worker", async ({ page, run }) => {
  // The lab's own policy only allows blob workers; a plain file has none.
  await page.goto(run.url("dist/index.js"));
  const read = await page.evaluate(
    (pssh) =>
      new Promise((resolve, reject) => {
        const code = `import { init, parseInitData } from "${location.origin}/dist/index.js";
      init().then(() => postMessage(parseInitData("${pssh}").keyIds), (error) => postMessage(String(error)));`;
        const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), {
          type: "module",
        });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message, filename }) =>
          reject(new Error(`the worker did not start: ${message} ${filename}`));
      }),
    PSSH,
  );
  expect(read).toEqual([KEY_ID]);
});

test("a failed load can be repeated; once loaded, another source is ignored", async ({ page }) => {
  const read = await page.evaluate(async (pssh) => {
    const { init, parseInitData } = await import("/dist/index.js");
    const code = (source) =>
      init(source).then(
        () => "loaded",
        (error) => error.code,
      );
    const seen = [
      await code("/missing.wasm"),
      await code("/e2e/"),
      await code(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 9])),
      await code(Promise.reject(new Error("offline"))),
    ];
    seen.push(await code(fetch("/dist/player.wasm")), await code("/missing.wasm"));
    return [...seen, parseInitData(pssh).keyIds.length];
  }, PSSH);
  expect(read).toEqual([
    "wasm-unreachable",
    "wasm-unreachable",
    "wasm-unreachable",
    "wasm-unreachable",
    "loaded",
    "loaded",
    1,
  ]);
});

test("from Vite's output, which includes the .wasm", async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), "pallycon-vite-"));
  writeFileSync(join(folder, "index.html"), `<script type="module" src="./main.js"></script>`);
  writeFileSync(
    join(folder, "main.js"),
    `import { init, parseInitData } from ${JSON.stringify(entry)};
    init().then(() => { document.title = parseInitData("${PSSH}").keyIds.join(); }, (error) => { document.title = String(error); });`,
  );
  await build({
    root: folder,
    base: "./",
    logLevel: "error",
    configFile: false,
    build: { outDir: join(folder, "out") },
  });
  const server = createLicenseServer({ roots: { "/": join(folder, "out") }, catalog: [] });
  try {
    await page.goto(await server.listen(0, "127.0.0.1"));
    await expect(page).toHaveTitle(KEY_ID);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
