// The checks in every old engine: the rows of the table in docs/players.md. A check gets the engine and `open` (a new
// browser with a page of the package) and resolves with the text of its cell, or throws. `{ absent }`: the check cannot
// run there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { contents } from "../../scripts/media/contents.mjs";
import { protection } from "../../scripts/media/pssh.mjs";

const contentOf = (id) => contents.find(({ contentId }) => contentId === id);
const CONTENT = contentOf("demo-single-key");
const [{ keyId: KEY_ID }] = CONTENT.tracks;
const BOXES = protection(CONTENT, CONTENT.tracks[0]);
const FAIRPLAY = protection(contentOf("demo-cbcs"), contentOf("demo-cbcs").tracks[0]);
const base64 = (bytes) => Buffer.from(bytes).toString("base64");

const range = (folder, init, extension, count) =>
  [init, ...Array.from({ length: count }, (_, i) => `${i + 1}.${extension}`)].map((name) => `${folder}/${name}`);
const MP4 = {
  name: "H.264",
  codecs: { video: "avc1.4d4015", audio: "mp4a.40.2" },
  video: 'video/mp4; codecs="avc1.4d4015"',
  manifest: "media/demo-single-key/manifest.mpd",
  tracks: [
    ['video/mp4; codecs="avc1.4d4015"', range("media/demo-single-key/video", "init.mp4", "m4s", 3)],
    ['audio/mp4; codecs="mp4a.40.2"', range("media/demo-single-key/audio", "init.mp4", "m4s", 3)],
  ],
};
const WEBM = {
  name: "VP9",
  codecs: { video: 'video/webm; codecs="vp9"', audio: 'audio/webm; codecs="opus"' },
  video: 'video/webm; codecs="vp9"',
  manifest: "webm/manifest.mpd",
  tracks: [
    ['video/webm; codecs="vp9"', range("webm/video", "init.webm", "webm", 3)],
    ['audio/webm; codecs="opus"', range("webm/audio", "init.webm", "webm", 4)],
  ],
};
const clipOf = ({ h264 }) => (h264 ? MP4 : WEBM);

const FORMS = ["module.html", "classic.html"];
/** Both forms of the package: modules, and one classic script. */
async function inBoth(open, options, work) {
  for (const form of FORMS) {
    await open(form, options, work).catch((error) => {
      throw new Error(`${form}: ${error.message}`, { cause: error });
    });
  }
  return "yes";
}

/** The decoder outputs frames, and time advances; a fatal error of the player ends the wait. */
async function expectPlaying(page) {
  await page.until("playback", () => {
    const { frames, time, errors, error } = window.lab.state();
    const fatal = errors.filter((each) => each.fatal !== false);
    if (error || fatal.length) throw new Error(JSON.stringify({ error, fatal }));
    return frames > 20 && time > 0.8;
  });
}

/** hls.js plays MP4 and MPEG-TS, whose codecs some engines were built without. */
const NO_H264 = { absent: "not tried: this build lacks H.264" };

/** A player, as its package ships it. `start` runs in the page. */
const played = ({ open, bridge = true, path, start, args }) =>
  open("module.html", { bridge }, async (page) => {
    await page.evaluate((script) => window.lab.script(script), path);
    await page.evaluate(start, ...args);
    await expectPlaying(page);
    assert.ok(
      await page.evaluate(() => window.lab.events.some(({ type }) => type === "license")),
      "no license came through the package",
    );
  });

const shaka = (name, folder) => ({
  name: `${name}: Widevine, PlayReady`,
  async run({ engine, open }) {
    const clip = clipOf(engine);
    for (const keySystem of ["com.widevine.alpha", "com.microsoft.playready"]) {
      const start = (...given) => window.lab.shaka(...given);
      const path = `node_modules/${folder}/dist/shaka-player.compiled.js`;
      await played({ open, path, start, args: [keySystem, clip.manifest, { contentId: CONTENT.contentId }] });
    }
    return `plays (${clip.name})`;
  },
});

const hls = (name, folder, drms) => ({
  name: `${name}: ${drms.join(", ")}`,
  async run({ engine, open }) {
    if (!engine.h264) return NO_H264;
    for (const drm of drms) {
      const start = (...given) => window.lab.hls(...given);
      const path = `node_modules/${folder}/dist/hls.min.js`;
      const args = [`media/demo-single-key/hls/${drm.toLowerCase()}.m3u8`, { contentId: CONTENT.contentId }];
      await played({ open, bridge: drm !== "ClearKey", path, start, args });
    }
    return `plays (${MP4.name})`;
  },
});

/** @param {string[]} drms the adapter's option */
const bare =
  (drms, bridge) =>
  async ({ engine, open }) => {
    const clip = clipOf(engine);
    for (const form of FORMS) {
      await open(form, { bridge }, async (page) => {
        await page.evaluate(
          async (wanted, codecs, tracks) => {
            const { lab } = window;
            lab.video.addEventListener("pallyconerror", ({ detail }) => lab.errors.push(lab.plain(detail)));
            await pallycon.attachMedia(lab.video, await lab.client({ contentId: "demo-single-key" }), {
              drms: wanted,
              codecs,
            });
            lab.feed(tracks);
          },
          drms,
          clip.codecs,
          clip.tracks,
        );
        await expectPlaying(page);
      });
    }
    return `plays (${clip.name})`;
  };

const EXCHANGES = [
  ["widevine", "com.widevine.alpha", "cenc", base64(BOXES.widevine), CONTENT.contentId],
  ["playready", "com.microsoft.playready", "cenc", base64(BOXES.playready), CONTENT.contentId],
  ["fairplay", "com.apple.fps", "skd", base64(FAIRPLAY.skd), "demo-cbcs"],
];
const exchange = (page, { video }, [drm, keySystem, type, initData, contentId], options = {}) =>
  page.evaluate((...given) => window.lab.exchange(...given), drm, keySystem, video, type, initData, {
    contentId,
    ...options,
  });

const REFUSALS = [
  { faults: [{ on: "token", fault: "expires:1200" }], code: "token-expired", serverCode: "7011" },
  { faults: [{ on: "license", fault: "error:7012" }], code: "content-id-mismatch", serverCode: "7012" },
  { faults: [{ on: "license", fault: "html" }], code: "not-a-license" },
  { faults: [{ on: "license", fault: "redirect" }], code: "redirected" },
  {
    faults: [{ on: "license", fault: "slow:90000" }],
    options: { timeout: 500, retry: { attempts: 1 } },
    code: "timeout",
  },
];

export const CHECKS = [
  {
    name: "decodes H.264 in MP4, VP9 in WebM",
    run: ({ engine, open }) =>
      open("classic.html", {}, async (page) => {
        const has = await page.evaluate(
          (types) => types.map((type) => MediaSource.isTypeSupported(type)),
          [MP4.video, WEBM.video],
        );
        assert.deepEqual(has, [engine.h264, true]);
        assert.match(await page.evaluate(() => navigator.userAgent), new RegExp(`Chrome/${engine.chromium}\\.`));
        return engine.h264 ? "both" : "VP9 only";
      }),
  },
  {
    name: "loads (modules, classic script), `init()`",
    run: ({ open }) => inBoth(open, {}, (page) => page.evaluate(() => pallycon.init())),
  },
  {
    name: "`parseInitData()`",
    run: ({ open }) =>
      inBoth(open, {}, async (page) => {
        const read = (bytes) =>
          page.evaluate(async (text) => {
            await pallycon.init();
            const { keyIds, contentId, boxes } = pallycon.parseInitData(window.lab.unbase64(text), { type: "cenc" });
            return { keyIds, contentId, systems: boxes.map(({ system }) => system) };
          }, base64(bytes));
        assert.deepEqual(await read(BOXES.widevine), {
          keyIds: [KEY_ID],
          contentId: CONTENT.contentId,
          systems: ["Widevine"],
        });
        assert.deepEqual(await read(BOXES.playready), { keyIds: [KEY_ID], systems: ["PlayReady"] });
      }),
  },
  {
    name: "`probe()`",
    async run({ engine, open }) {
      const probe = (page, codecs) =>
        page.evaluate(
          async (options) => {
            const found = await pallycon.probe(options);
            return found.map(({ drm, schemes }) => [drm, schemes]);
          },
          { codecs, timeout: 60000 },
        );
      // Chromium has supported `encryptionScheme` since 81: before, each DRM has its traditional scheme.
      const schemes = engine.chromium > 80 ? ["cenc", "cbcs"] : ["cenc"];
      await inBoth(open, {}, async (page) => {
        assert.deepEqual(await probe(page, clipOf(engine).codecs), [["clearkey", schemes]]);
        if (!engine.h264) assert.deepEqual(await probe(page, MP4.codecs), []);
      });
      return inBoth(open, { bridge: true }, async (page) => {
        const drms = (await probe(page, clipOf(engine).codecs)).map(([drm]) => drm);
        assert.deepEqual(drms, ["fairplay", "playready", "widevine", "clearkey"]);
      });
    },
  },
  {
    name: "`diagnose()`",
    async run({ engine, open }) {
      const diagnose = (page, urls = []) =>
        page.evaluate(async (paths) => {
          const options = { timeout: 60000, urls: paths.map((path) => new URL(path, window.lab.base).href) };
          return (await pallycon.diagnose(options)).map(({ code }) => code);
        }, urls);
      await inBoth(open, {}, async (page) => {
        assert.deepEqual(await diagnose(page, ["ri/licenseManager.do", "http://127.0.0.1:9/"]), [
          "cdm-missing",
          "url-unreachable",
        ]);
      });
      // It requests H.264, which every TV supports.
      return inBoth(open, { bridge: true }, async (page) =>
        assert.deepEqual(await diagnose(page), engine.h264 ? [] : ["cdm-missing"]),
      );
    },
  },
  {
    name: "licenses: Widevine, PlayReady, FairPlay",
    run: ({ engine, open }) =>
      inBoth(open, { bridge: true }, async (page) => {
        for (const each of EXCHANGES) assert.deepEqual(await exchange(page, clipOf(engine), each), ["usable"], each[0]);
      }),
  },
  {
    name: "refusals: expired token, other content, HTML, redirect, no answer",
    run: ({ engine, open }) =>
      inBoth(open, { bridge: true }, async (page) => {
        for (const { faults, options, ...expected } of REFUSALS) {
          await page.faults(...faults);
          const { message, ...error } = await exchange(page, clipOf(engine), EXCHANGES[0], options);
          assert.deepEqual(error, { ...expected, isOurs: true }, message);
        }
      }),
  },
  {
    name: "retry after status 503; giving up",
    run: ({ engine, open }) =>
      inBoth(open, { bridge: true }, async (page) => {
        await page.faults({ on: "license", fault: "status:503", times: 1 });
        assert.deepEqual(await exchange(page, clipOf(engine), EXCHANGES[0], { retry: { base: 10 } }), ["usable"]);
        // The callback's signal, also if the browser has no AbortController.
        await page.evaluate(
          async (codecs, initData) => {
            const { lab } = window;
            const asked = new Promise((resolve) => {
              lab.asked = resolve;
            });
            const customData = ({ signal }) =>
              new Promise(() => {
                signal.addEventListener("abort", () => {
                  lab.aborted = signal.aborted;
                });
                lab.asked();
              });
            const undo = await pallycon.attachMedia(lab.video, await lab.client({ customData }), {
              drms: ["widevine"],
              codecs,
            });
            const event = { initDataType: "cenc", initData: lab.unbase64(initData).buffer };
            lab.video.dispatchEvent(new MediaEncryptedEvent("encrypted", event));
            await asked;
            await undo();
          },
          clipOf(engine).codecs,
          base64(BOXES.widevine),
        );
        await page.until("the signal", () => window.lab.aborted === true);
      }),
  },
  { name: "bare element: ClearKey", run: bare(["clearkey"], false) },
  { name: "bare element: Widevine", run: bare(["widevine"], true) },
  shaka(`Shaka ${versionOf("shaka-player-4")}`, "shaka-player-4"),
  shaka(`Shaka ${versionOf("shaka-player")}`, "shaka-player"),
  // hls.js plays ClearKey since 1.7: earlier versions make no init data from such a key line, and ignore the browser's.
  hls(`hls.js ${versionOf("hls.js-1.6")}`, "hls.js-1.6", ["Widevine", "PlayReady"]),
  hls(`hls.js ${versionOf("hls.js")}`, "hls.js", ["Widevine", "PlayReady", "ClearKey"]),
];

function versionOf(folder) {
  const file = fileURLToPath(new URL(`../../node_modules/${folder}/package.json`, import.meta.url));
  return JSON.parse(readFileSync(file, "utf8")).version;
}
