// A page that only plays loads the small module, and the full one only when something has to be explained.
import { fileURLToPath } from "node:url";
import { expect, expectNoPicture, expectPlaying, test } from "./fixture.mjs";

const WIDEVINE = "com.widevine.alpha";
const PLAYREADY = "com.microsoft.playready";
const FAIRPLAY = "com.apple.fps";
const QUIET = ["custom-data", "request", "license", "retry", "error"];

/** Opens the page; what comes back lists the modules that it has asked for. */
async function open(page, run) {
  const modules = [];
  page.on("request", (request) => {
    const name = /\/small\/(\w+\.wasm)$/.exec(request.url());
    if (name) modules.push(name[1]);
  });
  await page.addInitScript("window.__cdmBridge = {};");
  await page.addInitScript({ path: fileURLToPath(new URL("../../build/bridge/bridge.js", import.meta.url)) });
  await page.goto(run.url("small/"));
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
  return modules;
}
const play = (page, path, keySystem, options, player = "shaka") =>
  page.evaluate(([name, ...given]) => window.small[name](...given), [player, path, keySystem, options]);
const errors = (page) => page.evaluate(() => window.small.errors);

for (const [player, name, keySystem, path, options] of [
  ["shaka", "Widevine", WIDEVINE, "demo-single-key/manifest.mpd", {}],
  ["shaka", "Widevine with two keys", WIDEVINE, "demo-cenc/manifest.mpd", {}],
  ["shaka", "PlayReady", PLAYREADY, "demo-single-key/manifest.mpd", { contentId: "demo-single-key" }],
  ["shaka", "FairPlay", FAIRPLAY, "demo-cbcs/hls/fairplay.m3u8", { contentId: "demo-cbcs" }],
  ["hls", "Widevine", WIDEVINE, "demo-cbcs/hls/widevine.m3u8", {}],
  ["hls", "FairPlay", FAIRPLAY, "demo-cbcs/hls/fairplay.m3u8", { contentId: "demo-cbcs" }],
]) {
  test(`${player}, ${name}: the small module is enough, and the callback is told which content and which keys`, async ({ page, run }) => {
    const modules = await open(page, run);
    await play(page, path, keySystem, options, player);
    await expectPlaying(page);
    expect(modules).toEqual(["player.wasm"]);
    const contexts = await page.evaluate(() => window.small.contexts);
    for (const { contentId, keyIds } of contexts) {
      expect(contentId).toBe(path.split("/")[0]);
      if (keySystem !== FAIRPLAY) expect(keyIds.length).toBeGreaterThan(0);
    }
    expect(await errors(page)).toEqual([]);
  });
}

for (const [player, path] of [["shaka", "demo-single-key/manifest.mpd"], ["hls", "demo-cbcs/hls/widevine.m3u8"]]) test.describe(player, () => {
  test("an expired token: the full module comes, and the player's error says what it says everywhere", async ({ page, run }) => {
    const modules = await open(page, run);
    await run.faults({ on: "token", fault: "expires:1200" });
    await play(page, path, WIDEVINE, {}, player);
    await expect.poll(async () => (await errors(page)).map(({ ours }) => ours?.code)).toContain("token-expired");
    expect(modules).toEqual(["player.wasm", "full.wasm"]);
    const { ours } = (await errors(page)).find(({ ours }) => ours);
    expect(ours).toMatchObject({ serverCode: "7011", phase: "custom-data", httpStatus: 200 });
    expect(ours.hint).toContain("token");
    expect(ours.problems.map(({ code }) => code)).toContain("token-expired");
    await expectNoPicture(page);
  });

  test("a refusal that may pass: another attempt brings the license", async ({ page, run }) => {
    const modules = await open(page, run);
    await run.faults({ on: "license", fault: "error:7103", times: 1 });
    await play(page, path, WIDEVINE, { retry: { base: 10 } }, player);
    await expectPlaying(page);
    expect(modules).toEqual(["player.wasm", "full.wasm"]);
  });

  test("a failing server: attempts, and then an error with its status", async ({ page, run }) => {
    await open(page, run);
    await run.faults({ on: "license", fault: "status:503" });
    await play(page, path, WIDEVINE, { retry: { attempts: 2, base: 10 } }, player);
    await expect.poll(async () => (await errors(page)).map(({ ours }) => ours?.code)).toContain("server-unavailable");
    expect((await errors(page)).find(({ ours }) => ours).ours.httpStatus).toBe(503);
  });

  for (const [how, answer] of [["is not there", (route) => route.abort()], ["never comes", () => {}]]) test(`where the full module ${how}, what is no license still gets no further`, async ({ page, run }) => {
    await open(page, run);
    await page.route("**/full.wasm", answer);
    await run.faults({ on: "license", fault: "error:7011" });
    await play(page, path, WIDEVINE, {}, player);
    await expect.poll(async () => (await errors(page)).map(({ ours }) => ours?.code)).toContain("not-a-license");
    const { ours } = (await errors(page)).find(({ ours }) => ours);
    expect([ours.serverCode, ours.hint]).toEqual(["7011", expect.stringContaining("full.wasm")]);
    await expectNoPicture(page);
  });
});

test("events that take no reading are told without the full module", async ({ page, run }) => {
  const modules = await open(page, run);
  await play(page, "demo-single-key/manifest.mpd", WIDEVINE, { events: QUIET });
  await expectPlaying(page);
  expect(modules).toEqual(["player.wasm"]);
  const types = await page.evaluate(() => window.small.events.map(({ type }) => type));
  expect(types).toEqual(expect.arrayContaining(["custom-data", "request", "license"]));
  expect(types.filter((type) => !QUIET.includes(type))).toEqual([]);
});

test("who wants all events gets the full module, and no other", async ({ page, run }) => {
  const modules = await open(page, run);
  await play(page, "demo-single-key/manifest.mpd", WIDEVINE, { events: ["init-data", "warning", "key-status"] });
  await expectPlaying(page);
  expect(modules).toEqual(["full.wasm"]);
  expect(await page.evaluate(() => window.small.events.map(({ type }) => type))).toEqual(expect.arrayContaining(["init-data", "key-status"]));
});
