// Random faults of the license server, through each adapter: every sequence ends in a picture or in an error of ours
// that says what happened, and the CDM only gets licenses. In Chromium, memory must not grow with the number of
// sequences. A soak of hundreds: npm run soak, or HOSTILE_SEQUENCES=100 HOSTILE_SEED=7 npm test -- --only e2e
import { expect, openLab, test } from "./fixture.mjs";
import { pick, random } from "../support/random.mjs";

const SEED = Number(process.env.HOSTILE_SEED ?? 20261128);
/** Per adapter. Of these Firefox, where no memory is looked at, tries half. */
const SEQUENCES = Number(process.env.HOSTILE_SEQUENCES ?? 12);
const KEY_SYSTEMS = { widevine: "com.widevine.alpha", playready: "com.microsoft.playready" };

const BODIES = ["html", "html:403", "html:503", "json", "empty", "truncate", "redirect", "slow:50", "close", "no-cors"];
const STATUSES = [400, 401, 403, 404, 413, 429, 500, 503].map((status) => `status:${status}`);
const REFUSALS = ["error:7011", "error:7012", "error:2001", "error:1003", "site-error:E42:no"];
const FAULTS = {
  license: [
    ...BODIES,
    ...STATUSES,
    ...REFUSALS,
    "wrong-drm",
    "base64",
    "raw",
    "format-json",
    "status:429:retry-after=0",
  ],
  token: [...BODIES, ...STATUSES, "expires:1", "future:3600", "wrong-cid", "wrong-drm-type", "tampered"],
};

/** Plays once, in the page; returns how it ended, and cleans up. */
const ADAPTERS = {
  shaka: async ({ keySystem, options }) => {
    const { lab } = window;
    lab.player = await lab.shakaPlayer(keySystem);
    await lab.attachShaka(lab.player, await lab.client(options));
    void lab.load(lab.player, "demo-single-key/manifest.mpd");
    return () => lab.player.destroy();
  },
  hls: async ({ drm, options }) => {
    const { lab } = window;
    await lab.hls(`demo-single-key/hls/${drm}.m3u8`, { options });
    return async () => {
      lab.player.destroy();
      await lab.configured.dispose();
    };
  },
  dash: async ({ keySystem, options }) => {
    const { lab } = window;
    await lab.play("demo-single-key/manifest.mpd", {
      options,
      adapter: { protectionData: { [keySystem]: { priority: 0 } } },
    });
    return async () => {
      lab.player.destroy();
      await lab.undo();
    };
  },
  media: async ({ drm, options }) => {
    const { lab } = window;
    await lab.bare({ options, media: { drms: [drm] } });
    lab.feed("demo-single-key").catch(() => {}); // the element is emptied while it is being fed
    return async () => {
      await lab.undo();
      lab.video.removeAttribute("src");
      lab.video.load();
    };
  },
  rx: async ({ drm, options }) => {
    const { lab } = window;
    await lab.play("demo-single-key/manifest.mpd", { options, adapter: { contentId: "demo-single-key", drms: [drm] } });
    return () => {
      lab.player.dispose();
      lab.player = lab.drm = undefined;
    };
  },
  videojs: async ({ keySystem, options }) => {
    const { lab } = window;
    if (!lab.video) document.body.append(document.createElement("video"));
    lab.drm = await lab.client(options);
    lab.player = lab.newPlayer();
    const { [keySystem]: chosen } = lab.pallyConKeySystems(lab.player, lab.drm);
    lab.load("demo-single-key/manifest.mpd", { [keySystem]: chosen });
    return () => lab.player.dispose();
  },
};

/** Adapters whose player has a page of its own. */
const PAGES = { dash: "dash/", rx: "rx-player/", videojs: "videojs/" };

/** All WebAssembly memories that the page creates. */
const watchMemories = () => {
  window.memories = [];
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const real = WebAssembly[name];
    WebAssembly[name] = async (...args) => {
      const result = await real.apply(WebAssembly, args);
      const { memory } = (result.instance ?? result).exports;
      if (memory) window.memories.push(memory);
      return result;
    };
  }
};

/** The page's memory after garbage collection: kilobytes of JavaScript's heap, and pages of WebAssembly. */
async function memoryOf(page) {
  const cdp = await page.context().newCDPSession(page);
  // Twice: what a finalizer releases only becomes garbage afterwards.
  for (let round = 0; round < 2; round += 1) await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  await cdp.detach();
  const pages = await page.evaluate(() =>
    window.memories.reduce((sum, { buffer }) => sum + buffer.byteLength / 65_536, 0),
  );
  return { kilobytes: Math.round(usedSize / 1024), pages };
}
/**
 * What a sequence may leave in the players and in the bridge. video.js leaves 133 kB of each player, with or without
 * the adapter.
 */
const KILOBYTES_A_SEQUENCE = { videojs: 192 };
const KILOBYTES = 64;
/** After this many sequences everything that is loaded and compiled once is there. */
const WARM = Math.min(10, Math.ceil(SEQUENCES / 2));

test.describe.configure({ mode: "parallel", timeout: 60_000 + SEQUENCES * 20_000 });

for (const [name, play] of Object.entries(ADAPTERS)) {
  test(`${name}: random sequences of faults (seed ${SEED})`, async ({ page, run, browserName }) => {
    await page.addInitScript(watchMemories);
    await openLab(page, run, {}, PAGES[name]);
    await page.evaluate(`window.playOnce = ${play}; undefined`);
    // In Firefox rx-player tries out PlayReady with init data of its own making, which the bridge refuses.
    const drms = Object.keys(KEY_SYSTEMS).filter(
      (drm) => !(name === "rx" && browserName === "firefox" && drm === "playready"),
    );
    const ends = {};
    const sequences =
      browserName === "firefox" && !process.env.HOSTILE_SEQUENCES ? Math.ceil(SEQUENCES / 2) : SEQUENCES;
    let warm;
    for (let sequence = 0; sequence < sequences; sequence += 1) {
      const next = random(SEED + sequence);
      const drm = pick(next, drms);
      const list = Array.from({ length: 1 + Math.floor(next() * 3) }, () => {
        const on = pick(next, ["license", "license", "license", "token"]);
        return { on, fault: pick(next, FAULTS[on]), after: Math.floor(next() * 2), times: pick(next, [1, 2, 5]) };
      });
      await run.faults(...list);
      const where = `sequence ${sequence} of seed ${SEED}: ${drm}, ${JSON.stringify(list)}`;
      const given = {
        drm,
        keySystem: KEY_SYSTEMS[drm],
        options: { contentId: "demo-single-key", timeout: 5000, retry: { attempts: 2, base: 10 } },
      };
      await page.evaluate(async ({ drm, keySystem, options }) => {
        const { lab } = window;
        for (const list of Object.values(lab)) if (Array.isArray(list)) list.length = 0;
        window.takeApart = await window.playOnce({ drm, keySystem, options });
      }, given);
      const state = () =>
        page.evaluate(() => {
          const { lab } = window;
          const error =
            lab.events.find(({ type }) => type === "error")?.error ?? lab.playerErrors.find(({ ours }) => ours)?.ours;
          return lab.video.currentTime > 0.3
            ? "plays"
            : error?.isOurs
              ? error
              : lab.playerErrors.length
                ? { code: "the player's own", seen: lab.playerErrors }
                : undefined;
        });
      let end;
      await expect.poll(async () => (end = await state()), { message: where, timeout: 45_000 }).toBeTruthy();
      if (end !== "plays") {
        expect(end, where).toMatchObject({ isOurs: true, hint: expect.stringMatching(/\.$/) });
        expect(["internal", "license-rejected"], where).not.toContain(end.code);
      }
      ends[end.code ?? end] = (ends[end.code ?? end] ?? 0) + 1;
      // Input that the CDM refused.
      const refused = await page.evaluate(() => window.__cdmBridge.log.filter(({ event }) => event === "refused"));
      expect(refused, where).toEqual([]);
      await page.evaluate(async () => {
        await window.takeApart();
        // The logs of the lab and the bridge would count as the page's memory.
        const { lab } = window;
        for (const list of [...Object.values(lab), window.__cdmBridge.log]) if (Array.isArray(list)) list.length = 0;
      });
      if (browserName === "chromium" && sequence + 1 === WARM) warm = await memoryOf(page);
    }
    if (warm) {
      const cold = await memoryOf(page);
      test.info().annotations.push({ type: "memory", description: JSON.stringify({ warm, cold }) });
      expect(cold.pages, "pages of WebAssembly").toBe(warm.pages);
      expect(cold.kilobytes - warm.kilobytes, "kilobytes of JavaScript's heap").toBeLessThan(
        1024 + (KILOBYTES_A_SEQUENCE[name] ?? KILOBYTES) * (SEQUENCES - WARM),
      );
    }
    // Shown in the report, and in the output of a soak.
    if (process.env.HOSTILE_SEQUENCES)
      console.log(`${name}: seed ${SEED}, ${sequences} sequences, ${JSON.stringify(ends)}`);
    test.info().annotations.push({ type: "ends", description: JSON.stringify(ends) });
  });
}
