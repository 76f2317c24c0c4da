// The demo page with each player: a picture or the reason why there is none, Stop and Play again, and what can be chosen at all.
import { expect, expectNoPicture, expectPlaying, test } from "./fixture.mjs";

const HEADER = "pallycon-customdata-v2";
const story = (page) => page.locator("#story");
const status = (page) => page.locator("#status");
const button = (page, name) => page.getByRole("button", { name });
const field = (page, name) => page.getByRole("combobox", { name, exact: true });
const options = (page, name) => field(page, name).evaluate((select) => Array.from(select.options, ({ value, disabled }) => (disabled ? `(${value})` : value)));

async function open(page, run, choice = {}) {
  await page.goto(run.url(`?${new URLSearchParams({ fault: "none", ...choice })}`));
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
}
async function play(page, run, choice) {
  await open(page, run, choice);
  await button(page, "Play").click();
}

for (const [player, drm, content] of [
  ["shaka", "fairplay", "demo-cbcs"],
  ["hls", "widevine", "demo-single-key"], ["hls", "playready", "demo-cbcs"], ["hls", "fairplay", "demo-cbcs"], ["hls", "clearkey", "demo-cenc"],
  ["dash", "widevine", "demo-cenc"], ["dash", "fairplay", "demo-cbcs"], ["dash", "clearkey", "demo-cenc"],
  ["media", "widevine", "demo-cenc"], ["media", "playready", "demo-single-key"], ["media", "fairplay", "demo-cbcs"], ["media", "clearkey", "demo-cbcs"],
]) {
  test(`${player} plays ${drm}, stops, and plays again`, async ({ page, run }) => {
    await play(page, run, { player, drm, content });
    await expectPlaying(page);
    await expect(status(page)).toHaveText("Playing.");
    for (const step of ["Init data found", "License request", "License received", "The video plays"]) await expect(story(page)).toContainText(step);
    const kinds = { certificate: drm === "fairplay" ? 1 : 0, token: drm === "clearkey" ? 0 : (await run.requests("license")).length };
    for (const [kind, count] of Object.entries(kinds)) expect((await run.requests(kind)).length, kind).toBe(count);
    for (const { kind, path, headers } of await run.requests()) if (kind !== "license") expect(headers[HEADER], path).toBeUndefined();

    await button(page, "Stop").click();
    await expect(status(page)).toHaveText("Stopped.");
    await run.forget();
    await button(page, "Play").click();
    await expectPlaying(page);
    await expect(status(page)).toHaveText("Playing.");
    expect((await run.requests("license")).length).toBeGreaterThan(0);
    await expect(story(page).locator('[data-kind="error"]')).toHaveCount(0);
  });
}

for (const [player, told] of [
  ["shaka", "Shaka: error 6007, LICENSE_REQUEST_FAILED"],
  ["hls", "hls.js: keySystemLicenseRequestFailed, fatal"],
  ["dash", "dash.js: error 1"],
  ["media", "The element: pallyconerror"],
]) {
  test(`${player}: a refusal in words, ours inside the player's own error, and then it plays`, async ({ page, run }) => {
    await play(page, run, { player, drm: "fairplay", content: "demo-cbcs", fault: "expired" });
    await expect(status(page)).toHaveAttribute("data-kind", "bad");
    await expect(status(page)).toContainText("7011");
    await expect(story(page)).toContainText("The token has probably expired");
    await expect(story(page)).toContainText("code token-expired, PallyCon 7011, HTTP 200");
    await expect(story(page).locator("li", { hasText: told }).first()).toContainText("with our error inside: PallyCon 7011");
    await expectNoPicture(page);
    await field(page, "What goes wrong").selectOption("none");
    await button(page, "Play").click();
    await expectPlaying(page);
    await expect(status(page)).toHaveText("Playing.");
  });

  test(`${player}: FairPlay's certificate that cannot be had, after it was there`, async ({ page, run }) => {
    await play(page, run, { player, drm: "fairplay" });
    await expectPlaying(page);
    for (const [fault, word] of [["no-fairplay", "PallyCon 7301"], ["no-certificate", "could not be reached"]]) {
      await field(page, "What goes wrong").selectOption(fault);
      await run.forget();
      await button(page, "Play").click();
      await expect(status(page)).toHaveAttribute("data-kind", "bad");
      await expect(status(page)).toContainText(word);
      await expect(story(page)).toContainText("with our error inside");
      expect(await run.requests("license")).toEqual([]);
    }
  });
}

test("one player after the other on the same element", async ({ page, run }) => {
  await open(page, run, { drm: "widevine", content: "demo-single-key" });
  for (const player of ["media", "shaka", "hls", "dash", "media"]) {
    await field(page, "Player").selectOption(player);
    await run.forget();
    await button(page, "Play").click();
    await expect.poll(async () => (await run.requests("license")).length).toBeGreaterThan(0);
    await expect(story(page)).toContainText("The video plays");
    await expectPlaying(page);
    await expect(story(page).locator('[data-kind="error"]')).toHaveCount(0);
  }
});

test("what cannot be is not offered, says why, and what was chosen gives way", async ({ page, run }) => {
  await open(page, run, { player: "shaka", drm: "fairplay", content: "demo-cenc" });
  expect(await options(page, "DRM")).toEqual(["widevine", "playready", "fairplay", "(clearkey)"]);
  expect(await options(page, "Content")).toEqual(["(demo-cenc)", "demo-cbcs", "(demo-single-key)"]);
  await expect(field(page, "Content")).toHaveValue("demo-cbcs");
  await expect(field(page, "Content").locator("option").first()).toContainText("FairPlay decrypts cbcs alone");
  await field(page, "What goes wrong").selectOption("no-certificate");
  await field(page, "DRM").selectOption("widevine");
  await expect(field(page, "What goes wrong")).toHaveValue("none");
  expect(await options(page, "Content")).toEqual(["demo-cenc", "demo-cbcs", "demo-single-key"]);
  await field(page, "Player").selectOption("hls");
  await field(page, "DRM").selectOption("clearkey");
  expect(await options(page, "What goes wrong")).toContain("(expired)");
});

test("it says which CDM plays: the bridge for three, the browser's own for ClearKey", async ({ page, run }) => {
  await open(page, run, { player: "media", drm: "fairplay" });
  await expect(page.locator("#cdm")).toContainText("A bridge stands in for the browser's FairPlay CDM");
  await field(page, "DRM").selectOption("playready");
  await expect(page.locator("#cdm")).toContainText("A bridge stands in for the browser's PlayReady CDM");
  await field(page, "DRM").selectOption("clearkey");
  await expect(page.locator("#cdm")).toContainText("nothing stands in for it");
  await page.getByLabel("Use the browser's own CDM").check();
  await expect(page).toHaveURL(/cdm=real/);
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
  await button(page, "Play").click();
  await expectPlaying(page);
});

for (const width of [1280, 400]) {
  test(`nothing is cut off at ${width} pixels, and every field has its label`, async ({ page, run }) => {
    await page.setViewportSize({ width, height: 900 });
    await play(page, run, { player: "hls", drm: "fairplay", fault: "expired" });
    await expect(status(page)).toHaveAttribute("data-kind", "bad");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    for (const name of ["Player", "DRM", "Content", "What goes wrong"]) await expect(field(page, name)).toBeVisible();
  });
}
