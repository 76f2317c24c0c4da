// video.js with contrib-eme and the adapter's key systems: every DRM really decrypts, and what the app reads in
// player.error().
import { expect, expectNoPicture, expectPlaying, test } from "./fixture.mjs";
import {
  HEADER,
  MPD,
  ONE_BROWSER,
  cdm,
  errors,
  events,
  expectNothingUncaught,
  failed,
  load,
  of,
  open,
  play,
  posts,
  tokenOf,
} from "./videojs.mjs";

test.afterEach(expectNothingUncaught);

test("contrib-eme 5.2, the oldest tested version: it plays, and a refusal is the player's error", {
  tag: "@chromium",
}, async ({ page, run }) => {
  await open(page, run, { drms: ["fairplay"], certificateOrder: "strict" }, "?eme=5.2");
  await run.faults({ on: "license", fault: "error:7012" });
  await play(page, "demo-cbcs/manifest.mpd", { options: { contentId: "demo-cbcs" } });
  await failed(page, { serverCode: "7012" });
  await run.faults();
  await load(page, "demo-cbcs/manifest.mpd");
  await expectPlaying(page);
  expect((await errors(page)).length).toBe(1);
});

const PLAYS = [
  ["widevine", "demo-cenc", "manifest.mpd"],
  ["widevine", "demo-cbcs", "hls/all.m3u8"],
  ["playready", "demo-cenc", "manifest.mpd"],
  ["playready", "demo-cbcs", "hls/playready.m3u8"],
  ["fairplay", "demo-cbcs", "manifest.mpd"],
  ["fairplay", "demo-cbcs", "hls/fairplay.m3u8"],
];
for (const [drm, content, path] of PLAYS) {
  test(
    `${drm} plays ${content}/${path}, with the token only on license requests`,
    path === "hls/all.m3u8" || path === "hls/fairplay.m3u8" ? ONE_BROWSER : { tag: ["@matrix", "@chromium"] },
    async ({ page, run }) => {
      await open(page, run, { drms: [drm] });
      await play(page, `${content}/${path}`, { options: { contentId: content } });
      await expectPlaying(page);
      await expect.poll(async () => (await posts(run)).length).toBe(2); // one per track
      for (const post of await posts(run)) {
        expect({ drm: post.drm, refused: post.refused, cid: tokenOf(post).cid }).toEqual({
          drm,
          refused: undefined,
          cid: content,
        });
      }
      for (const { kind, path, headers } of await run.requests())
        if (kind !== "license") expect(headers[HEADER], path).toBeUndefined();
      await expect
        .poll(
          async () =>
            new Set(
              (await events(page, "key-status")).filter(({ status }) => status === "usable").map(({ keyId }) => keyId),
            ).size,
        )
        .toBe(2);
      for (const context of await of(page, "contexts")) {
        expect(context).toMatchObject({
          drm,
          contentId: content,
          messageType: "license-request",
          sessionId: expect.stringMatching(/./),
          initData: expect.any(Number),
        });
        expect(context.initDataType).toBe(drm === "fairplay" ? "sinf" : "cenc");
      }
      expect(await errors(page)).toEqual([]);
      expect(await events(page, "error")).toEqual([]);
      expect((await run.requests("certificate")).length).toBe(drm === "fairplay" ? 1 : 0);
    },
  );
}

for (const [name, fault, ours] of [
  ["7011", { on: "token", fault: "expires:1200" }, { code: "token-expired", serverCode: "7011" }],
]) {
  test(`${name}: PallyCon's refusal is the player's error, once`, { tag: "@chromium" }, async ({ page, run }) => {
    await open(page, run, { drms: ["widevine"] });
    await run.faults(fault);
    await play(page);
    const error = await failed(page, ours);
    expect(error.message).toContain("PallyCon 7011: ");
    expect(error).toMatchObject({ type: "eme-failed-generate-license-request", keySystem: "com.widevine.alpha" });
    expect((await errors(page)).length).toBe(1);
    expect((await posts(run)).length).toBe(1);
    expect((await events(page, "error"))[0].error).toMatchObject(ours);
    expect(await of(page, "seen")).toEqual(["keysessioncreated", "licenserequestattempted"]);
    await expectNoPicture(page);
  });
}

test.describe("in one browser", ONE_BROWSER, () => {
  test("clearkey plays if it is named, with PallyCon's ClearKey endpoint and without custom data", async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: [] });
    await play(page, "demo-cenc/clearkey.mpd", {
      options: { contentId: "demo-cenc" },
      adapter: { drms: ["clearkey"] },
    });
    await expectPlaying(page);
    const seen = await run.requests("license");
    for (const { method, path, query, headers } of seen) {
      expect({ method, path, query, token: headers[HEADER] }).toEqual({
        method: "GET",
        path: "/ri/clearkey/licenseManager.do",
        query: "siteId=DEMO&cid=demo-cenc",
        token: undefined,
      });
    }
    expect(seen.length).toBeGreaterThan(0);
    expect(await run.requests("token")).toEqual([]);
  });

  test("three key systems, and ClearKey only if it is named: without another DRM contrib-eme reports that, and nothing is requested", async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: [] });
    await play(page, "demo-cenc/clearkey.mpd", { options: { contentId: "demo-cenc" } });
    await expect
      .poll(async () => (await errors(page)).map(({ type }) => type))
      .toContain("eme-failed-request-media-key-system-access");
    expect(await page.evaluate(() => Object.keys(window.lab.keySystems))).toEqual([
      "com.apple.fps",
      "com.microsoft.playready",
      "com.widevine.alpha",
    ]);
    expect(await run.requests("license")).toEqual([]);
  });

  for (const [name, fault, ours, tries] of [
    [
      "7012",
      { on: "license", fault: "error:7012" },
      { code: "content-id-mismatch", serverCode: "7012", message: expect.stringContaining("PallyCon 7012: ") },
    ],
    ["a sign-in page with status 200", { on: "license", fault: "html" }, { code: "not-a-license" }],
    ["403", { on: "license", fault: "status:403" }, { httpStatus: 403, retryable: false }],
    ["the network down", { on: "license", fault: "close" }, { code: "network", retryable: true }, 3],
  ]) {
    test(`${name} is the player's error, once, and the CDM gets nothing`, { tag: ["@matrix", "@chromium"] }, async ({
      page,
      run,
    }) => {
      await open(page, run, { drms: ["widevine"] });
      await run.faults(fault);
      await play(page);
      await failed(page, { ...ours, messageType: "license-request", keySystem: "com.widevine.alpha" });
      expect((await errors(page)).length).toBe(1);
      expect((await events(page, "request")).length).toBe(tries ?? 1);
      expect(await cdm(page, "license")).toEqual([]);
      await expectNoPicture(page);
    });
  }

  for (const drm of ["playready", "fairplay"]) {
    test(`${drm}: 7011 is the player's error`, { tag: ["@matrix", "@chromium"] }, async ({ page, run }) => {
      await open(page, run, { drms: [drm] });
      await run.faults({ on: "token", fault: "expires:1200" });
      await play(page, "demo-cbcs/manifest.mpd", { options: { contentId: "demo-cbcs" } });
      await failed(page, { code: "token-expired", serverCode: "7011" });
    });
  }

  test("a busy server is asked again, with a fresh token each time", { tag: ["@matrix", "@chromium"] }, async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: ["widevine"] });
    await run.faults({ on: "license", fault: "status:503", times: 2 });
    await play(page);
    await expectPlaying(page);
    expect((await posts(run)).map(({ status }) => status)).toEqual([503, 503, 200]);
    expect((await run.requests("token")).length).toBe(3);
    expect(await errors(page)).toEqual([]);
  });

  test("a token callback that throws is the player's error, with the callback's message", {
    tag: ["@matrix", "@chromium"],
  }, async ({ page, run }) => {
    await open(page, run, { drms: ["widevine"] });
    await page.evaluate(() => {
      window.lab.token = async () => {
        throw new Error("the backend is down");
      };
    });
    await play(page);
    const { message } = await failed(page, { code: "custom-data-failed" });
    expect(message).toContain("the backend is down");
    expect(await posts(run)).toEqual([]);
  });

  for (const [name, path] of [
    ["another source", "demo-cenc/manifest.mpd"],
    ["the same source", MPD],
  ]) {
    test(`after a refused license ${name} plays in the same player`, async ({ page, run }) => {
      await open(page, run, { drms: ["widevine"] });
      await run.faults({ on: "license", fault: "error:7012" });
      await play(page, MPD, {});
      await failed(page, { serverCode: "7012" });
      await run.faults();
      await load(page, path);
      await expectPlaying(page);
      expect(await page.evaluate(() => window.lab.player.error())).toBe(null);
      expect((await errors(page)).length).toBe(1);
    });
  }

  test("a license that the CDM refuses is contrib-eme's error; the same source plays afterwards", async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: ["widevine"] });
    await run.faults({ on: "license", fault: "flip:-5", times: 1 });
    await play(page);
    await expect.poll(async () => (await errors(page)).map(({ type }) => type)).toEqual(["eme-failed-update-session"]);
    await load(page, MPD);
    await expectPlaying(page);
    await page.evaluate(() => {
      window.__cdmBridge.log.length = 0;
    }); // one was refused, as it should be
  });

  test("a source loaded during the first one's license request plays, and gets no error of the first", async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: ["widevine"] });
    await run.faults({ on: "license", fault: "slow:30000", times: 1 });
    await play(page);
    await expect.poll(async () => (await posts(run)).length).toBe(1);
    await load(page, MPD);
    await expectPlaying(page);
    expect(await page.evaluate(() => window.lab.signals.map(({ aborted }) => aborted))).toEqual([true, false]);
    expect(await errors(page)).toEqual([]);
    expect(await events(page, "error")).toEqual([]);
  });

  test("a licensed source is not requested again: the same source once more sends nothing to the server", async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: ["widevine"] });
    await play(page);
    await expectPlaying(page);
    await load(page, MPD);
    await expect.poll(() => page.evaluate(() => window.lab.video.currentTime)).toBeLessThan(0.5);
    await expectPlaying(page);
    expect((await posts(run)).length).toBe(1);
  });

  for (const [name, fault, more] of [
    ["its license request", { on: "license", fault: "slow:30000" }, { drms: ["widevine"] }],
    ["its token", { on: "token", fault: "slow:30000" }, { drms: ["widevine"] }],
    ["its certificate", { on: "certificate", fault: "slow:500" }, { drms: ["fairplay"] }],
  ]) {
    test(`a player that is disposed of during ${name} throws nothing, and requests nothing more`, async ({
      page,
      run,
    }) => {
      await open(page, run, more);
      await run.faults(fault);
      await play(page, "demo-cbcs/manifest.mpd", { options: { contentId: "demo-cbcs" } });
      await expect
        .poll(async () => (await run.requests(fault.on)).filter(({ method }) => method !== "OPTIONS").length)
        .toBe(1);
      const ended = await page.evaluate(() => {
        window.lab.player.dispose();
        document.body.append(document.createElement("video"));
        return window.lab.signals.map(({ aborted }) => aborted);
      });
      expect(ended).toEqual(fault.on === "certificate" ? [] : [true]);
      // The next player's picture is later than anything that the first one still did.
      await run.faults();
      const before = (await posts(run)).length;
      expect(before).toBeLessThanOrEqual(1);
      await run.forget();
      await page.evaluate(() => {
        window.lab.video.muted = true;
      });
      await play(page, "demo-cbcs/manifest.mpd", { options: { contentId: "demo-cbcs" } });
      await expectPlaying(page);
      expect((await posts(run)).length).toBe(2);
      expect(await errors(page)).toEqual([]);
      expect(await events(page, "error")).toEqual([]);
    });
  }

  test("a renewal is reported as one to the token callback, is granted, and playback continues", {
    tag: ["@matrix", "@chromium"],
  }, async ({ page, run }) => {
    await open(page, run, { drms: ["widevine"], renewal: { after: 1 } });
    await play(page);
    await expectPlaying(page);
    await expect
      .poll(async () => (await of(page, "contexts")).map(({ messageType, reason }) => [messageType, reason]))
      .toContainEqual(["license-renewal", "renewal"]);
    await expect.poll(async () => (await posts(run)).map(({ challenge }) => challenge)).toContain("renewal");
    const [first, second] = await of(page, "contexts");
    expect([second.sessionId, second.keyIds]).toEqual([first.sessionId, first.keyIds]);
    expect(await errors(page)).toEqual([]);
  });

  test("a refused renewal does not affect playback while the key is valid, and is the player's error when it is not", async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: ["widevine"], renewal: { after: 1, expiresAfter: 4 } });
    await run.faults({ on: "license", fault: "error:7011", after: 1 });
    await play(page);
    await expectPlaying(page);
    await expect
      .poll(async () => (await events(page, "error")).map(({ error }) => [error.messageType, error.serverCode]))
      .toContainEqual(["license-renewal", "7011"]);
    expect((await events(page, "key-status")).map(({ status }) => status)).toEqual(["usable"]);
    expect(await errors(page)).toEqual([]);
    await failed(page, { serverCode: "7011", messageType: "license-request" });
    expect((await events(page, "key-status")).map(({ status }) => status)).toContain("expired");
  });

  test("several key systems in one source: the browser's is used, and no other certificate is fetched", async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: ["playready", "widevine"] });
    await play(page, "demo-cenc/manifest.mpd", {
      options: { contentId: "demo-cenc" },
      adapter: { drms: ["fairplay", "widevine", "playready"] },
    });
    await expectPlaying(page);
    expect(new Set((await posts(run)).map(({ drm }) => drm))).toEqual(new Set(["widevine"]));
    expect(await run.requests("certificate")).toEqual([]);
    expect(await errors(page)).toEqual([]);
  });

  test("options belong to the source: the content id and token of each", async ({ page, run }) => {
    await open(page, run, { drms: ["playready"] });
    await play(page, "demo-single-key/manifest.mpd", { adapter: { contentId: "demo-single-key" } });
    await expectPlaying(page);
    await page.evaluate(() =>
      window.lab.load(
        "demo-cenc/manifest.mpd",
        window.lab.pallyConKeySystems(window.lab.player, window.lab.drm, { contentId: "demo-cenc" }),
      ),
    );
    await expect.poll(async () => (await posts(run)).length).toBe(3);
    await expectPlaying(page);
    expect((await posts(run)).map((post) => tokenOf(post).cid)).toEqual(["demo-single-key", "demo-cenc", "demo-cenc"]);
    expect(await errors(page)).toEqual([]);
  });

  test("the client's dispose() ends it: a pending request is the player's error, and a new client plays", async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: ["widevine"] });
    await run.faults({ on: "license", fault: "slow:30000", times: 1 });
    await play(page);
    await expect.poll(async () => (await posts(run)).length).toBe(1);
    await page.evaluate(() => window.lab.drm.dispose());
    await failed(page, { code: "aborted" });
    expect(await events(page, "error")).toEqual([]);
    await load(page, "demo-single-key/hls/widevine.m3u8"); // with the key systems of a disposed client
    await expect.poll(async () => (await errors(page)).map(({ ours }) => ours?.code)).toEqual(["aborted", "aborted"]);
    await page.evaluate(async () => {
      const { lab } = window;
      lab.load(
        "demo-single-key/manifest.mpd",
        lab.pallyConKeySystems(lab.player, await lab.client({ contentId: "demo-single-key" })),
      );
    });
    await expectPlaying(page);
    expect((await posts(run)).length).toBe(2);
  });

  test("an untested version of video.js raises one warning, and is used", async ({ page, run }) => {
    await open(page, run, { drms: ["widevine"] });
    await page.evaluate(() => {
      window.lab.videojs.getComponent("Player").prototype.version = () => ({ "video.js": "10.0.0" });
    });
    await play(page);
    await expectPlaying(page);
    await page.evaluate(() => window.lab.pallyConKeySystems(window.lab.player, window.lab.drm));
    expect(
      (await events(page, "warning")).filter(({ code }) => code === "player-untested").map(({ message }) => message),
    ).toEqual([expect.stringContaining("video.js 10.0.0")]);
  });

  test("without contrib-eme, or before it is started, key systems are refused with an explanation", async ({
    page,
    run,
  }) => {
    await open(page, run);
    const refusals = await page.evaluate(async () => {
      const { lab } = window;
      const drm = await lab.client();
      const player = lab.videojs(lab.video);
      const refusal = (...args) => {
        try {
          lab.pallyConKeySystems(...args);
          return "accepted";
        } catch (error) {
          return error.toJSON();
        }
      };
      const before = refusal(player, drm);
      player.eme();
      return [
        before,
        refusal(player, drm),
        refusal(player, drm, { drms: ["none"] }),
        refusal(player, {}),
        refusal(null, drm),
        refusal(lab.video, drm),
      ];
    });
    expect(refusals[0]).toMatchObject({ code: "player-invalid", hint: expect.stringContaining("player.eme()") });
    expect(refusals[1]).toBe("accepted");
    expect(refusals.slice(2).map(({ code }) => code)).toEqual([
      "drm-invalid",
      "client-invalid",
      "player-invalid",
      "player-invalid",
    ]);
  });
});
