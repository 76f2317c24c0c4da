// A page with a player downloads player.wasm and no other module, whatever happens and whatever it listens to.
import { fileURLToPath } from "node:url";
import { expect, expectPlaying, test } from "./fixture.mjs";

const WIDEVINE = "com.widevine.alpha";
const PLAYREADY = "com.microsoft.playready";
const FAIRPLAY = "com.apple.fps";

/** Opens the lab, which listens to every event; returns the modules that the page has requested. */
async function open(page, run) {
  const modules = [];
  page.on("request", (request) => {
    const name = /\/(\w+\.wasm)$/.exec(request.url());
    if (name) modules.push(name[1]);
  });
  await page.addInitScript("window.__cdmBridge = {};");
  await page.addInitScript({ path: fileURLToPath(new URL("../../build/bridge/bridge.js", import.meta.url)) });
  await page.goto(run.url("e2e/"));
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
  return modules;
}

/** Plays; `window.contexts` has the contexts that customData got. */
const play = (page, player, path, keySystem, options = {}) =>
  page.evaluate(
    async (given) => {
      const { lab } = window;
      window.contexts = [];
      const customData = ({ contentId, keyIds, ...rest }) => {
        window.contexts.push({ contentId, keyIds });
        return lab.token({ contentId, ...rest });
      };
      const options = { customData, ...given.options };
      if (given.player === "hls") return lab.hls(given.path, { options });
      const shaka = await lab.shakaPlayer(given.keySystem);
      await lab.attachShaka(shaka, await lab.client(options));
      await lab.load(shaka, given.path);
    },
    { player, path, keySystem, options },
  );

for (const [player, name, keySystem, path, options] of [
  ["shaka", "Widevine", WIDEVINE, "demo-single-key/manifest.mpd", {}],
  ["shaka", "Widevine with two keys", WIDEVINE, "demo-cenc/manifest.mpd", {}],
  ["shaka", "PlayReady", PLAYREADY, "demo-single-key/manifest.mpd", { contentId: "demo-single-key" }],
  ["shaka", "FairPlay", FAIRPLAY, "demo-cbcs/hls/fairplay.m3u8", { contentId: "demo-cbcs" }],
  ["hls", "Widevine", WIDEVINE, "demo-cbcs/hls/widevine.m3u8", {}],
  ["hls", "FairPlay", FAIRPLAY, "demo-cbcs/hls/fairplay.m3u8", { contentId: "demo-cbcs" }],
]) {
  test(`${player}, ${name}: one module plays, and customData gets the content and the keys`, async ({ page, run }) => {
    const modules = await open(page, run);
    await play(page, player, path, keySystem, options);
    await expectPlaying(page);
    expect(modules).toEqual(["player.wasm"]);
    for (const { contentId, keyIds } of await page.evaluate(() => window.contexts)) {
      expect(contentId).toBe(path.split("/")[0]);
      if (keySystem !== FAIRPLAY) expect(keyIds.length).toBeGreaterThan(0);
    }
    expect(await page.evaluate(() => window.lab.playerErrors)).toEqual([]);
    // Players report key statuses some time after the first picture.
    const types = () => page.evaluate(() => window.lab.events.map(({ type }) => type));
    await expect
      .poll(types)
      .toEqual(expect.arrayContaining(["init-data", "custom-data", "request", "license", "key-status"]));
  });
}

for (const [player, path] of [
  ["shaka", "demo-single-key/manifest.mpd"],
  ["hls", "demo-cbcs/hls/widevine.m3u8"],
]) {
  test(`${player}: a refusal is explained without another download`, async ({ page, run }) => {
    const modules = await open(page, run);
    await run.faults({ on: "token", fault: "expires:1200" });
    await play(page, player, path, WIDEVINE);
    const ours = () => page.evaluate(() => window.lab.playerErrors.map((error) => error.ours).find(Boolean));
    await expect.poll(async () => (await ours())?.code).toBe("token-expired");
    const error = await ours();
    expect(error).toMatchObject({ serverCode: "7011", phase: "custom-data", httpStatus: 200 });
    expect(error.hint).toContain("fresh token");
    expect(error.problems.map(({ code }) => code)).toContain("token-expired");
    expect(modules).toEqual(["player.wasm"]);
  });

  test(`${player}: a failing server is asked as often as the options say, and then no longer waited for`, async ({
    page,
    run,
  }) => {
    await open(page, run);
    await run.faults({ on: "license", fault: "status:503" });
    await play(page, player, path, WIDEVINE, { retry: { attempts: 3, base: 1, cap: 1 } });
    const ours = () => page.evaluate(() => window.lab.playerErrors.map((error) => error.ours).find(Boolean));
    await expect.poll(async () => (await ours())?.code).toBe("server-unavailable");
    expect((await ours()).httpStatus).toBe(503);
    // A content with several keys makes several challenges, each of which is sent three times.
    const sent = new Map();
    for (const { method, bodyBase64 } of await run.requests("license")) {
      if (method === "POST") sent.set(bodyBase64, (sent.get(bodyBase64) ?? 0) + 1);
    }
    expect(Math.max(...sent.values())).toBe(3);
  });
}
