// The demo page, as a newcomer meets it: choose, press Play, see the picture or the reason why there is none.
import { expect, expectNoPicture, expectPlaying, test } from "./fixture.mjs";

const HEADER = "pallycon-customdata-v2";

async function play(page, run, choice) {
  await page.goto(run.url(`?${new URLSearchParams({ player: "shaka", fault: "none", ...choice })}`));
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
  await page.getByRole("button", { name: "Play" }).click();
}
const story = (page) => page.locator("#story");
const status = (page) => page.locator("#status");

for (const drm of ["widevine", "playready"]) {
  for (const content of ["demo-cenc", "demo-cbcs", "demo-single-key"]) {
    test(`${drm} plays ${content}, with the token on license requests and nowhere else`, async ({ page, run }) => {
      await play(page, run, { drm, content });
      await expectPlaying(page);
      await expect(status(page)).toContainText("Playing");
      for (const step of ["Init data found", "License token for", "License request", "License received", "The video plays"]) await expect(story(page)).toContainText(step);

      const licenses = await run.requests("license");
      expect(licenses.length).toBeGreaterThan(0);
      for (const { method, status: code, headers, refused } of licenses.filter((entry) => entry.method !== "OPTIONS")) {
        expect({ method, code, refused }).toEqual({ method: "POST", code: 200, refused: undefined });
        const token = JSON.parse(Buffer.from(headers[HEADER], "base64").toString());
        expect(token).toMatchObject({ cid: content, site_id: "DEMO" });
        expect(token.drm_type.toLowerCase()).toBe(drm);
      }
      const others = (await run.requests()).filter((entry) => entry.kind !== "license");
      expect(others.length).toBeGreaterThan(5);
      for (const { path, query, headers } of others) {
        expect(headers[HEADER], path).toBeUndefined();
        expect(query ?? "", path).not.toContain(HEADER);
      }
    });
  }

  test(`${drm}: an expired token is told before the request and as the reason of the refusal`, async ({ page, run }) => {
    await play(page, run, { drm, content: "demo-cenc", fault: "expired" });
    await expect(status(page)).toHaveAttribute("data-kind", "bad");
    await expect(status(page)).toContainText("7011");
    await expect(story(page).locator('[data-kind="warning"]').first()).toBeVisible();
    await expect(story(page)).toContainText("code token-expired");
    await expect(story(page)).toContainText("Shaka: error");
    await expect(story(page)).toContainText("with our error inside");
    await expectNoPicture(page);
  });

  test(`${drm}: one wrong bit in the license stops playback`, async ({ page, run }) => {
    await play(page, run, { drm, content: "demo-single-key", fault: "flip" });
    await expect(status(page)).toHaveAttribute("data-kind", "bad");
    await expectNoPicture(page);
    expect((await run.requests("license")).some((entry) => entry.fault === "flip:-5")).toBe(true);
  });
}

test("a server that is busy once is asked again, and the video plays", async ({ page, run }) => {
  await play(page, run, { drm: "widevine", content: "demo-single-key", fault: "busy" });
  await expectPlaying(page);
  const codes = (await run.requests("license")).map((entry) => entry.status);
  expect(codes[0]).toBe(503);
  expect(codes).toContain(200);
});

test("the page says that the bridge stands in for the CDM, and that it does not where the browser's own is used", async ({ page, run }) => {
  await page.goto(run.url());
  await expect(page.locator("#cdm")).toContainText("A bridge stands in");
  await page.getByLabel("Use the browser's own CDM").check();
  await expect(page).toHaveURL(/cdm=real/);
  await expect(page.locator("#cdm")).toContainText("The browser's own CDM is used");
  expect(await page.evaluate(() => "__cdmBridge" in window)).toBe(false);
});

test("playing again after a failure starts afresh", async ({ page, run }) => {
  await play(page, run, { drm: "widevine", content: "demo-cenc", fault: "portal" });
  await expect(status(page)).toHaveAttribute("data-kind", "bad");
  await expect(story(page)).toContainText("not-a-license");
  await page.getByLabel("What goes wrong").selectOption("none");
  await page.getByRole("button", { name: "Play" }).click();
  await expectPlaying(page);
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(status(page)).toHaveText("Stopped.");
});

test("no token, key or query of a URL is shown", async ({ page, run }) => {
  await play(page, run, { drm: "playready", content: "demo-cenc", fault: "site" });
  await expect(story(page)).toContainText("Please renew your subscription");
  const text = await page.locator("body").innerText();
  for (const { headers } of await run.requests("license")) if (headers[HEADER]) expect(text).not.toContain(headers[HEADER].slice(0, 24));
  expect(text).not.toContain("api/drm/token?");
});
