// Each worker has a license server, each test has a page on it, and the bridge runs before everything else in the page.
import { test as base, expect } from "@playwright/test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createLicenseServer } from "../../www/license-server/server.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Key ids and titles; the keys stay here, in Node. */
export const catalog = JSON.parse(readFileSync(path("../../www/media/catalog.json"), "utf8"));
export const keyIdsOf = (contentId) =>
  catalog.find((content) => content.contentId === contentId).tracks.map((track) => track.keyId);

export const test = base.extend({
  server: [
    async ({}, use) => {
      const server = createLicenseServer({
        roots: {
          "/": path("./page/"),
          "/media/": path("../../www/media/"),
          "/node_modules/": path("../../node_modules/"),
        },
        catalog: path("../../www/media/catalog.json"),
      });
      await server.listen(0, "127.0.0.1");
      await use(server);
      await server.close();
    },
    { scope: "worker" },
  ],

  /**
   * `open(config)`: the page with this configuration of the bridge; `faults`, `requests`: this test's run at the
   * server.
   */
  lab: async ({ page, server }, use, info) => {
    const run = `${server.url}/r/${info.testId.replace(/[^\w-]/g, "")}-${info.retry}`;
    await use({
      run,
      async open(config = {}) {
        await page.addInitScript(`window.__cdmBridge = ${JSON.stringify(config)};`);
        await page.addInitScript({ path: path("../../build/bridge/bridge.js") });
        await page.goto(`${run}/index.html`);
        return page;
      },
      async faults(...list) {
        const answer = await fetch(`${run}/api/faults`, { method: "POST", body: JSON.stringify(list) });
        if (!answer.ok) throw new Error(`faults: ${answer.status} ${await answer.text()}`);
      },
      requests: async () => (await fetch(`${run}/api/requests`)).json(),
    });
  },
});

export { expect };

/** The decoder outputs real pictures and time advances. */
export async function expectPlaying(page) {
  await expect
    .poll(() =>
      page.evaluate(() => {
        const video = document.querySelector("video");
        const quality = video.getVideoPlaybackQuality();
        return window.lab.errors.length > 0
          ? window.lab.errors.join("\n")
          : quality.totalVideoFrames > 20 && video.currentTime > 0.8
            ? "plays"
            : "waits";
      }),
    )
    .toBe("plays");
}

/** @returns the names of what the CDM saw, in order */
export const events = (page) => page.evaluate(() => window.__cdmBridge.log.map((entry) => entry.event));
