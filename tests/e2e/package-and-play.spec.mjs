// From the key server to the picture: keys by CPIX, the real Shaka Packager with our view of them, and playback through
// the package.
import { kmsUrl, requestContentKeys, toShakaPackager } from "../../dist/server.js";
import { DEMO } from "../../www/license-server/accounts.mjs";
import { expect, expectNoPicture, expectPlaying, openLab, test } from "./fixture.mjs";
import { packageClip, packageHls, packagePeriods, packageRotating } from "./packager.mjs";

const KEY_SYSTEMS = { widevine: "com.widevine.alpha", playready: "com.microsoft.playready" };

/** Keys from the key server of this test's run; its license endpoints know them from then on. */
async function keys(run, options) {
  const url = await kmsUrl({ kind: "v2", token: DEMO.kmsToken, base: run.url() });
  return requestContentKeys(url, { contentId: "packed-film", systems: ["widevine", "playready"], ...options });
}

const play = (page, keySystem, path, { keyRotation = false } = {}) =>
  page.evaluate(
    async ({ keySystem, path, keyRotation }) => {
      const { lab } = window;
      const rotating = async ({ contentId, drm }) =>
        (
          await fetch(
            `${lab.base}api/drm/token?${new URLSearchParams({ content_id: contentId, drm, key_rotation: "true" })}`,
          )
        ).text();
      lab.player = await lab.shakaPlayer(keySystem);
      await lab.attachShaka(
        lab.player,
        await lab.client({ contentId: "packed-film", ...(keyRotation && { customData: rotating }) }),
      );
      await lab.load(lab.player, path);
    },
    { keySystem, path, keyRotation },
  );

const name = (...parts) => parts.join("-");

for (const [drm, keySystem] of Object.entries(KEY_SYSTEMS)) {
  for (const scheme of ["cenc", "cbcs"]) {
    test(`${drm}: the packager's output in ${scheme}, with separate keys for audio and video, plays`, async ({
      page,
      run,
    }, info) => {
      const pack = await keys(run, { tracks: ["AUDIO", "SD"], scheme, hardwareDrm: true });
      const path = packageClip(name(info.project.name, drm, scheme), await toShakaPackager(pack));
      await openLab(page, run);
      await play(page, keySystem, path);
      await expectPlaying(page);
      expect(await page.evaluate(() => window.lab.playerErrors)).toEqual([]);
      // Both keys of the response, and no other, were in the licenses. Shaka collects statuses for a while before it
      // reports them.
      const statuses = async () => Object.keys(await page.evaluate(() => window.lab.player.getKeyStatuses())).sort();
      await expect.poll(statuses).toEqual(pack.content_key_list.map((key) => key.key_id_hex).sort());
      const [license] = await run.requests("license");
      expect(JSON.parse(Buffer.from(license.headers["pallycon-customdata-v2"], "base64").toString()).cid).toBe(
        "packed-film",
      );
    });
  }
}

test("one key for all, by version 1, plays too", async ({ page, run }, info) => {
  const url = await kmsUrl({ kind: "v1", token: DEMO.kmsToken, base: run.url() });
  const pack = await requestContentKeys(url, { contentId: "packed-film", systems: ["widevine"], kind: "v1" });
  await openLab(page, run);
  await play(page, KEY_SYSTEMS.widevine, packageClip(name(info.project.name, "single"), await toShakaPackager(pack)));
  await expectPlaying(page);
});

test("fairplay: HLS in cbcs, with the key server's URI in the packager's playlists, plays @chromium", async ({
  page,
  run,
}, info) => {
  const pack = await keys(run, { systems: ["widevine", "fairplay"], scheme: "cbcs" });
  const path = packageHls(name(info.project.name, "fairplay"), await toShakaPackager(pack));
  await openLab(page, run, { drms: ["fairplay"] });
  await play(page, "com.apple.fps", path);
  await expectPlaying(page);
  expect(await page.evaluate(() => window.lab.playerErrors)).toEqual([]);
  const [{ key_id_hex: id }] = pack.content_key_list;
  await expect
    .poll(() =>
      page.evaluate(() =>
        window.lab.events
          .filter((event) => event.type === "key-status" && event.status === "usable")
          .map((event) => event.keyId),
      ),
    )
    .toContain(id);
});

for (const [drm, keySystem] of Object.entries(KEY_SYSTEMS)) {
  test(`${drm}: rotating keys, with one packager run per key period, play to the end @chromium`, async ({
    page,
    run,
  }, info) => {
    const pack = await keys(run, { tracks: ["AUDIO", "SD"], keyPeriods: [7, 8, 9] });
    expect(new Set(pack.content_key_list.map((key) => key.key_id_hex)).size).toBe(6);
    const periods = await Promise.all([7, 8, 9].map((period) => toShakaPackager(pack, { period })));
    const path = packagePeriods(name(info.project.name, drm, "rotating"), periods);
    await openLab(page, run);
    await play(page, keySystem, path, { keyRotation: true });
    await expectPlaying(page);
    await expect
      .poll(() => page.evaluate(() => document.querySelector("video").ended), {
        message: "the last key period was played",
        timeout: 20_000,
      })
      .toBe(true);
    expect(await page.evaluate(() => window.lab.playerErrors)).toEqual([]);
    // A license for the keys of every period, each with a token that allows rotation.
    const licenses = await run.requests("license");
    expect([...new Set(licenses.flatMap((license) => license.keyIds))].sort()).toEqual(
      pack.content_key_list.map((key) => key.key_id_hex).sort(),
    );
    for (const { headers } of licenses)
      expect(JSON.parse(Buffer.from(headers["pallycon-customdata-v2"], "base64").toString()).key_rotation).toBe(true);
  });
}

test("Shaka Packager rotates raw keys by shifting bytes, so its own rotation is useless @chromium", async ({
  run,
}, info) => {
  const pack = await keys(run, {});
  const [{ key_id_hex: id }] = pack.content_key_list;
  const { said, segments } = packageRotating(name(info.project.name, "naive"), await toShakaPackager(pack));
  expect(said).toContain("naive key rotation algorithm should not be used in production");
  const turned = (by) => Buffer.from(id.slice(2 * by) + id.slice(0, 2 * by), "hex");
  segments.forEach((segment, at) =>
    expect(segment.includes(turned(at)), `segment ${at + 1} has the first key id, turned by ${at}`).toBe(true),
  );
});

test("content packaged with a key other than the license's does not play", async ({ page, run }, info) => {
  const pack = await keys(run, { tracks: ["AUDIO", "SD"] });
  // One bit of each key is flipped: the id stays, so the license is issued, and decryption outputs noise.
  for (const key of pack.content_key_list)
    key.key_hex = key.key_hex.replace(/.$/, (digit) => (parseInt(digit, 16) ^ 1).toString(16));
  await openLab(page, run);
  await play(page, KEY_SYSTEMS.widevine, packageClip(name(info.project.name, "wrong"), await toShakaPackager(pack)));
  await expect
    .poll(async () => (await page.evaluate(() => window.lab.playerErrors)).length, { message: "the player's error" })
    .toBeGreaterThan(0);
  await expectNoPicture(page);
});
