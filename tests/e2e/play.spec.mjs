// The Play page for a newcomer: choose, press Play, see the picture and every step on the way, or why nothing
// plays; and the code next to it, which this runs as shown.
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundlePage } from "../../scripts/lib/bundle.mjs";
import { expect, expectNoPicture, expectPlaying, test } from "./fixture.mjs";
import { playPlaylists } from "./native-hls.mjs";

const HEADER = "pallycon-customdata-v2";
const folder = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const status = (page) => page.locator("#status");
const button = (page, name) => page.getByRole("button", { name, exact: true });
const field = (page, name) => page.getByRole("combobox", { name, exact: true });
const step = (page, title) => page.locator(".step", { has: page.locator(".what", { hasText: title }) });
const lane = (page, name) => page.locator("section.lane", { has: page.getByRole("heading", { name }) });

async function open(page, run, choice = {}) {
  await page.goto(run.url(`?${new URLSearchParams({ fault: "none", ...choice })}`));
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
}
async function play(page, run, choice) {
  await open(page, run, choice);
  await button(page, "Play").click();
}

for (const [player, drm, content] of [
  ["shaka", "widevine", "demo-cenc"],
  ["hls", "fairplay", "demo-cbcs"],
  ["dash", "playready", "demo-cenc"],
  ["rx-player", "widevine", "demo-single-key"],
  ["videojs", "playready", "demo-cbcs"],
  ["media", "clearkey", "demo-cenc"],
]) {
  test(`${player} plays ${drm}: every step is in the timeline, and the token only on license requests`, async ({
    page,
    run,
  }) => {
    const refused = [];
    page.on("console", (message) => {
      if (/Content.Security.Policy/i.test(message.text())) refused.push(message.text());
    });
    await play(page, run, { player, drm, content });
    await expectPlaying(page);
    await expect(status(page)).toHaveText("Playing.");
    await expect(step(page, "First frame")).toHaveCount(1);
    await expect(step(page, /^Key system .* granted/).first()).toBeVisible();
    for (const title of [
      "Challenge",
      ...(drm === "clearkey" ? [] : ["Token"]),
      "License request",
      "The CDM takes the license",
      /keys? usable/,
    ])
      await expect(lane(page, "Session 1").locator(".what", { hasText: title }).first()).toBeVisible();
    if (drm === "fairplay") await expect(step(page, /^Certificate/).first()).toBeVisible();

    const requests = await run.requests();
    const licenses = requests.filter(({ kind, method }) => kind === "license" && method !== "OPTIONS");
    for (const { status: code, headers, refused } of licenses) {
      expect({ code, refused }).toEqual({ code: 200, refused: undefined });
      if (drm !== "clearkey")
        expect(JSON.parse(Buffer.from(headers[HEADER], "base64").toString())).toMatchObject({
          cid: content,
          site_id: "DEMO",
        });
    }
    for (const { kind, path, headers } of requests)
      if (kind !== "license") expect(headers[HEADER], path).toBeUndefined();
    expect(refused, "what the page's policy refused").toEqual([]);

    await button(page, "Stop").click();
    await expect(status(page)).toHaveText("Stopped.");
    await button(page, "Play").click();
    await expectPlaying(page);
    await expect(page.locator('.step[data-kind="error"]')).toHaveCount(0);
  });
}

/** The displayed code, bundled as a site would, on a page of its own. */
async function runCode(page, run, info, text, bridge) {
  const name = `copied/${info.testId}-${info.project.name}`;
  await mkdir(folder(`build/e2e/${name}`), { recursive: true });
  await writeFile(folder(`build/e2e/${name}/sample.mjs`), text);
  // In the project, so that the players are found as in an app's node_modules.
  const entry = folder(`build/e2e/${name}/entry.mjs`);
  await writeFile(
    entry,
    `window.VIDEOJS_NO_DYNAMIC_STYLE = true;\nimport("./sample.mjs").then(({ play }) => { window.play = play; document.documentElement.dataset.ready = "true"; });\n`,
  );
  await bundlePage(entry, folder(`build/e2e/${name}`));
  await writeFile(
    folder(`build/e2e/${name}/index.html`),
    `<!doctype html><meta charset="utf-8"><title>copied</title><link rel="icon" href="data:,"><video muted playsinline></video><script type="module" src="entry.js"></script>`,
  );
  if (bridge) {
    await page.addInitScript(`window.__cdmBridge = ${JSON.stringify(bridge)};`);
    await page.addInitScript({ path: folder("build/bridge/bridge.js") });
  }
  await page.goto(run.url(`e2e/${name}/index.html`));
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
  await page.evaluate(async () => {
    window.told = [];
    const video = document.querySelector("video");
    window.stop = await window.play({
      video,
      onEvent: (event) => window.told.push(event.type),
      onError: (message, ours) => window.told.push(`${message} ${ours}`),
    });
    video.play().catch(() => {});
  });
}

for (const [player, drm, content] of [
  ["shaka", "playready", "demo-cenc"],
  ["hls", "widevine", "demo-single-key"],
  ["dash", "widevine", "demo-cenc"],
  ["rx-player", "fairplay", "demo-cbcs"],
  ["videojs", "widevine", "demo-cenc"],
  ["media", "fairplay", "demo-cbcs"],
]) {
  test(`the code that is shown for ${player} plays when copied @chromium`, async ({ page, run }, info) => {
    await open(page, run, { player, drm, content });
    const text = await page.locator("#code").innerText();
    expect(text).toContain('siteId: "DEMO"');
    await runCode(page, run, info, text, { drms: [drm] });
    await expectPlaying(page);
    const told = await page.evaluate(() => window.told);
    expect(told).toContain("license");
    expect(told.filter((line) => /error|Error/.test(line))).toEqual([]);
    await page.evaluate(() => window.stop());
  });
}

test("my own stream in a bare element, with the displayed code @chromium", async ({ page, run }, info) => {
  // Safari plays a playlist from src=. No browser here does so with a CDM: a MediaSource that this fills is played
  await playPlaylists(page);
  await open(page, run, { player: "media", drm: "clearkey" });
  await page.getByLabel("My own stream").check();
  await page.getByLabel("Manifest").fill(run.url("media/demo-single-key/hls/clearkey.m3u8"));
  await page.getByLabel("Site ID").fill("DEMO");
  await page.getByLabel("Content ID").fill("demo-single-key");
  await page.getByLabel("License server").fill(run.url().slice(0, -1));
  await field(page, "Token").selectOption("none");
  const text = await page.locator("#code").innerText();
  expect(text).toContain("video.src =");
  await button(page, "Play").click();
  await expectPlaying(page);
  await runCode(page, run, info, text);
  await expectPlaying(page);
});

test("my own stream with a pasted token: it plays, and the token is in no code, no address and no storage", async ({
  page,
  run,
}) => {
  const token = await (await fetch(run.url("api/drm/token?content_id=demo-single-key&drm=widevine"))).text();
  await open(page, run, { player: "dash", drm: "widevine" });
  await page.getByLabel("My own stream").check();
  await expect(page.getByLabel("Simulate the CDM")).not.toBeChecked();
  await expect(page.locator("#cdm")).toContainText("own Widevine CDM");
  await button(page, "Play").click();
  await expect(status(page)).toContainText("Enter the manifest's URL.");
  await page.getByLabel("Manifest").fill(run.url("media/demo-single-key/manifest.mpd"));
  await page.getByLabel("Site ID").fill("DEMO");
  await page.getByLabel("License server").fill(run.url().slice(0, -1));
  await field(page, "Token").selectOption("fixed");
  await page.locator('input[name="token"]').fill(token);
  await page.getByLabel("Remember the rest").check();
  await button(page, "Put the rest into the address").click();
  await page.getByLabel("Simulate the CDM").check();
  await button(page, "Play").click();
  await expectPlaying(page);
  await expect(page.locator("#code")).toContainText("…your token…");
  const kept = await page.evaluate(() =>
    [location.href, JSON.stringify(localStorage), document.body.innerText].join("\n"),
  );
  expect(kept).toContain("demo-single-key");
  for (const part of [token.slice(0, 24), token.slice(-24), encodeURIComponent(token).slice(-24)])
    expect(kept).not.toContain(part);
  // The address restores the form.
  await page.reload();
  await expect(page.getByLabel("Manifest")).toHaveValue(run.url("media/demo-single-key/manifest.mpd"));
  await expect(page.locator('input[name="token"]')).toHaveValue("");
});

test("a refusal, as a support team needs it: code, hint, number, the player's message, and the entry", async ({
  page,
  run,
}) => {
  await play(page, run, { player: "shaka", drm: "widevine", content: "demo-cenc", fault: "expired" });
  const card = page.locator("#support");
  await expect(card).toContainText("PallyCon 7011");
  await expect(card).toContainText("Return a fresh token for each request");
  await expect(card).toContainText("Shaka 6007");
  await expect(card).toContainText("The token has probably expired");
  await expect(status(page)).toHaveAttribute("data-kind", "error");
  await expect(step(page, "License request").first()).toHaveAttribute("data-tone", "bad");
  await expectNoPicture(page);
  await card.getByRole("link", { name: "token-expired" }).click();
  await expect(page).toHaveURL(/errors\.html#token-expired$/);
  await expect(page.locator("#token-expired")).toBeInViewport();
});

test("FairPlay's certificate fails to load after it was available; then it plays again @chromium", async ({
  page,
  run,
}) => {
  await play(page, run, { player: "hls", drm: "fairplay" });
  await expectPlaying(page);
  for (const [fault, word] of [
    ["no-fairplay", "PallyCon 7301"],
    ["no-certificate", "could not be reached"],
  ]) {
    await field(page, "What goes wrong").selectOption(fault);
    await run.forget();
    await button(page, "Play").click();
    await expect(page.locator("#support")).toContainText(word);
    expect(await run.requests("license")).toEqual([]);
  }
  await field(page, "What goes wrong").selectOption("none");
  await button(page, "Play").click();
  await expectPlaying(page);
});

test("a busy server: the gap and the second attempt are drawn to scale, in the session's lane", async ({
  page,
  run,
}) => {
  await play(page, run, { player: "rx-player", drm: "widevine", content: "demo-single-key", fault: "busy" });
  await expectPlaying(page);
  const session = lane(page, "Session 1");
  for (const title of [
    "License request, 93 bytes: server-unavailable",
    /^Wait \d+ ms, then attempt 2/,
    "License request, attempt 2",
  ])
    await expect(session.locator(".what", { hasText: title })).toHaveCount(1);
  const box = (title) =>
    session
      .locator(".step", { has: page.locator(".what", { hasText: title }) })
      .locator(".bar")
      .boundingBox();
  const [wait, second] = await Promise.all([box(/^Wait/), box("attempt 2,")]);
  // Retry-After says one second: most of the way to the first frame.
  const track = await session.locator(".track").first().boundingBox();
  expect(wait.width).toBeGreaterThan(track.width / 3);
  expect(second.x).toBeGreaterThan(wait.x + wait.width - 4);
});

test("the keyboard opens the decoded detail of a step, which shows no secret", async ({ page, run }) => {
  await play(page, run, { player: "media", drm: "playready", content: "demo-cenc" });
  await expectPlaying(page);
  const opened = async (title) => {
    const one = step(page, title).first();
    await one.getByRole("button").focus();
    await page.keyboard.press("Enter");
    return one.locator(".detail");
  };
  await expect(await opened(/^Challenge/)).toContainText("playready");
  await expect(await opened(/^Token/)).toContainText("demo-cenc");
  await expect(await opened(/^Init data/)).toContainText("7fbf9f2d3c0e4f5b8be77c2fa1fe6bd1");
  await expect(await opened("The CDM takes the license")).toContainText("bytes");
  await expect(await opened(/keys? usable/)).toContainText("usable");
  const license = step(page, "License request").first().getByRole("button");
  await license.focus();
  await page.keyboard.press("ArrowUp");
  await expect(license).not.toBeFocused();
});

test("the page says which CDM plays, and gives a reason for impossible choices", async ({ page, run }) => {
  await open(page, run, { player: "shaka", drm: "fairplay", content: "demo-cenc" });
  await expect(page.locator("#cdm")).toContainText("Simulated: a bridge acts as the FairPlay CDM");
  await expect(field(page, "Content")).toHaveValue("demo-cbcs");
  await expect(field(page, "Content").locator("option").first()).toContainText("FairPlay decrypts cbcs only");
  expect(await page.evaluate(() => "__cdmBridge" in window), "no bridge before Play").toBe(false);
  await page.getByLabel("Simulate the CDM").uncheck();
  await expect(page.locator("#cdm")).toContainText("The browser's own FairPlay CDM is used");
  await field(page, "Player").selectOption("hls");
  await field(page, "DRM").selectOption("clearkey");
  await expect(page.locator("#cdm")).toContainText("nothing is simulated");
  await button(page, "Play").click();
  await expectPlaying(page);
  expect(await page.evaluate(() => "__cdmBridge" in window)).toBe(false);
});

test("one player after the other in the same page @chromium", async ({ page, run }) => {
  await open(page, run, { drm: "widevine", content: "demo-single-key" });
  for (const player of ["videojs", "shaka", "rx-player", "videojs", "dash"]) {
    await field(page, "Player").selectOption(player);
    await run.forget();
    await button(page, "Play").click();
    await expect.poll(async () => (await run.requests("license")).length).toBeGreaterThan(0);
    await expectPlaying(page);
    await expect(page.locator('.step[data-kind="error"]')).toHaveCount(0);
  }
});
