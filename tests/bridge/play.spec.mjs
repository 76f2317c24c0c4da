// Bare players play really encrypted media through each simulated DRM; an altered license does not play.
import { catalog, events, expect, expectPlaying, keyIdsOf, test } from "./fixture.mjs";

const contentOf = (contentId) => catalog.find((content) => content.contentId === contentId);

const SHAKA = [
  ["widevine", "com.widevine.alpha", "demo-cenc"],
  ["widevine", "com.widevine.alpha", "demo-cbcs"],
  ["widevine", "com.widevine.alpha", "demo-single-key"],
  ["playready", "com.microsoft.playready", "demo-cenc"],
  ["playready", "com.microsoft.playready", "demo-cbcs"],
  ["fairplay", "com.apple.fps", "demo-cbcs"],
];

for (const [drm, keySystem, contentId] of SHAKA) {
  test(`Shaka plays ${contentId} through ${drm}`, async ({ lab }) => {
    const page = await lab.open({ drms: [drm] });
    await page.evaluate((options) => window.lab.shaka(options), {
      manifest: `media/${contentOf(contentId).dash}`,
      contentId,
      drm,
      keySystem,
    });
    await expectPlaying(page);
    // Shaka may request again when the media repeat the manifest's init data (in Firefox): so this compares which keys,
    // not how often.
    const licenses = (await lab.requests()).filter(
      (request) => request.kind === "license" && request.method === "POST",
    );
    expect(new Set(licenses.map((request) => request.drm))).toEqual(new Set([drm]));
    expect(new Set(licenses.flatMap((request) => request.keyIds))).toEqual(new Set(keyIdsOf(contentId)));
    const seen = await page.evaluate(() => JSON.stringify(window.__cdmBridge.log));
    for (const track of contentOf(contentId).tracks) expect(seen).not.toContain(track.key);
  });
}

const HLS = [
  ["fairplay", "com.apple.fps", "demo-cbcs", "hlsSkd"],
  ["fairplay", "com.apple.fps", "demo-cbcs", "hls"],
  ["widevine", "com.widevine.alpha", "demo-cbcs", "hlsWidevine"],
  ["widevine", "com.widevine.alpha", "demo-cenc", "hls"],
  ["playready", "com.microsoft.playready", "demo-cbcs", "hlsPlayready"],
];

for (const [drm, keySystem, contentId, list] of HLS) {
  test(`hls.js plays ${contentId} (${list}) through ${drm}`, async ({ lab }) => {
    const page = await lab.open({ drms: [drm] });
    await page.evaluate((options) => window.lab.hls(options), {
      playlist: `media/${contentOf(contentId)[list]}`,
      contentId,
      drm,
      keySystem,
    });
    await expectPlaying(page);
    expect(await page.evaluate(() => document.querySelector("video").mediaKeys instanceof MediaKeys)).toBe(true);
  });
}

for (const [drm, keySystem, at] of [
  ["widevine", "com.widevine.alpha", 60],
  ["playready", "com.microsoft.playready", -190],
]) {
  test(`a ${drm} license with one flipped bit stops Shaka`, async ({ lab }) => {
    const page = await lab.open({ drms: [drm] });
    await lab.faults({ on: "license", fault: `flip:${at}` });
    await page.evaluate((options) => window.lab.shaka(options), {
      manifest: "media/demo-single-key/manifest.mpd",
      contentId: "demo-single-key",
      drm,
      keySystem,
    });
    await expect.poll(() => page.evaluate(() => window.lab.errors.join())).toContain("6008");
    expect(await events(page)).toContain("refused");
    expect(await page.evaluate(() => document.querySelector("video").getVideoPlaybackQuality().totalVideoFrames)).toBe(
      0,
    );
  });
}

test("a CKC with one flipped bit stops hls.js", async ({ lab }) => {
  const page = await lab.open({ drms: ["fairplay"] });
  await lab.faults({ on: "license", fault: "flip:30" });
  await page.evaluate((options) => window.lab.hls(options), {
    playlist: "media/demo-cbcs/hls/fairplay.m3u8",
    contentId: "demo-cbcs",
    drm: "fairplay",
    keySystem: "com.apple.fps",
  });
  await expect.poll(() => page.evaluate(() => window.lab.errors.join())).toContain("keySystemSessionUpdateFailed");
  expect(await page.evaluate(() => document.querySelector("video").getVideoPlaybackQuality().totalVideoFrames)).toBe(0);
});

test("a Widevine CDM that requests its certificate first plays", async ({ lab }) => {
  const page = await lab.open({ drms: ["widevine"], serviceCertificateRequest: true });
  await page.evaluate((options) => window.lab.shaka(options), {
    manifest: "media/demo-single-key/manifest.mpd",
    contentId: "demo-single-key",
    drm: "widevine",
    keySystem: "com.widevine.alpha",
  });
  await expectPlaying(page);
  expect(await events(page)).toEqual(
    expect.arrayContaining(["certificate-request", "certificate", "challenge", "license"]),
  );
});

for (const { contentId, dashClearkey, hlsClearkey } of catalog) {
  for (const [player, source] of [
    ["Shaka", dashClearkey],
    ["hls.js", hlsClearkey],
  ]) {
    test(`${player} plays ${contentId} through ClearKey without the bridge`, async ({ lab }) => {
      const page = await lab.open();
      await page.evaluate((options) => window.lab.clearkey(options), { player, source: `media/${source}`, contentId });
      await expectPlaying(page);
      expect(await events(page)).not.toContain("challenge");
    });
  }
}

test("ClearKey remains the browser's own", async ({ lab }) => {
  const page = await lab.open();
  const seen = await page.evaluate(async () => {
    const access = await navigator.requestMediaKeySystemAccess("org.w3.clearkey", [
      { initDataTypes: ["keyids"], videoCapabilities: [{ contentType: 'video/mp4; codecs="avc1.4d4015"' }] },
    ]);
    return [
      access.keySystem,
      Object.prototype.toString.call(await access.createMediaKeys()),
      window.__cdmBridge.log.length,
    ];
  });
  expect(seen).toEqual(["org.w3.clearkey", "[object MediaKeys]", 0]);
});
