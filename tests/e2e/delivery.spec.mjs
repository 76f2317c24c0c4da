// Delivery through the players: the limit for all attempts, the circuit, an offline browser. The decisions are tested
// in src/delivery and tests/js/delivery.test.mjs; these tests check that each adapter applies them, and what the app
// gets.
import { expect, openLab, test } from "./fixture.mjs";

const CONTENT = "demo-single-key";
/** By player: its lab, how to start it with options of the client, and how to request again with the same client. */
const PLAYERS = {
  Shaka: {
    begin: (page, options) =>
      page.evaluate(async (options) => {
        const { lab } = window;
        lab.player = await lab.shakaPlayer("com.widevine.alpha");
        lab.drm = await lab.client(options);
        lab.undo = await lab.attachShaka(lab.player, lab.drm);
        await lab.load(lab.player, "demo-single-key/manifest.mpd");
      }, options),
    again: (page) => page.evaluate(() => window.lab.load(window.lab.player, "demo-single-key/manifest.mpd")),
  },
  "hls.js": {
    begin: (page, options) =>
      page.evaluate((options) => window.lab.hls("demo-single-key/hls/widevine.m3u8", { options }), options),
    again: (page) => page.evaluate(() => window.lab.player.startLoad()),
  },
  "a bare element": {
    begin: (page, options) =>
      page.evaluate(async (options) => {
        await window.lab.bare({ media: {}, options });
        await window.lab.feed("demo-single-key");
      }, options),
    again: (page) => page.evaluate(() => window.lab.feed("demo-single-key")),
  },
  "rx-player": {
    lab: "rx-player/",
    begin: (page, options) =>
      page.evaluate(
        (options) =>
          window.lab.play("demo-single-key/manifest.mpd", { adapter: { contentId: "demo-single-key" }, options }),
        options,
      ),
    again: (page) =>
      page.evaluate(() =>
        window.lab.play("demo-single-key/manifest.mpd", { adapter: { contentId: "demo-single-key" } }),
      ),
  },
};
const posts = async (run) => (await run.requests("license")).filter(({ method }) => method === "POST");
const events = (page, type) =>
  page.evaluate((wanted) => window.lab.events.filter((event) => event.type === wanted), type);
const codes = async (page) => (await events(page, "error")).map(({ error }) => error.code);
/** What the app gets from the player. */
const ofPlayer = (page) => page.evaluate(() => window.lab.playerErrors.map((error) => (error.ours ?? error).code));

test.describe.configure({ mode: "parallel" });

for (const [name, { lab = "", begin, again }] of Object.entries(PLAYERS))
  test.describe(name, { tag: "@chromium" }, () => {
    const open = (page, run) => openLab(page, run, { drms: ["widevine"] }, lab);

    test("retry.total ends the attempts", async ({ page, run }) => {
      await open(page, run);
      await run.faults({ on: "license", fault: "status:503:retry-after=3" });
      await begin(page, { contentId: CONTENT, retry: { attempts: 9, base: 1, total: 2500 } });
      await expect.poll(() => codes(page)).toContain("server-unavailable");
      await expect.poll(() => ofPlayer(page)).toContain("server-unavailable");
      expect(await events(page, "retry")).toEqual([]);
      const [{ record }] = await events(page, "error");
      expect(record).toMatchObject({
        outcome: "server-unavailable",
        attempts: 1,
        codes: ["server-unavailable"],
        drm: "widevine",
      });
    });

    test("the circuit opens: the next request is refused before it is sent", async ({ page, run }) => {
      await open(page, run);
      await run.faults({ on: "license", fault: "status:503" });
      const options = { contentId: CONTENT, retry: { attempts: 2, base: 1, circuit: { refusals: 2, pause: 600_000 } } };
      await begin(page, options);
      await expect.poll(() => codes(page)).toContain("server-unavailable");
      expect((await events(page, "delivery"))[0]).toMatchObject({ state: "paused", reason: "circuit-open" });
      const [sent, tokens] = [(await posts(run)).length, (await run.requests("token")).length];
      const code = await page.evaluate(() =>
        window.lab.drm.requestLicense("widevine", new Uint8Array([8, 1])).then(
          () => "",
          (error) => error.code,
        ),
      );
      expect(code).toBe("circuit-open");
      // The same client, with a request from the player.
      await again(page);
      await expect.poll(() => ofPlayer(page)).toContain("circuit-open");
      expect([(await posts(run)).length, (await run.requests("token")).length]).toEqual([sent, tokens]);
    });

    test("an offline browser is waited for, which costs no attempt", async ({ page, run, context }) => {
      await open(page, run);
      // Offline from the moment the first token is available: the license cannot be requested.
      await page.exposeFunction("goOffline", () => context.setOffline(true));
      await page.evaluate(() => {
        const { lab } = window;
        const { token } = lab;
        let went;
        // The page learns of it a moment later.
        const offline = () => new Promise((resolve) => addEventListener("offline", resolve, { once: true }));
        lab.token = async (given) => {
          const value = await token(given);
          went ??= Promise.all([offline(), window.goOffline()]);
          await went;
          return value;
        };
      });
      // What the player or the page loads in the meantime may fail, too.
      const begun = begin(page, { contentId: CONTENT, retry: { attempts: 1 } }).catch(() => {});
      await expect
        .poll(async () => (await events(page, "delivery")).map(({ state, reason }) => `${state} ${reason}`), {
          timeout: 15_000,
        })
        .toContain("paused offline");
      await context.setOffline(false);
      await begun;
      await expect.poll(async () => (await events(page, "license")).length, { timeout: 15_000 }).toBeGreaterThan(0);
      expect(await codes(page)).toEqual([]);
      expect((await events(page, "license"))[0].record).toMatchObject({ attempts: 1, outcome: "licensed" });
    });
  });
