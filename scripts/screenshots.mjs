// npm run screenshots: the pages of the site in each state, in light and dark, wide and narrow, in docs/screenshots/.
// They are for people: no test compares them.
//   npm run screenshots -- inspect    only one page
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { createLicenseServer } from "../www/license-server/server.mjs";
import { SHOTS } from "../www/demo/shots.mjs";
import { root } from "./lib/paths.mjs";
import { UserError, main, log } from "./lib/log.mjs";
import { CHROMIUM_ARGS, findBrowser } from "./setup/browsers.mjs";
import { ensureBuilt } from "./setup/build.mjs";
import { ensurePackages } from "./setup/npm.mjs";

const folder = join(root, "docs/screenshots");

/** Runs in the browser, which can write WebP: a third of PNG's size. Text stays sharp at this quality. */
async function toWebp(png) {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", 0.82).split(",")[1];
}

await main(async () => {
  const asked = process.argv.slice(2);
  for (const name of asked)
    if (!SHOTS.some(({ page }) => page === name)) throw new UserError(`No page "${name}" has screenshots.`);
  await ensurePackages();
  for (const step of ["viewers", "bridge", "demo"]) await ensureBuilt(step);
  const executablePath = findBrowser("chromium");
  if (!executablePath)
    throw new UserError("No Chromium was found.", "Install Chrome, Chromium or Edge, or set CHROME_BIN.");
  const at = (path) => join(root, path);
  const server = createLicenseServer({
    roots: { "/": at("build/demo"), "/media/": at("www/media"), "/bridge/": at("build/bridge") },
    catalog: at("www/media/catalog.json"),
  });
  const base = await server.listen(0, "127.0.0.1");
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
  mkdirSync(folder, { recursive: true });
  try {
    for (const {
      page: name,
      state,
      open,
      act,
      width = 1280,
      height = 800,
      schemes = ["light", "dark"],
    } of SHOTS.filter(({ page }) => asked.length === 0 || asked.includes(page))) {
      for (const colorScheme of schemes) {
        const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
        const page = await context.newPage();
        await page.goto(`${base}/${open}`);
        await page.locator("html[data-ready]").waitFor();
        await act?.(page);
        const file = `${name}-${state}-${colorScheme}.webp`;
        const png = await page.screenshot();
        await page.goto("about:blank");
        writeFileSync(join(folder, file), Buffer.from(await page.evaluate(toWebp, png.toString("base64")), "base64"));
        log(`    ${file}`);
        await context.close();
      }
    }
  } finally {
    await browser.close();
    await server.close();
  }
});
