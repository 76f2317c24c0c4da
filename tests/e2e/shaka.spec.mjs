// The parts of the Shaka adapter that are easy to get wrong: retries, a second load, detaching, one refused session of
// two, a failing backend.
import { expect, expectNoPicture, expectPlaying, openLab as open, test } from "./fixture.mjs";

const WIDEVINE = "com.widevine.alpha";
const PLAYREADY = "com.microsoft.playready";
const HEADER = "pallycon-customdata-v2";
const VIDEO_KEY = "7fbf9f2d3c0e4f5b8be77c2fa1fe6bd1"; // of demo-cenc

/** Attaches, loads, and leaves player and undo on the lab. */
const begin = (page, { keySystem, path, options = {} }) =>
  page.evaluate(
    async ({ keySystem, path, options }) => {
      const { lab } = window;
      lab.player = await lab.shakaPlayer(keySystem);
      lab.drm = await lab.client(options);
      lab.undo = await lab.attachShaka(lab.player, lab.drm);
      await lab.load(lab.player, path);
    },
    { keySystem, path, options },
  );

const posts = async (run) => (await run.requests("license")).filter(({ method }) => method === "POST");
const errors = (page) => page.evaluate(() => window.lab.playerErrors);
const events = (page, type) =>
  page.evaluate((wanted) => window.lab.events.filter((event) => event.type === wanted), type);

// 4.13 has no failureCallback, runs filters once per request, and has other defaults.
for (const [version, query] of [
  ["Shaka 5", ""],
  ["Shaka 4.13", "?shaka=4"],
])
  test.describe(version, query ? { tag: "@chromium" } : {}, () => {
    const openLab = (page, run, bridge) => open(page, run, bridge, query);

    test("each attempt has a fresh token and the unchanged challenge", async ({ page, run }) => {
      await openLab(page, run);
      await run.faults({ on: "license", fault: "status:503", times: 1 });
      await begin(page, {
        keySystem: PLAYREADY,
        path: "demo-single-key/manifest.mpd",
        options: { contentId: "demo-single-key" },
      });
      await expectPlaying(page);
      const seen = await posts(run);
      // The refused session requested again with the same bytes. (Firefox's own init data may create a second session.)
      expect(seen.filter(({ bodyBase64 }) => bodyBase64 === seen[0].bodyBase64).map(({ status }) => status)).toEqual([
        503, 200,
      ]);
      const body = Buffer.from(seen[0].bodyBase64, "base64").toString();
      expect(body).toContain("Envelope");
      expect(body).not.toContain("PlayReadyKeyMessage");
      for (const { headers } of seen) {
        expect(headers["content-type"]).toMatch(/^text\/xml/);
        expect(headers.soapaction).toContain("AcquireLicense");
        expect(headers[HEADER]).toBeTruthy();
      }
      const tokens = (await run.requests("token")).length;
      // 4.13 runs its filters once per request: there the attempts share a token, and still have it.
      expect(tokens).toBe(query ? seen.length - 1 : seen.length);
    });

    test("a temporary refusal is requested again, with a fresh token and the same challenge", async ({ page, run }) => {
      await openLab(page, run);
      await run.faults({ on: "license", fault: "error:7103", times: 2 });
      await begin(page, {
        keySystem: PLAYREADY,
        path: "demo-single-key/manifest.mpd",
        options: { contentId: "demo-single-key", retry: { base: 10 } },
      });
      await expectPlaying(page);
      const seen = await posts(run);
      expect(seen.filter(({ bodyBase64 }) => bodyBase64 === seen[0].bodyBase64).length).toBeGreaterThan(1);
      for (const { headers } of seen) expect(headers[HEADER]).toBeTruthy();
      expect((await run.requests("token")).length, "tokens").toBe(seen.length);
      expect((await events(page, "retry")).map(({ error }) => error.serverCode)).toEqual(["7103", "7103"]);
      expect(await errors(page)).toEqual([]);
    });

    test("a temporary refusal is not requested again after undo", async ({ page, run }) => {
      await openLab(page, run);
      await run.faults({ on: "license", fault: "error:7103" });
      await begin(page, {
        keySystem: WIDEVINE,
        path: "demo-single-key/manifest.mpd",
        options: { retry: { base: 2000, cap: 2000 } },
      });
      await expect.poll(async () => (await events(page, "retry")).length).toBeGreaterThan(0);
      const before = await page.evaluate(async () => {
        await window.lab.undo();
        return window.lab.events.filter(({ type }) => type === "request").length;
      });
      // The wait is over when its error is reported.
      await expect.poll(async () => (await events(page, "error")).length).toBeGreaterThan(0);
      expect((await posts(run)).length).toBe(before);
    });

    test("no token is requested once all attempts have failed", async ({ page, run }) => {
      await openLab(page, run);
      await run.faults({ on: "license", fault: "status:503" });
      await begin(page, {
        keySystem: WIDEVINE,
        path: "demo-single-key/manifest.mpd",
        options: { retry: { attempts: 2, base: 10 } },
      });
      await expect.poll(async () => (await errors(page)).length).toBeGreaterThan(0);
      const seen = await posts(run);
      expect(seen.length % 2, "attempts").toBe(0);
      expect((await events(page, "request")).length).toBe(query ? seen.length / 2 : seen.length);
    });

    test("a second load on the same player requests each license once, for the new content", async ({ page, run }) => {
      await openLab(page, run);
      await begin(page, { keySystem: WIDEVINE, path: "demo-single-key/manifest.mpd" });
      await expectPlaying(page);
      await run.forget();
      await page.evaluate(() => window.lab.load(window.lab.player, "demo-cbcs/manifest.mpd"));
      await expectPlaying(page);
      const seen = await posts(run);
      for (const { headers } of seen)
        expect(JSON.parse(Buffer.from(headers[HEADER], "base64").toString()).cid).toBe("demo-cbcs");
      expect(new Set(seen.map(({ bodyBase64 }) => bodyBase64)).size).toBe(seen.length);
      expect(await errors(page)).toEqual([]);
    });

    test("after detaching nothing of ours is on a request", async ({ page, run }) => {
      await openLab(page, run);
      await begin(page, { keySystem: WIDEVINE, path: "demo-single-key/manifest.mpd" });
      await expectPlaying(page);
      await run.forget();
      await page.evaluate(async () => {
        const { lab } = window;
        await lab.undo();
        await lab.undo(); // may be called twice
        lab.player.configure("drm.servers", { "com.widevine.alpha": `${lab.base}ri/licenseManager.do` });
        await lab.load(lab.player, "demo-cenc/manifest.mpd");
      });
      await expect.poll(async () => (await posts(run)).length).toBeGreaterThan(0);
      for (const { headers } of await posts(run)) expect(headers[HEADER]).toBeUndefined();
      expect(await run.requests("token")).toEqual([]);
    });

    test("undo tolerates a destroyed player, and a second attach after it works", async ({ page, run }) => {
      await openLab(page, run);
      await page.evaluate(async () => {
        const { lab } = window;
        lab.drm = await lab.client();
        const first = await lab.shakaPlayer("com.widevine.alpha");
        const undo = await lab.attachShaka(first, lab.drm);
        await first.destroy();
        await undo();
        const second = await lab.shakaPlayer("com.widevine.alpha");
        await lab.attachShaka(second, lab.drm);
        await lab.load(second, "demo-single-key/manifest.mpd");
      });
      await expectPlaying(page);
    });

    test("attached twice (a page that mounts twice), one token and one header per request", async ({ page, run }) => {
      await openLab(page, run);
      await page.evaluate(async () => {
        const { lab } = window;
        lab.drm = await lab.client();
        lab.player = await lab.shakaPlayer("com.widevine.alpha");
        const mount = async () => lab.attachShaka(lab.player, lab.drm);
        const first = mount();
        const unmounted = first.then((undo) => undo());
        const second = mount();
        await Promise.all([unmounted, second]);
        await lab.load(lab.player, "demo-single-key/manifest.mpd");
      });
      await expectPlaying(page);
      expect((await run.requests("token")).length).toBe((await posts(run)).length);
    });

    test("one refused session of two: the app gets our reason, and the other track has its key", async ({
      page,
      run,
    }) => {
      await openLab(page, run);
      await run.faults({ on: "license", fault: "error:7012", kid: VIDEO_KEY });
      await begin(page, { keySystem: WIDEVINE, path: "demo-cenc/manifest.mpd" });
      await expect
        .poll(async () => (await events(page, "error")).map(({ error }) => error.serverCode))
        .toContain("7012");
      await expect
        .poll(async () => (await errors(page)).some(({ ours }) => ours?.code === "content-id-mismatch"), {
          message: "Shaka's own error event has ours inside",
        })
        .toBe(true);
      expect((await events(page, "license")).length).toBeGreaterThan(0);
      await expectNoPicture(page);
    });

    for (const [name, fault, expected] of [
      ["an expired token", { on: "token", fault: "expires:1200" }, { code: "token-expired", serverCode: "7011" }],
      ["an empty answer", { on: "license", fault: "empty" }, { code: "not-a-license" }],
      [
        "the site's own refusal",
        { on: "license", fault: "site-error:E42:no subscription" },
        { serverCode: "8002", siteError: { code: "E42", message: "no subscription" } },
      ],
      ["a refusal whose code is a number", { on: "license", fault: "error-number:7001" }, { serverCode: "7001" }],
    ]) {
      test(`${name} reaches the app in Shaka's error and as an event`, { tag: ["@matrix", "@chromium"] }, async ({
        page,
        run,
      }) => {
        await openLab(page, run);
        await run.faults(fault);
        await begin(page, {
          keySystem: PLAYREADY,
          path: "demo-single-key/manifest.mpd",
          options: { contentId: "demo-single-key" },
        });
        await expect.poll(async () => (await errors(page)).length).toBeGreaterThan(0);
        expect((await errors(page))[0].ours).toMatchObject({ ...expected, isOurs: true });
        expect((await events(page, "error"))[0].error).toMatchObject(expected);
        await expectNoPicture(page);
      });
    }

    test("a backend that cannot make a token is reported, and no license is requested without one", {
      tag: "@matrix",
    }, async ({ page, run }) => {
      await openLab(page, run);
      await page.evaluate(async () => {
        const { lab } = window;
        lab.player = await lab.shakaPlayer("com.widevine.alpha");
        lab.drm = await lab.client({
          customData: async () => {
            throw new Error("the backend is down");
          },
        });
        await lab.attachShaka(lab.player, lab.drm);
        await lab.load(lab.player, "demo-single-key/manifest.mpd");
      });
      await expect
        .poll(async () => (await events(page, "error")).map(({ error }) => error.phase))
        .toContain("custom-data");
      expect(await posts(run)).toEqual([]);
    });
  });
