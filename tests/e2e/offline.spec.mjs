// shaka.offline.Storage with the adapter: a license is stored with the content, plays without a network, and is
// released. The bridge stores the license, because ClearKey cannot (www/bridge/README.md, `persistent`).
import { expect, expectPlaying, openLab, test } from "./fixture.mjs";

const DEVICE = { drms: ["widevine"], persistent: true };
const CONTENT = "demo-cenc/manifest.mpd";
const HEADER = "pallycon-customdata-v2";
const posts = async (run) => (await run.requests("license")).filter(({ method }) => method === "POST");
const download = (page, given) =>
  page.evaluate(
    async ([given, content]) => {
      await window.lab.storage(given);
      return window.lab.download(content);
    },
    [given, CONTENT],
  );
const play = (page, uri) =>
  page.evaluate(async (uri) => {
    const { lab } = window;
    lab.player = await lab.shakaPlayer("com.widevine.alpha");
    await lab.attachShaka(lab.player, (lab.drm ??= await lab.client()));
    await lab.player.load(uri);
    lab.video.play().catch(() => {});
  }, uri);

// Sessions and storage are the same script in every browser.
for (const [version, query] of [
  ["Shaka 5", ""],
  ["Shaka 4.13", "?shaka=4"],
])
  test.describe(version, { tag: "@chromium" }, () => {
    test("a stored license plays after the page has gone, without any request, and is released with its content", async ({
      page,
      run,
    }) => {
      await openLab(page, run, DEVICE, query);
      const uri = await download(page, {});
      expect(uri).toMatch(/^offline:/);
      const stored = await posts(run);
      expect(stored.length).toBeGreaterThan(0);
      for (const { headers, status } of stored) expect([!!headers[HEADER], status]).toEqual([true, 200]);

      await page.reload();
      await expect(page.locator("html[data-ready]")).toHaveCount(1);
      await run.forget();
      await page.route(/\/(media|ri|api)\//, (route) => route.abort());
      await play(page, uri);
      await expectPlaying(page);
      expect(
        (await run.requests()).filter(({ kind }) => kind !== "page"),
        "requests but the page's own",
      ).toEqual([]);
      expect(await page.evaluate(() => window.lab.playerErrors)).toEqual([]);

      await page.unroute(/\/(media|ri|api)\//);
      await page.evaluate(async (uri) => {
        await window.lab.player.unload();
        await window.lab.storage();
        await window.lab.store.remove(uri);
      }, uri);
      const released = await posts(run);
      expect(released.map(({ challenge, headers }) => [challenge, !!headers[HEADER]])).toEqual(
        stored.map(() => ["release", true]),
      );
    });

    test("store() rejects with the refused license, with ours inside", async ({ page, run }) => {
      await openLab(page, run, DEVICE, query);
      await run.faults({ on: "license", fault: "error:7011" });
      expect(await download(page, {})).toMatchObject({
        code: 6007,
        ours: { code: "token-expired", serverCode: "7011" },
      });
    });
  });

test("the Storage of an attached player has the player's filters, and no second ones", {
  tag: "@chromium",
}, async ({ page, run }) => {
  await openLab(page, run, DEVICE);
  await page.evaluate(async () => {
    const { lab } = window;
    lab.player = await lab.shakaPlayer("com.widevine.alpha");
    await lab.attachShaka(lab.player, (lab.drm = await lab.client()));
  });
  const uri = await page.evaluate(async (content) => {
    await window.lab.storage({ player: window.lab.player });
    return window.lab.download(content);
  }, CONTENT);
  expect(uri).toMatch(/^offline:/);
  expect((await run.requests("token")).length).toBe((await posts(run)).length);
});
