// Each test has its own run at the license server, with its own faults and log.
import { fileURLToPath } from "node:url";
import { test as base, expect as original } from "@playwright/test";
import { leaked, listen, secretsOf } from "./leaks.mjs";

/** Playwright's own intervals grow to a second; the tests would then spend more time waiting than working. */
const poll = (actual, options) => original.poll(actual, { intervals: [50, 100, 150, 200], ...options });
const expect = new Proxy(original, { get: (target, name) => (name === "poll" ? poll : target[name]) });

export const test = base.extend({
  /** `{url(path), faults(...), requests(), forget()}` of this test's run. */
  run: async ({}, use, info) => {
    const root = `${process.env.PALLYCON_E2E_URL}/r/${info.testId.replace(/[^\w-]/g, "").slice(-50)}-${info.repeatEachIndex}/`;
    const call = async (path, options) => {
      const response = await fetch(new URL(path, root), options);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response;
    };
    await use({
      url: (path = "") => new URL(path, root).href,
      faults: (...list) => call("api/faults", { method: "POST", body: JSON.stringify(list) }),
      requests: async (kind) =>
        (await (await call("api/requests")).json()).filter((entry) => !kind || entry.kind === kind),
      forget: () => call("api/requests", { method: "DELETE" }),
    });
  },

  /**
   * Runs automatically after every test: no token, challenge, license or key was in an event, an error or on the
   * console.
   */
  secrets: [
    async ({ page, run }, use) => {
      const ears = listen(page);
      await use();
      expect(leaked(await ears.all(), secretsOf(await run.requests())), "leaked secrets").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** The decoder outputs real pictures, and time advances. */
export async function expectPlaying(page) {
  const state = () =>
    page.evaluate(() => {
      const video = document.querySelector("video");
      return { time: video.currentTime, frames: video.getVideoPlaybackQuality().totalVideoFrames };
    });
  await expect.poll(async () => (await state()).frames, { message: "frames decoded" }).toBeGreaterThan(10);
  const before = await state();
  await expect.poll(async () => (await state()).time, { message: "currentTime" }).not.toBe(before.time);
}

/** Nothing was decoded by the end of the test. */
export async function expectNoPicture(page) {
  expect(await page.evaluate(() => document.querySelector("video").getVideoPlaybackQuality().totalVideoFrames)).toBe(0);
}

/**
 * Opens the lab page (page/lab.js) with the bridge loaded first.
 * @param {object} bridge its configuration
 * @param {string} query the page's
 */
export async function openLab(page, run, bridge = {}, query = "") {
  await page.addInitScript(`window.__cdmBridge = ${JSON.stringify(bridge)};`);
  await page.addInitScript({ path: fileURLToPath(new URL("../../build/bridge/bridge.js", import.meta.url)) });
  await page.goto(run.url(`e2e/${query}`));
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
}

/**
 * FairPlay's form, byte for byte: percent-encoded standard base64 of an SPC, with every character that could go wrong;
 * after it the asset id, if the option asks for it.
 */
export function expectSpcForm({ headers, bodyBase64 }) {
  expect(headers["content-type"]).toBe("application/x-www-form-urlencoded");
  const [body] = Buffer.from(bodyBase64, "base64").toString("latin1").split("&assetId=");
  const spc = Buffer.from(decodeURIComponent(body.slice("spc=".length)), "base64");
  expect(spc.subarray(0, 4).toString("hex")).toBe("fbfffe01");
  expect(body).toBe(
    `spc=${spc.toString("base64").replaceAll("+", "%2B").replaceAll("/", "%2F").replaceAll("=", "%3D")}`,
  );
  for (const sign of ["%2B", "%2F", "%3D%3D"]) expect(body).toContain(sign);
}
