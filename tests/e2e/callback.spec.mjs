// The callback type from end to end: the page sends auth data, and the license server asks the site's callback page,
// which is ours.
import { createServer } from "node:http";
import { callbackHandler, createAuthData, nodeListener } from "../../dist/server.js";
import { DEMO } from "../../www/license-server/accounts.mjs";
import { expect, expectNoPicture, expectPlaying, openLab, test } from "./fixture.mjs";

/** The site's callback page, for one test. */
async function callbackPage(run, authorize) {
  const asked = [];
  const server = createServer(
    nodeListener(callbackHandler(DEMO, ({ request, ...rest }) => (asked.push(rest), authorize(rest)))),
  );
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  await fetch(run.url("api/callback"), {
    method: "POST",
    body: JSON.stringify({ url: `http://127.0.0.1:${server.address().port}/callback` }),
  });
  return {
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

async function play(page, run, userId) {
  const authData = await createAuthData(DEMO, {
    drmType: "Widevine",
    userId,
    contentId: "demo-single-key",
    orderId: "order-7",
  });
  await openLab(page, run);
  await page.evaluate(async (customData) => {
    const { lab } = window;
    lab.player = await lab.shakaPlayer("com.widevine.alpha");
    await lab.attachShaka(lab.player, await lab.client({ contentId: "demo-single-key", customData }));
    await lab.load(lab.player, "demo-single-key/manifest.mpd");
  }, authData);
}

test("the license server asks the callback page, and what that grants plays", async ({ page, run }) => {
  const site = await callbackPage(run, () => ({ policy: { playback_policy: { license_duration: 3600 } } }));
  await play(page, run, "ann");
  await expectPlaying(page);
  expect(site.asked[0]).toMatchObject({
    userId: "ann",
    contentId: "demo-single-key",
    orderId: "order-7",
    deviceType: "demo",
    drmType: "Widevine",
  });
  await site.close();
});

test("the callback page's refusal reaches the player as 8002, with the site's code and message", async ({
  page,
  run,
}) => {
  const site = await callbackPage(run, ({ userId }) => ({
    error: { code: "NO_ORDER", message: `no order of ${userId}` },
  }));
  await play(page, run, "bob");
  await expect.poll(() => page.evaluate(() => window.lab.playerErrors.length)).toBeGreaterThan(0);
  const [{ ours }] = await page.evaluate(() => window.lab.playerErrors);
  expect(ours).toMatchObject({
    serverCode: "8002",
    siteError: { code: "NO_ORDER", message: "no order of bob" },
    isOurs: true,
  });
  await expectNoPicture(page);
  await site.close();
});
