// The option `robustness`, player by player: the level that plays, the steps down if the CDM or the content refuses
// one, and the app's error if every level is refused. The bridge grants levels and refuses content; nothing here is
// hardware.
import { expect, expectNoPicture, expectPlaying, openLab, test } from "./fixture.mjs";

const PLAYREADY = ["com.microsoft.playready.recommendation.3000", { video: "3000" }];
const PLAYREADY_SOFTWARE = ["com.microsoft.playready.recommendation", { video: "2000" }];
const L1 = { video: "HW_SECURE_ALL", audio: "SW_SECURE_CRYPTO" };
const L3 = { video: "SW_SECURE_DECODE", audio: "SW_SECURE_CRYPTO" };
const SL3000 = { drms: ["playready"], sl3000: true };
const ANDROID = { drms: ["widevine"], l1: "plain" };
const WINDOWS = { drms: ["widevine"], l1: "experiment" };
const ALL_LEVELS = ["HW_SECURE_ALL", "SW_SECURE_DECODE", "SW_SECURE_CRYPTO", "3000", "2000", "150", ""];
const MPD = "demo-cenc/manifest.mpd";
const MASTER = "demo-cenc/hls/all.m3u8";

/** How to start each player with an option; `channel`: what it gives the app, as `[code, our code]`. */
const PLAYERS = {
  "Shaka 5": {
    page: "",
    channel: [6006, "robustness-refused"],
    play: ({ lab, robustness, keySystem, path }) =>
      (async () => {
        lab.player = await lab.shakaPlayer(keySystem);
        lab.undo = await lab.attachShaka(lab.player, await lab.client({ contentId: "demo-cenc" }), { robustness });
        await lab.load(lab.player, path);
      })(),
  },
  "hls.js": {
    page: "",
    channel: ["keySystemNoSession", "robustness-refused"],
    path: MASTER,
    keeps: true,
    play: ({ lab, robustness, path }) =>
      lab.hls(path, { options: { contentId: "demo-cenc" }, adapter: { robustness } }),
  },
  "dash.js": {
    page: "dash/",
    channel: [113, "robustness-refused"],
    play: ({ lab, robustness, path }) =>
      lab.play(path, { options: { contentId: "demo-cenc" }, adapter: { robustness } }),
  },
  "rx-player": {
    page: "rx-player/",
    channel: ["KEY_GENERATE_REQUEST_ERROR", "robustness-refused"],
    play: ({ lab, robustness, path }) => lab.play(path, { adapter: { contentId: "demo-cenc", robustness } }),
  },
  "a bare element": {
    page: "",
    channel: ["robustness-refused", "robustness-refused"],
    play: ({ lab, robustness }) =>
      (async () => {
        await lab.bare({ options: { contentId: "demo-cenc" }, media: { robustness } });
        await lab.feed("demo-cenc");
      })(),
  },
};
PLAYERS["Shaka 4.13"] = { ...PLAYERS["Shaka 5"], page: "?shaka=4" };
PLAYERS["rx-player 4.0"] = { ...PLAYERS["rx-player"], page: "rx-player/?rx=4.0" };

const events = (page, type) =>
  page.evaluate((wanted) => window.lab.events.filter((event) => event.type === wanted), type);
const levels = async (page) =>
  (await events(page, "robustness")).map(({ keySystem, robustness, refused }) => [keySystem, robustness, refused]);
const granted = (page) =>
  page.evaluate(() =>
    window.__cdmBridge.log
      .filter(({ event }) => event === "generate-request")
      .map(({ keySystem, level }) => [keySystem, level]),
  );

async function start(page, run, { page: query, play, path = MPD }, bridge, robustness, missing) {
  await openLab(page, run, bridge, query);
  if (missing) await page.route(missing, (route) => route.abort());
  const keySystem = bridge.drms[0] === "playready" ? "com.microsoft.playready" : "com.widevine.alpha";
  await page.evaluate(`window.start = ${play}`);
  await page.evaluate(
    ([robustness, keySystem, path]) => window.start({ lab: window.lab, robustness, keySystem, path }),
    [robustness, keySystem, path],
  );
}

/** It plays at this level, and the app got no error on the way. */
async function expectLevel(page, [keySystem, robustness], refused) {
  await expectPlaying(page);
  const last = (await levels(page)).pop();
  expect(last).toEqual([keySystem, expect.objectContaining({ video: robustness.video }), refused]);
  for (const [name, level] of await granted(page)) expect([name, level]).toEqual([keySystem, robustness.video]);
  expect(await page.evaluate(() => window.lab.playerErrors)).toEqual([]);
  expect(await events(page, "error")).toEqual([]);
}

test.describe.configure({ mode: "parallel" });

/** device, option, level that plays, level that was refused before it */
const CASES = [
  ["PlayReady in hardware, with the name that has it", SL3000, "hardware", PLAYREADY],
  ["Widevine in hardware on Android", ANDROID, "hardware", ["com.widevine.alpha", L1]],
  [
    "Widevine in hardware on Windows, with the experiment's name",
    WINDOWS,
    "hardware",
    ["com.widevine.alpha.experiment", L1],
  ],
  ["in software if the device has no hardware DRM", { drms: ["widevine"] }, "hardware", ["com.widevine.alpha", L3]],
  ["in software if the option says so, PlayReady", SL3000, "software", PLAYREADY_SOFTWARE],
  ["in software if the option says so, Widevine", ANDROID, "software", ["com.widevine.alpha", L3]],
  ["at a level by its name", WINDOWS, L1, ["com.widevine.alpha.experiment", L1]],
  [
    "in software if the content is not made for PlayReady's hardware",
    { ...SL3000, refuses: ["3000"] },
    "hardware",
    PLAYREADY_SOFTWARE,
    "3000",
  ],
  [
    "in software if the content is not made for Widevine's hardware",
    { ...WINDOWS, refuses: ["HW_SECURE_ALL"] },
    "hardware",
    ["com.widevine.alpha", L3],
    "HW_SECURE_ALL",
  ],
];
const OLDER = /4\.13|4\.0/;
/**
 * Which level is next is decided in one file for all players: Shaka goes through the whole list, the others through
 * what each does itself.
 */
const OWN = /^PlayReady in hardware|on Android$|PlayReady's hardware$/;

// The requests to a CDM are the same script in every browser.
for (const [name, player] of Object.entries(PLAYERS))
  test.describe(name, { tag: "@chromium" }, () => {
    const cases = CASES.filter(([, , , , refused], at) => (refused ? !player.keeps : !OLDER.test(name) || at < 2));
    for (const [title, device, option, level, refused] of cases) {
      const tag = name === "Shaka 5" || OWN.test(title) ? [] : "@matrix";
      test(`plays ${title}`, { tag }, async ({ page, run }) => {
        await start(page, run, player, device, option);
        await expectLevel(page, level, refused);
      });
    }

    test("content that refuses every level is the player's own error, with ours inside", async ({ page, run }) => {
      await start(page, run, player, { ...SL3000, refuses: ALL_LEVELS }, "hardware");
      const [code, ours] = player.channel;
      // A bare element's error is ours; hls.js also reports that it cannot close a session that never started.
      const own = () => page.evaluate(() => window.lab.playerErrors.find(({ ours, isOurs }) => ours || isOurs));
      await expect.poll(own).toBeTruthy();
      const error = await own();
      expect([error.code ?? error.details, (error.ours ?? error).code]).toEqual([code, ours]);
      expect((error.ours ?? error).message).toContain(player.keeps ? "3000" : "2000");
      if (player.keeps) expect(error.fatal).toBe(true);
      expect((await events(page, "error")).map(({ error: { code } }) => code)).toEqual([ours]);
      await expectNoPicture(page);
      expect(await levels(page)).toEqual([]);
    });

    if (OLDER.test(name)) return;
    test("names the script, if the option's own does not arrive", async ({ page, run }) => {
      // The labs of rx-player and of the bare element note it, the others throw it.
      const thrown = await start(page, run, player, ANDROID, "hardware", "**/robustness*.js").then(
        () => page.evaluate(() => window.lab.refusal.message),
        ({ message }) => message,
      );
      expect(thrown).toContain("robustness.js, a script of the package, cannot be loaded");
    });
  });

test("hls.js: a player recreated with the same config starts one level lower", { tag: "@chromium" }, async ({
  page,
  run,
}) => {
  await start(page, run, PLAYERS["hls.js"], { ...WINDOWS, refuses: ["HW_SECURE_ALL"] }, "hardware");
  await expect
    .poll(() => page.evaluate(() => window.lab.playerErrors.map(({ ours }) => ours?.code)))
    .toContain("robustness-refused");
  await page.evaluate((path) => {
    const { lab } = window;
    lab.player.destroy();
    lab.player = new lab.Hls({ ...lab.configured.config });
    lab.player.loadSource(lab.media(path));
    lab.player.attachMedia(lab.video);
    lab.video.play().catch(() => {});
  }, MASTER);
  await expectPlaying(page);
  expect(await levels(page)).toEqual([["com.widevine.alpha", L3, "HW_SECURE_ALL"]]);
});
