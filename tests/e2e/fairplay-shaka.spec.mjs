// FairPlay in Shaka: the certificate in time, the SPC as a form, the CKC decoded from text, and every failure in
// Shaka's own error.
import { expect, expectNoPicture, expectPlaying, expectSpcForm, openLab, test } from "./fixture.mjs";

const HEADER = "pallycon-customdata-v2";
const FAIRPLAY = "com.apple.fps";
const HLS = "demo-cbcs/hls/fairplay.m3u8";

const begin = (page, path = HLS, options = {}) =>
  page.evaluate(
    async ({ keySystem, path, options }) => {
      const { lab } = window;
      lab.player = await lab.shakaPlayer(keySystem);
      lab.drm = await lab.client({ contentId: "demo-cbcs", ...options });
      lab.undo = await lab.attachShaka(lab.player, lab.drm);
      await lab.load(lab.player, path);
    },
    { keySystem: FAIRPLAY, path, options },
  );
const posts = async (run) => (await run.requests("license")).filter(({ method }) => method === "POST");
const errors = (page) => page.evaluate(() => window.lab.playerErrors);
const events = (page, type) =>
  page.evaluate((wanted) => window.lab.events.filter((event) => event.type === wanted), type);
const cdm = (page, event) =>
  page.evaluate((wanted) => window.__cdmBridge.log.filter((entry) => entry.event === wanted), event);
const form = ({ bodyBase64 }) => Buffer.from(bodyBase64, "base64").toString("latin1");

for (const version of [5, 4]) {
  test.describe(`Shaka ${version}`, version === 4 ? { tag: "@chromium" } : {}, () => {
    const open = (page, run, bridge) =>
      openLab(page, run, { drms: ["fairplay"], ...bridge }, version === 4 ? "?shaka=4" : "");

    test("plays: the certificate first, the SPC as a form, the token only on license requests", async ({
      page,
      run,
    }) => {
      await open(page, run);
      await begin(page);
      await expectPlaying(page);
      const seen = await posts(run);
      expect(seen.length).toBe(2);
      for (const post of seen) {
        expectSpcForm(post);
        const token = JSON.parse(Buffer.from(post.headers[HEADER], "base64").toString());
        expect({ cid: token.cid, drm: token.drm_type.toLowerCase(), refused: post.refused }).toEqual({
          cid: "demo-cbcs",
          drm: "fairplay",
          refused: undefined,
        });
      }
      for (const { kind, path, headers } of await run.requests())
        if (kind !== "license") expect(headers[HEADER], path).toBeUndefined();
      expect((await run.requests("certificate")).filter(({ method }) => method === "GET").length).toBe(1);
      expect(await errors(page)).toEqual([]);
      expect((await events(page, "license")).length).toBe(2);
      await expect
        .poll(
          async () =>
            new Set(
              (await events(page, "key-status")).filter(({ status }) => status === "usable").map(({ keyId }) => keyId),
            ),
        )
        .toEqual(new Set(["01bfdc0fef9e4a7bbff8d3e2f4fbe1c6", "ebff6a7e5d2c4bfe9fbe07f3c9d84a2b"]));
      expect((await events(page, "init-data")).map(({ initData }) => initData.type)).toEqual(["sinf", "sinf"]);
    });

    test("a busy server is asked again: each attempt wraps the SPC once, and has its type and a fresh token", async ({
      page,
      run,
    }) => {
      await open(page, run);
      await run.faults({ on: "license", fault: "status:503", times: 1 });
      await begin(page);
      await expectPlaying(page);
      const seen = await posts(run);
      const first = seen.find(({ status }) => status === 503);
      const again = seen.filter((post) => form(post) === form(first));
      expect(again.map(({ status }) => status)).toEqual([503, 200]);
      for (const post of seen) expectSpcForm(post);
      // 4.13 runs its filters once for all attempts.
      expect((await run.requests("token")).length).toBe(version === 5 ? seen.length : seen.length - 1);
    });

    for (const [name, fault, expected] of [
      ["an expired token", { on: "token", fault: "expires:1200" }, { code: "token-expired", serverCode: "7011" }],
      ["a site without FairPlay", { on: "license", fault: "error:7301" }, { serverCode: "7301" }],
      ["an SPC under another certificate", { on: "license", fault: "error:7316" }, { serverCode: "7316" }],
      ["a sign-in page with status 200", { on: "license", fault: "html" }, { code: "not-a-license" }],
      [
        "a certificate that cannot be reached",
        { on: "certificate", fault: "close" },
        { phase: "certificate", retryable: true },
      ],
      ["a certificate that is a sign-in page", { on: "certificate", fault: "html" }, { phase: "certificate" }],
      [
        "a certificate that is an error",
        { on: "certificate", fault: "error:7301" },
        { phase: "certificate", serverCode: "7301" },
      ],
    ]) {
      // Cases that the matrix (players.spec.mjs) lacks, and the older version: `npm run players` only.
      const tag =
        version === 4 || /expired token|sign-in page under/.test(name) ? ["@matrix", "@chromium"] : "@chromium";
      test(`${name} is inside Shaka's own error, and nothing of it reaches the CDM`, { tag }, async ({ page, run }) => {
        await open(page, run);
        await run.faults(fault);
        await begin(page);
        await expect.poll(async () => (await errors(page)).filter(({ ours }) => ours).length).toBeGreaterThan(0);
        expect((await errors(page))[0].ours).toMatchObject({ ...expected, isOurs: true });
        expect((await events(page, "error"))[0].error).toMatchObject(expected);
        if (fault.on === "certificate") expect(await posts(run)).toEqual([]);
        expect(await cdm(page, "refused")).toEqual([]);
        expect(await cdm(page, "license")).toEqual([]);
        await expectNoPicture(page);
      });
    }
  });
}

test("a license with one flipped bit: the CDM refuses it, and nothing plays", async ({ page, run }) => {
  await openLab(page, run, { drms: ["fairplay"] });
  await run.faults({ on: "license", fault: "flip:-5" });
  await begin(page);
  await expect.poll(async () => (await cdm(page, "refused")).length).toBeGreaterThan(0);
  await expect.poll(async () => (await errors(page)).map(({ code }) => code)).toContain(6008);
  await expectNoPicture(page);
});

for (const fault of ["raw", "base64url", "ckc-xml", "ckc-json", "format-json"]) {
  test(`a CKC as ${fault} plays`, { tag: fault === "raw" ? "@chromium" : ["@matrix", "@chromium"] }, async ({
    page,
    run,
  }) => {
    await openLab(page, run, { drms: ["fairplay"] });
    await run.faults({ on: "license", fault });
    await begin(page);
    await expectPlaying(page);
  });
}

test("without FairPlay no certificate is fetched: Shaka requests it when it uses FairPlay", async ({ page, run }) => {
  await openLab(page, run, { drms: ["widevine", "fairplay"] });
  await page.evaluate(async () => {
    const { lab } = window;
    lab.player = await lab.shakaPlayer("com.widevine.alpha");
    await lab.attachShaka(lab.player, await lab.client());
    await lab.load(lab.player, "demo-single-key/manifest.mpd");
  });
  await expectPlaying(page);
  expect(await run.requests("certificate")).toEqual([]);
});

test("the app's own certificate in Shaka's configuration is kept, and undo restores the configuration", async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: ["fairplay"] });
  const result = await page.evaluate(async () => {
    const { lab } = window;
    const player = await lab.shakaPlayer("com.apple.fps");
    const drm = await lab.client();
    player.configure("drm.servers", { "com.apple.fps": "https://license.example/" });
    const undo = await lab.attachShaka(player, drm);
    const during = player.getConfiguration().drm.advanced["com.apple.fps"].serverCertificateUri;
    await undo();
    const { servers, advanced } = player.getConfiguration().drm;
    const after = advanced["com.apple.fps"]?.serverCertificateUri || "";
    player.configure("drm.advanced", { "com.apple.fps": { serverCertificateUri: "https://site.example/own.cer" } });
    await lab.attachShaka(player, drm);
    return {
      during,
      after,
      servers,
      own: player.getConfiguration().drm.advanced["com.apple.fps"].serverCertificateUri,
    };
  });
  expect(result.during).toMatch(/^data:/);
  expect(result.after).toBe("");
  expect(result.servers).toEqual({ "com.apple.fps": "https://license.example/" });
  expect(result.own).toBe("https://site.example/own.cer");
});

test("the asset id is sent after the SPC if the option asks for it", async ({ page, run }) => {
  await openLab(page, run, { drms: ["fairplay"] });
  await begin(page, HLS, { assetId: "Ab/cD++eSnu/+NPi9Pvhxg==" });
  await expectPlaying(page);
  for (const post of await posts(run)) {
    expectSpcForm(post);
    expect(form(post).split("&assetId=")[1]).toBe("Ab%2FcD%2B%2BeSnu%2F%2BNPi9Pvhxg%3D%3D");
  }
});

// Safari plays HLS natively (src=) and raises skd init data. No browser here does: a MediaSource that the page fills
// replaces the stream, and its init data are swapped for Safari's. Shaka sees a video that plays from src=.
async function beginNative(page, legacy) {
  await page.evaluate(async (legacy) => {
    const { lab } = window;
    const codec = 'video/mp4; codecs="avc1.4d4015"';
    const skd = "skd://Ab/cD++eSnu/+NPi9Pvhxg==";
    document.addEventListener(
      "encrypted",
      (event) => {
        if (event.initDataType !== "sinf") return;
        event.stopImmediatePropagation();
        const initData = new Uint16Array(Array.from(skd, (sign) => sign.charCodeAt(0))).buffer;
        lab.video.dispatchEvent(new MediaEncryptedEvent("encrypted", { initDataType: "skd", initData }));
      },
      true,
    );
    lab.shaka.polyfill.installAll();
    if (legacy) lab.shaka.polyfill.PatchedMediaKeysApple.install();
    // As in Safari, where Shaka's own polyfill calls the (perhaps polyfilled) EME, and a native stream has no codec to
    // request.
    navigator.mediaCapabilities.decodingInfo = async (configuration) => {
      const { keySystem } = configuration.keySystemConfiguration;
      const keySystemAccess = await navigator
        .requestMediaKeySystemAccess(keySystem, [
          { initDataTypes: ["skd"], videoCapabilities: [{ contentType: codec }] },
        ])
        .catch(() => null);
      return {
        supported: Boolean(keySystemAccess),
        smooth: true,
        powerEfficient: true,
        keySystemAccess,
        configuration,
      };
    };
    const source = new MediaSource();
    source.addEventListener(
      "sourceopen",
      async () => {
        const buffer = source.addSourceBuffer(codec);
        for (const name of ["init.mp4", "1.m4s", "2.m4s", "3.m4s"]) {
          buffer.appendBuffer(await (await fetch(lab.media(`demo-cbcs/video/${name}`))).arrayBuffer());
          await new Promise((resolve) => buffer.addEventListener("updateend", resolve, { once: true }));
        }
        source.endOfStream();
      },
      { once: true },
    );
    lab.player = await lab.shakaPlayer(legacy ? "com.apple.fps.1_0" : "com.apple.fps");
    lab.undo = await lab.attachShaka(lab.player, await lab.client({ contentId: "demo-cbcs", assetId: true }));
    void lab.load(lab.player, URL.createObjectURL(source), "video/mp4");
    lab.video.play().catch(() => {});
  }, legacy);
}

for (const [name, legacy] of [
  ["com.apple.fps, native", false],
  ["com.apple.fps.1_0, by Shaka's polyfill", true],
]) {
  test(`${name}: plays, and the content id keeps its / and +`, async ({ page, run }) => {
    await openLab(page, run, { drms: ["fairplay"], fairplay: legacy ? "legacy" : "modern" });
    await beginNative(page, legacy);
    await expectPlaying(page);
    const [post, ...more] = await posts(run);
    expect(more).toEqual([]);
    expectSpcForm(post);
    expect(form(post).split("&assetId=")[1]).toBe("Ab%2FcD%2B%2BeSnu%2F%2BNPi9Pvhxg%3D%3D");
    expect((await cdm(page, "challenge")).map(({ contentId }) => contentId)).toEqual(["Ab/cD++eSnu/+NPi9Pvhxg=="]);
    expect((await events(page, "warning")).map(({ code }) => code)).toEqual([]);
  });
}
