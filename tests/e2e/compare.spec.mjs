// The setups that docs/without-and-with.md calls "without the package" are fair: without a fault they play.
import { fileURLToPath } from "node:url";
import { expect, expectPlaying, test } from "./fixture.mjs";

const SYSTEMS = {
  widevine: ["com.widevine.alpha", "demo-single-key"],
  playready: ["com.microsoft.playready", "demo-single-key"],
  fairplay: ["com.apple.fps", "demo-cbcs"],
};

for (const player of ["shaka", "hls", "eme"]) {
  for (const [drm, [keySystem, contentId]] of Object.entries(SYSTEMS)) {
    for (const ours of [false, true]) {
      test(`${player}, ${drm}: plays ${ours ? "with the package" : "as the player's documentation has it"}, and the app gets no error`, {
        tag: ours ? ["@matrix", "@chromium"] : "@chromium",
      }, async ({ page, run }) => {
        await page.addInitScript(`window.__cdmBridge = ${JSON.stringify({ drms: [drm] })};`);
        await page.addInitScript({ path: fileURLToPath(new URL("../../build/bridge/bridge.js", import.meta.url)) });
        await page.goto(run.url("compare/"));
        await expect(page.locator("html[data-ready]")).toHaveCount(1);
        await page.evaluate((given) => window.compare.play(given), { player, ours, drm, keySystem, contentId });
        await expectPlaying(page);
        expect(await page.evaluate(() => window.compare.seen)).toEqual([]);
        expect(
          await page.evaluate(() => window.compare.events.filter(({ type }) => type === "warning" || type === "error")),
        ).toEqual([]);
      });
    }
  }
}
