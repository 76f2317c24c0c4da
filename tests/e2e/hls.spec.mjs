// hls.js with the adapter's configuration: every DRM really decrypts, what goes over the wire, and which events the app
// gets.
import { expect, expectPlaying, expectSpcForm, openLab, test } from "./fixture.mjs";

const HEADER = "pallycon-customdata-v2";
const WIDEVINE = ["widevine"];
const FAIRPLAY = ["fairplay"];

const begin = (page, path, setup = {}) => page.evaluate(([path, setup]) => window.lab.hls(path, setup), [path, setup]);
const posts = async (run) => (await run.requests("license")).filter(({ method }) => method === "POST");
const errors = (page) => page.evaluate(() => window.lab.playerErrors);
const events = (page, type) =>
  page.evaluate((wanted) => window.lab.events.filter((event) => event.type === wanted), type);
const tokenOf = ({ headers }) => JSON.parse(Buffer.from(headers[HEADER], "base64").toString());

for (const [drm, content, path] of [
  ["widevine", "demo-cenc", "demo-cenc/hls/all.m3u8"],
  ["widevine", "demo-cbcs", "demo-cbcs/hls/widevine.m3u8"],
  ["playready", "demo-cenc", "demo-cenc/hls/playready.m3u8"],
  ["playready", "demo-cbcs", "demo-cbcs/hls/all.m3u8"],
  ["fairplay", "demo-cbcs", "demo-cbcs/hls/fairplay.m3u8"],
  ["fairplay", "demo-cbcs", "demo-cbcs/hls/all.m3u8"],
]) {
  test(
    `${drm} plays ${path}, with the token only on license requests`,
    /^demo-c(enc.hls.all|bcs.hls.fairplay)/.test(path) && drm !== "playready"
      ? { tag: "@chromium" }
      : { tag: ["@matrix", "@chromium"] },
    async ({ page, run }) => {
      await openLab(page, run, { drms: [drm] });
      await begin(page, path, { options: { contentId: content } });
      await expectPlaying(page);
      const seen = await posts(run);
      expect(seen.length).toBe(2); // one per track
      for (const post of seen) {
        expect({ drm: post.drm, refused: post.refused }).toEqual({ drm, refused: undefined });
        expect(tokenOf(post)).toMatchObject({ cid: content });
        expect(tokenOf(post).drm_type.toLowerCase()).toBe(drm);
      }
      for (const { kind, path, headers } of await run.requests())
        if (kind !== "license") expect(headers[HEADER], path).toBeUndefined();
      expect(await errors(page)).toEqual([]);
      expect((await events(page, "license")).length).toBe(2);
      await expect
        .poll(
          async () =>
            new Set(
              (await events(page, "key-status")).filter(({ status }) => status === "usable").map(({ keyId }) => keyId),
            ).size,
        )
        .toBe(2);
      expect((await events(page, "init-data")).length).toBeGreaterThan(0);
      expect(await events(page, "error")).toEqual([]);
    },
  );
}

test("clearkey plays with PallyCon's ClearKey endpoint, without custom data", { tag: "@chromium" }, async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: [] });
  await begin(page, "demo-cenc/hls/clearkey.m3u8", { options: { contentId: "demo-cenc" } });
  await expectPlaying(page);
  const seen = await run.requests("license");
  expect(seen.length).toBeGreaterThan(0);
  for (const { method, path, query, headers, drm } of seen) {
    expect({ method, path, drm }).toEqual({ method: "GET", path: "/ri/clearkey/licenseManager.do", drm: "clearkey" });
    expect(query).toBe("siteId=DEMO&cid=demo-cenc");
    expect(headers[HEADER]).toBeUndefined();
  }
  expect(await run.requests("token")).toEqual([]);
});

test("FairPlay: the SPC is a form of percent-encoded standard base64, byte for byte, with its type", {
  tag: "@chromium",
}, async ({ page, run }) => {
  await openLab(page, run, { drms: FAIRPLAY });
  await begin(page, "demo-cbcs/hls/fairplay.m3u8", { options: { contentId: "demo-cbcs" } });
  await expectPlaying(page);
  for (const post of await posts(run)) expectSpcForm(post);
});

test("FairPlay: the asset id is sent after the SPC if the option asks for it, with its / and +", {
  tag: "@chromium",
}, async ({ page, run }) => {
  await openLab(page, run, { drms: FAIRPLAY });
  await begin(page, "demo-cbcs/hls/fairplay.m3u8", { options: { contentId: "demo-cbcs", assetId: true } });
  await expectPlaying(page);
  const bodies = (await posts(run)).map(({ bodyBase64 }) => Buffer.from(bodyBase64, "base64").toString());
  expect(bodies.map((body) => body.split("&assetId=")[1]).sort()).toEqual([
    "6%2F9qfl0sS%2F6fvgfzydhKKw%3D%3D",
    "Ab%2FcD%2B%2BeSnu%2F%2BNPi9Pvhxg%3D%3D",
  ]);
  const [skd] = (await events(page, "init-data")).filter(({ initData }) => initData.type === "skd");
  expect(skd.initData.fairplay.assetId).toContain("/");
});

test("FairPlay: a CDM that fails to begin a renewal is reported as a refused renewal, and asked again", {
  tag: "@chromium",
}, async ({ page, run }) => {
  await openLab(page, run, { drms: FAIRPLAY });
  await page.evaluate(() => {
    const { requestMediaKeySystemAccess } = navigator;
    let failures = 1;
    const wrapped = async (...args) => {
      const access = await requestMediaKeySystemAccess.apply(navigator, args);
      const createMediaKeys = access.createMediaKeys.bind(access);
      access.createMediaKeys = async () => {
        const keys = await createMediaKeys();
        const createSession = keys.createSession.bind(keys);
        keys.createSession = (type) => {
          const session = createSession(type);
          const update = session.update.bind(session);
          session.update = (data) =>
            data.length === 5 && failures-- > 0 ? Promise.reject(new TypeError("no renewal now")) : update(data);
          return session;
        };
        return keys;
      };
      return access;
    };
    navigator.requestMediaKeySystemAccess = wrapped;
  });
  await begin(page, "demo-cbcs/hls/fairplay.m3u8", {
    options: { contentId: "demo-cbcs" },
    adapter: { renewal: { interval: 700 } },
  });
  const outcomes = async () =>
    (await events(page, "license-renewal")).map(({ outcome, error }) => [outcome, error?.code ?? null]);
  await expect.poll(outcomes).toContainEqual(["granted", null]);
  expect(await outcomes()).toContainEqual(["refused", "license-rejected"]);
  expect(await events(page, "error")).toEqual([]);
  await expectPlaying(page);
});

test("FairPlay: key ids of the playlist that differ from the media's are corrected, for every track", {
  tag: "@chromium",
}, async ({ page, run }) => {
  await openLab(page, run, { drms: FAIRPLAY });
  for (const [name, wrong] of [
    ["video", "0x000102030405060708090a0b0c0d0e0f"],
    ["audio", "0xf00102030405060708090a0b0c0d0e0f"],
  ]) {
    await page.route(`**/${name}-fairplay.m3u8`, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({
        response: answer,
        body: (await answer.text()).replace("METHOD=SAMPLE-AES,", `METHOD=SAMPLE-AES,KEYID=${wrong},`),
      });
    });
  }
  await begin(page, "demo-cbcs/hls/fairplay.m3u8", { options: { contentId: "demo-cbcs" } });
  await expectPlaying(page);
  expect((await posts(run)).flatMap(({ keyIds }) => keyIds).sort()).toEqual([
    "01bfdc0fef9e4a7bbff8d3e2f4fbe1c6",
    "ebff6a7e5d2c4bfe9fbe07f3c9d84a2b",
  ]);
  // hls.js looks for these among the key statuses; a missing one is an error a second later.
  const looked = await page.evaluate(() =>
    [window.lab.player.levels[0], window.lab.player.audioTracks[0]].map(({ details }) =>
      Array.from(details.fragments[0].decryptdata.keyId, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    ),
  );
  expect(looked).toEqual(["01bfdc0fef9e4a7bbff8d3e2f4fbe1c6", "ebff6a7e5d2c4bfe9fbe07f3c9d84a2b"]);
  expect(await errors(page)).toEqual([]);
});

test("FairPlay's certificate: a blob URL, fetched once for the page, revoked by dispose", { tag: "@chromium" }, async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: FAIRPLAY });
  await begin(page, "demo-cbcs/hls/fairplay.m3u8", { options: { contentId: "demo-cbcs" } });
  await expectPlaying(page);
  const result = await page.evaluate(async () => {
    const { lab } = window;
    const second = await lab.hlsConfig(lab.drm);
    const url = second.config.drmSystems["com.apple.fps"].serverCertificateUrl;
    const first = new Uint8Array(await (await fetch(url)).arrayBuffer())[0];
    await second.dispose();
    return {
      url,
      first,
      revoked: await fetch(url).then(
        () => false,
        () => true,
      ),
    };
  });
  expect(result).toEqual({ url: expect.stringMatching(/^blob:/), first: 0x30, revoked: true });
  expect((await run.requests("certificate")).filter(({ method }) => method === "GET").length).toBe(1);
});

test("without FairPlay no certificate is fetched", { tag: "@chromium" }, async ({ page, run }) => {
  await openLab(page, run, { drms: WIDEVINE });
  await begin(page, "demo-single-key/hls/all.m3u8", { options: { contentId: "demo-single-key" } });
  await expectPlaying(page);
  expect(await run.requests("certificate")).toEqual([]);
});

test("a configured Widevine certificate is set: no request for it at the license URL", {
  tag: "@chromium",
}, async ({ page, run }) => {
  await openLab(page, run, { drms: WIDEVINE, serviceCertificateRequest: true });
  await page.evaluate(() => {
    const certificate = { widevine: { url: `${window.lab.base}ri/widevineCert.do?siteId=DEMO` } };
    return window.lab.hls("demo-single-key/hls/widevine.m3u8", { options: { certificate } });
  });
  await expectPlaying(page);
  expect((await posts(run)).every(({ keyIds }) => keyIds.length > 0)).toBe(true);
});

// Forms of a CDM's message: hls.js alone fails on the odd length and sends the UTF-8 wrapper unchanged.
for (const form of ["utf16", "utf16-bom", "utf8", "raw", "raw-odd", "no-headers", "crlf", "content-header"]) {
  test(
    `PlayReady's message as ${form} reaches the server as SOAP, with its headers once`,
    form === "raw-odd" ? { tag: "@chromium" } : { tag: ["@matrix", "@chromium"] },
    async ({ page, run }) => {
      await openLab(page, run, { drms: ["playready"], playreadyForm: form });
      await begin(page, "demo-single-key/hls/playready.m3u8", { options: { contentId: "demo-single-key" } });
      await expectPlaying(page);
      for (const { headers, bodyBase64 } of await posts(run)) {
        expect(headers["content-type"]).toBe("text/xml; charset=utf-8");
        // A message without a list of headers has none to copy.
        if (!/raw|no-headers/.test(form))
          expect(headers.soapaction).toBe('"http://schemas.microsoft.com/DRM/2007/03/protocols/AcquireLicense"');
        const body = Buffer.from(bodyBase64, "base64").toString();
        expect(body).toMatch(/^\s*<(\?xml|soap)/);
        expect(body).not.toContain("PlayReadyKeyMessage");
      }
    },
  );
}

test("PlayReady's key ids in GUID order are reported as in the playlist", { tag: "@chromium" }, async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: ["playready"], guidKeyStatuses: true });
  await begin(page, "demo-single-key/hls/playready.m3u8", { options: { contentId: "demo-single-key" } });
  await expectPlaying(page);
  expect(new Set((await events(page, "key-status")).map(({ keyId }) => keyId))).toEqual(
    new Set(["9d3fe6bf10c74be9a2ffbe5c6df0b873"]),
  );
});

test("custom data in the URL: no header, and hls.js's own errors do not show it", { tag: "@chromium" }, async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: WIDEVINE });
  await run.faults({ on: "license", fault: "error:7001" });
  await begin(page, "demo-single-key/hls/widevine.m3u8", { options: { carrier: "url" } });
  await expect.poll(async () => (await errors(page)).length).toBeGreaterThan(0);
  const [post] = await posts(run);
  expect(post.headers[HEADER]).toBeUndefined();
  expect(post.query).toContain(`${HEADER}=`);
  expect(
    JSON.stringify([await errors(page), await events(page, "error"), await events(page, "request")]),
  ).not.toContain(HEADER);
});

test("a second source in the same Hls gets its own license", async ({ page, run }) => {
  await openLab(page, run, { drms: WIDEVINE });
  await begin(page, "demo-single-key/hls/widevine.m3u8");
  await expectPlaying(page);
  await run.forget();
  await page.evaluate(() => {
    window.lab.player.loadSource(window.lab.media("demo-cbcs/hls/widevine.m3u8"));
    window.lab.video.play().catch(() => {});
  });
  await expect.poll(async () => (await posts(run)).length).toBe(2);
  await expectPlaying(page);
  for (const post of await posts(run)) expect(tokenOf(post).cid).toBe("demo-cbcs");
  expect((await errors(page)).filter(({ fatal }) => fatal)).toEqual([]);
});

test("mounted, unmounted and mounted again (React's strict mode) on the same element: it plays, with one token per request", async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: FAIRPLAY });
  await page.evaluate(async () => {
    const { lab } = window;
    const options = { contentId: "demo-cbcs" };
    await lab.hls("demo-cbcs/hls/fairplay.m3u8", { options });
    const { player, configured, drm } = lab;
    const unmounted = (async () => {
      player.destroy();
      await configured.dispose();
      await drm.dispose();
    })();
    await Promise.all([unmounted, lab.hls("demo-cbcs/hls/fairplay.m3u8", { options })]);
  });
  await expectPlaying(page);
  expect((await run.requests("token")).length).toBe((await posts(run)).length);
  expect((await run.requests("certificate")).filter(({ method }) => method === "GET").length).toBe(1);
  expect((await errors(page)).filter(({ fatal }) => fatal)).toEqual([]);
});

test("after dispose nothing of ours is on a request", { tag: "@chromium" }, async ({ page, run }) => {
  await openLab(page, run, { drms: WIDEVINE });
  await page.evaluate(async () => {
    await window.lab.hls("demo-single-key/hls/widevine.m3u8");
    await window.lab.configured.dispose();
  });
  await expect.poll(async () => (await posts(run)).length).toBeGreaterThan(0);
  for (const { headers } of await posts(run)) expect(headers[HEADER]).toBeUndefined();
  expect(await run.requests("token")).toEqual([]);
});

test("an untested version of hls.js raises one warning, and is used", { tag: "@chromium" }, async ({ page, run }) => {
  await openLab(page, run, { drms: WIDEVINE });
  await page.evaluate(() => Object.defineProperty(window.lab.Hls, "version", { get: () => "9.0.0" }));
  await begin(page, "demo-cenc/hls/widevine.m3u8");
  await expectPlaying(page);
  expect(
    (await events(page, "warning")).filter(({ code }) => code === "player-untested").map(({ message }) => message),
  ).toEqual([expect.stringContaining("hls.js 9.0.0")]);
});
