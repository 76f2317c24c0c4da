// dash.js: it plays with every DRM; failures are its own error with ours inside; sources change, players are destroyed,
// licenses are renewed.
import { expect, expectNoPicture, expectPlaying, openLab, test } from "./fixture.mjs";

const HEADER = "pallycon-customdata-v2";
const SINGLE = ["demo-single-key/manifest.mpd", "demo-single-key"];
const TWO_KEYS = ["demo-cenc/manifest.mpd", "demo-cenc"];
const FAIRPLAY = ["demo-cbcs/manifest.mpd", "demo-cbcs"];
const OLDEST = "dash/?dash=5.0";

const open = (page, run, bridge = { drms: ["widevine"] }, query = "dash/") => openLab(page, run, bridge, query);
const play = (page, [path, contentId] = SINGLE, { options = {}, adapter = {} } = {}) =>
  page.evaluate(
    ([path, setup]) => window.lab.play(path, setup),
    [path, { options: { contentId, ...options }, adapter }],
  );
const posts = async (run) => (await run.requests("license")).filter(({ method }) => method === "POST");
const errors = (page) => page.evaluate(() => window.lab.playerErrors);
const events = (page, type) =>
  page.evaluate((wanted) => window.lab.events.filter((event) => event.type === wanted), type);
const seen = (page, type) =>
  page.evaluate((wanted) => window.lab.seen.filter((event) => event.type === wanted).length, type);
/** Requests of the package, however the connection then ended. */
const sent = async (page) => (await events(page, "request")).length;
const cdm = (page, ...names) =>
  page.evaluate(
    (wanted) => window.__cdmBridge.log.filter(({ event }) => wanted.includes(event)).map(({ event }) => event),
    names,
  );
/** The first error that dash.js raises. */
async function firstError(page) {
  await expect.poll(async () => (await errors(page)).length).toBeGreaterThan(0);
  return (await errors(page))[0];
}

// Each test has its own page and server.
test.describe.configure({ mode: "parallel" });

/** Exceptions to the checks after each test, per test. */
const REFUSED = { annotation: { type: "the CDM refuses" } };
const UNDONE = { annotation: { type: "dash.js sends" } };

test.afterEach(async ({ page }) => {
  const [about] = test.info().annotations.map(({ type }) => type);
  expect(await page.evaluate(() => window.lab.unhandled), "uncaught errors").toEqual([]);
  // The CDM gets a license or nothing; and dash.js would reveal the token in this event.
  expect((await cdm(page, "refused")).length > 0, "the CDM was given something else").toBe(
    about === REFUSED.annotation.type,
  );
  expect((await seen(page, "public_licenseRequestSending")) > 0, "dash.js sent it").toBe(
    about === UNDONE.annotation.type,
  );
});

test("Widevine plays: one token and one license for each session, also in dash.js's own events", {
  tag: "@chromium",
}, async ({ page, run }) => {
  await open(page, run);
  await play(page, TWO_KEYS);
  await expectPlaying(page);
  await expect.poll(async () => (await events(page, "license")).length).toBe(2);
  const licenses = await posts(run);
  expect(licenses.map(({ status }) => status)).toEqual([200, 200]);
  expect((await run.requests("token")).length).toBe(2);
  expect(await errors(page)).toEqual([]);
  expect(await events(page, "error")).toEqual([]);
  expect(await events(page, "warning")).toEqual([]);
  for (const type of ["public_licenseRequestComplete", "public_keySessionUpdated"])
    expect(await seen(page, type), type).toBe(2);
  await expect
    .poll(async () => (await events(page, "key-status")).map(({ status }) => status))
    .toEqual(["usable", "usable"]);
});

test("7011 is dash.js's own error, with ours inside", { tag: ["@matrix", "@chromium"] }, async ({ page, run }) => {
  await open(page, run);
  await run.faults({ on: "token", fault: "expires:1200" });
  await play(page);
  const error = await firstError(page);
  expect(error).toMatchObject({
    code: 114,
    same: true,
    ours: {
      code: "token-expired",
      serverCode: "7011",
      messageType: "license-request",
      keySystem: "com.widevine.alpha",
      isOurs: true,
    },
  });
  expect(error.ours.serverMessage).toBeTruthy();
  for (const part of ["7011", error.ours.serverMessage, error.ours.hint]) expect(error.message).toContain(part);
  expect((await events(page, "error")).map(({ error: { code } }) => code)).toEqual(["token-expired"]);
  await expectNoPicture(page);
});

test.describe("in Chromium alone", { tag: "@chromium" }, () => {
  for (const [drm, content] of [
    ["playready", SINGLE],
    ["fairplay", FAIRPLAY],
    ["clearkey", ["demo-cenc/clearkey.mpd", "demo-cenc"]],
  ]) {
    test(`${drm} plays`, { tag: ["@matrix", "@chromium"] }, async ({ page, run }) => {
      await open(page, run, { drms: drm === "clearkey" ? [] : [drm] });
      await play(page, content);
      await expectPlaying(page);
      const licenses = (await run.requests("license")).filter(({ status }) => status === 200);
      expect(licenses.length).toBe((await events(page, "license")).length);
      for (const { headers } of licenses) expect(Boolean(headers[HEADER])).toBe(drm !== "clearkey");
      expect(await errors(page)).toEqual([]);
    });
  }

  for (const [drm, content] of [
    ["widevine", TWO_KEYS],
    ["playready", SINGLE],
    ["clearkey", ["demo-cenc/clearkey.mpd", "demo-cenc"]],
  ]) {
    test(`dash.js 5.0: ${drm} plays`, { tag: ["@matrix", "@chromium"] }, async ({ page, run }) => {
      await open(page, run, { drms: drm === "clearkey" ? [] : [drm] }, OLDEST);
      expect(await page.evaluate(() => window.lab.newPlayer().getVersion())).toMatch(/^5\.0\./);
      await play(page, content);
      await expectPlaying(page);
      expect(await errors(page)).toEqual([]);
      expect(await events(page, "warning")).toEqual([]);
    });
  }

  test("dash.js 5.0: 7011 is its own error, with ours inside", { tag: ["@matrix", "@chromium"] }, async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: ["widevine"] }, OLDEST);
    await run.faults({ on: "token", fault: "expires:1200" });
    await play(page);
    expect(await firstError(page)).toMatchObject({ code: 114, ours: { serverCode: "7011", isOurs: true } });
  });

  for (const [name, faults, expected, count] of [
    ["7012", { on: "license", fault: "error:7012" }, { code: "content-id-mismatch", serverCode: "7012" }, 1],
    ["HTML with status 200", { on: "license", fault: "html" }, { code: "not-a-license" }, 1],
    ["403", { on: "license", fault: "status:403" }, { httpStatus: 403 }, 1],
    ["a network that is down", { on: "license", fault: "close" }, { code: "network", retryable: true }, 3],
    ["a server that stays away", { on: "license", fault: "status:503" }, { httpStatus: 503, retryable: true }, 3],
  ]) {
    test(`${name}: dash.js's own error with ours inside, after as many requests as can help`, {
      tag: ["@matrix", "@chromium"],
    }, async ({ page, run }) => {
      await open(page, run);
      await run.faults(faults);
      await play(page);
      const error = await firstError(page);
      expect(error).toMatchObject({ code: 114, ours: { ...expected, messageType: "license-request", isOurs: true } });
      expect(error.ours.hint).toMatch(/\.$/);
      expect(error.message).toContain(error.ours.hint);
      expect(await sent(page)).toBe(count);
      expect((await events(page, "error")).map(({ error: { code } }) => code)).toEqual([error.ours.code]);
      expect(await cdm(page, "license")).toEqual([]);
      await expectNoPicture(page);
    });
  }

  test("a token callback that throws: dash.js's own error with the callback's message, and no request", {
    tag: ["@matrix", "@chromium"],
  }, async ({ page, run }) => {
    await open(page, run);
    await page.evaluate(() => {
      window.lab.token = () => {
        throw new Error("not signed in");
      };
    });
    await play(page);
    const error = await firstError(page);
    expect(error).toMatchObject({ code: 114, ours: { code: "custom-data-failed", phase: "custom-data" } });
    expect(error.message).toContain("not signed in");
    expect(await posts(run)).toEqual([]);
  });

  test("ClearKey: a page instead of a license is dash.js's own error", { tag: ["@matrix", "@chromium"] }, async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: [] });
    await run.faults({ on: "license", fault: "html" });
    await play(page, ["demo-cenc/clearkey.mpd", "demo-cenc"]);
    expect(await firstError(page)).toMatchObject({ code: 114, ours: { code: "not-a-license" } });
  });

  test("503 twice, then a license: each attempt has a fresh token and the unchanged challenge", {
    tag: ["@matrix", "@chromium"],
  }, async ({ page, run }) => {
    await open(page, run);
    await run.faults({ on: "license", fault: "status:503", times: 2 });
    await play(page);
    await expectPlaying(page);
    const attempts = await posts(run);
    expect(attempts.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(new Set(attempts.map(({ bodyBase64 }) => bodyBase64)).size).toBe(1);
    expect((await run.requests("token")).length).toBe(3);
    expect(await errors(page)).toEqual([]);
  });

  test("a second source plays after a failure, with the content id of its own init data", {
    tag: ["@matrix", "@chromium"],
  }, async ({ page, run }) => {
    await open(page, run);
    await run.faults({ on: "license", fault: "error:7011", times: 1 });
    await play(page, SINGLE, { options: { contentId: undefined } });
    await firstError(page);
    await page.evaluate(() => window.lab.load("demo-cenc/manifest.mpd"));
    await expectPlaying(page);
    const [, ...licenses] = await posts(run);
    expect(licenses.length).toBe(2);
    for (const { headers } of licenses)
      expect(JSON.parse(Buffer.from(headers[HEADER], "base64").toString()).cid).toBe("demo-cenc");
    expect((await errors(page)).length).toBe(1);
  });

  test("another source during a license request: the request ends silently, and the new source plays", async ({
    page,
    run,
  }) => {
    await open(page, run);
    await run.faults({ on: "license", fault: "slow:30000", times: 1 });
    await play(page);
    await expect.poll(async () => (await posts(run)).length).toBe(1);
    await page.evaluate(() => window.lab.load("demo-cenc/manifest.mpd"));
    await expectPlaying(page);
    expect((await posts(run)).length).toBe(3);
    expect(await errors(page)).toEqual([]);
    expect(await events(page, "error")).toEqual([]);
  });

  test("destroyed while a token is pending: no license is requested, nothing is raised, and undo is harmless", async ({
    page,
    run,
  }) => {
    await open(page, run);
    await page.evaluate(() => {
      window.lab.token = ({ signal }) =>
        new Promise((resolve) => {
          window.answer = () => {
            resolve("a token");
            return signal.aborted;
          };
        });
    });
    await play(page);
    await page.waitForFunction(() => window.answer);
    const aborted = await page.evaluate(async () => {
      window.lab.player.destroy();
      const aborted = window.answer();
      await new Promise((resolve) => {
        setTimeout(resolve);
      }); // everything that the token triggers has happened
      return aborted;
    });
    expect(aborted).toBe(true);
    await page.evaluate(async () => {
      await Promise.all([window.lab.undo(), window.lab.undo()]);
      await window.lab.drm.dispose();
    });
    expect(await sent(page)).toBe(0);
    expect(await errors(page)).toEqual([]);
    expect(await events(page, "error")).toEqual([]);
    // The element is free for another player.
    await page.evaluate(() => {
      window.lab.token = async (context) =>
        (
          await fetch(new URL(`../../api/drm/token?content_id=demo-single-key&drm=${context.drm}`, location.href))
        ).text();
    });
    await play(page);
    await expectPlaying(page);
  });

  test("a granted renewal has its own token and license", { tag: ["@matrix", "@chromium"] }, async ({ page, run }) => {
    await open(page, run, { drms: ["widevine"], renewal: { after: 0.5 } });
    await play(page);
    await expect.poll(async () => (await posts(run)).length).toBeGreaterThan(1);
    expect((await posts(run)).map(({ challenge }) => challenge).slice(0, 2)).toEqual(["new", "renewal"]);
    await expect.poll(async () => (await events(page, "license")).length).toBeGreaterThan(1);
    await expectPlaying(page);
    expect(await errors(page)).toEqual([]);
  });

  test("a refused renewal is dash.js's own error with the reason, and playback continues", {
    tag: ["@matrix", "@chromium"],
  }, async ({ page, run }) => {
    await open(page, run, { drms: ["widevine"], renewal: { after: 0.5 } });
    await run.faults({ on: "license", fault: "error:7011", after: 1 });
    await play(page);
    expect(await firstError(page)).toMatchObject({
      code: 114,
      ours: { serverCode: "7011", messageType: "license-renewal" },
    });
    await expectPlaying(page);
  });

  test("FairPlay: the CDM gets the certificate before the first request, however long it takes", async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: ["fairplay"] });
    await run.faults({ on: "certificate", fault: "slow:700" });
    await play(page, FAIRPLAY);
    await expectPlaying(page);
    expect((await cdm(page, "server-certificate", "generate-request"))[0]).toBe("server-certificate");
    expect((await run.requests("certificate")).length).toBe(1);
    for (const { headers } of await run.requests("certificate")) expect(headers[HEADER]).toBeUndefined();
  });

  for (const [name, fault, expected] of [
    ["that is a sign-in page", "html", { phase: "certificate" }],
    ["that is PallyCon's error 7301", "error:7301", { phase: "certificate", serverCode: "7301" }],
  ]) {
    test(`FairPlay: a certificate ${name} is one error of dash.js with ours inside, and the next source plays`, async ({
      page,
      run,
    }) => {
      await open(page, run, { drms: ["fairplay"] });
      await run.faults({ on: "certificate", fault });
      await play(page, FAIRPLAY);
      const error = await firstError(page);
      expect(error).toMatchObject({ code: 109, ours: { ...expected, isOurs: true } });
      expect(error.message).toContain(error.ours.hint);
      expect(await posts(run)).toEqual([]);
      await run.faults();
      await page.evaluate(() => window.lab.load("demo-cbcs/manifest.mpd"));
      await expectPlaying(page);
      expect((await errors(page)).length).toBe(1);
    });
  }

  test("without FairPlay no certificate is fetched; the app's own certificate is left to dash.js", async ({
    page,
    run,
  }) => {
    await open(page, run);
    await play(page);
    await expectPlaying(page);
    expect(await run.requests("certificate")).toEqual([]);
    await open(page, run, { drms: ["fairplay"] });
    await play(page, FAIRPLAY, {
      adapter: { protectionData: { "com.apple.fps": { certUrls: [run.url("ri/fpsCert.do?siteId=DEMO")] } } },
    });
    await expectPlaying(page);
    expect(
      (await run.requests("certificate")).map(({ path }) => path).every((path) => path.endsWith("fpsCert.do")),
    ).toBe(true);
  });

  test("the CDM gets a configured Widevine certificate before the first request; a failed one is not needed", async ({
    page,
    run,
  }) => {
    const certificate = { widevine: { url: run.url("ri/widevineCert.do?siteId=DEMO") } };
    await open(page, run, { drms: ["widevine"], serviceCertificateRequest: true });
    await play(page, SINGLE, { options: { certificate } });
    await expectPlaying(page);
    expect(await cdm(page, "server-certificate", "certificate-request", "generate-request")).toEqual([
      "server-certificate",
      "generate-request",
    ]);
    await run.faults({ on: "certificate", fault: "html" });
    await open(page, run);
    await play(page, SINGLE, { options: { certificate } });
    await expectPlaying(page);
    expect(await cdm(page, "server-certificate")).toEqual([]);
    expect(await errors(page)).toEqual([]);
    expect((await events(page, "error")).map(({ error: { phase } }) => phase)).toEqual(["certificate"]);
  });

  test("a CDM that requests its certificate first: the response is neither a license nor an error", async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: ["widevine"], serviceCertificateRequest: true });
    await play(page);
    await expectPlaying(page);
    expect(await events(page, "error")).toEqual([]);
    expect((await events(page, "license")).length).toBe(1);
  });

  for (const playreadyForm of ["utf8", "raw-odd", "crlf"]) {
    // dash.js leaves the first as it is, sends the second as it is, and cannot decode the third.
    test(`a PlayReady message plays in the form ${playreadyForm}`, async ({ page, run }) => {
      await open(page, run, { drms: ["playready"], playreadyForm });
      await play(page);
      await expectPlaying(page);
      for (const { headers, bodyBase64 } of await posts(run)) {
        expect(headers["content-type"]).toMatch(/^text\/xml/);
        expect(Buffer.from(bodyBase64, "base64").toString()).toMatch(/Envelope/);
      }
    });
  }

  test("the app's own settings for a key system are kept", async ({ page, run }) => {
    await open(page, run);
    await page.evaluate(() => {
      window.robustness = [];
      const ask = navigator.requestMediaKeySystemAccess.bind(navigator);
      navigator.requestMediaKeySystemAccess = (name, configurations) => {
        for (const { videoCapabilities = [] } of configurations)
          for (const { robustness } of videoCapabilities) if (robustness) window.robustness.push([name, robustness]);
        return ask(name, configurations);
      };
    });
    await play(page, SINGLE, {
      adapter: {
        protectionData: {
          "com.widevine.alpha": { videoRobustness: "SW_SECURE_DECODE", serverURL: "https://other.example/" },
        },
      },
    });
    await expectPlaying(page);
    expect(await page.evaluate(() => window.robustness)).toEqual([["com.widevine.alpha", "SW_SECURE_DECODE"]]);
    expect(await errors(page)).toEqual([]);
  });

  test("a license that the CDM refuses is dash.js's own error, with ours inside", REFUSED, async ({ page, run }) => {
    await open(page, run, { drms: ["fairplay"] });
    await run.faults({ on: "license", fault: "flip:-5", times: 1 });
    await play(page, FAIRPLAY);
    const error = await firstError(page);
    expect(error).toMatchObject({ code: 100, ours: { code: "license-rejected", phase: "session", isOurs: true } });
    expect(error.message).toContain(error.ours.hint);
    expect((await events(page, "error")).map(({ error: { code } }) => code)).toEqual(["license-rejected"]);
  });

  test("a second attach waits for the first undo, and one filter is left", async ({ page, run }) => {
    await open(page, run);
    await page.evaluate(async (contentId) => {
      const { lab } = window;
      lab.drm = await lab.client({ contentId });
      lab.player = lab.newPlayer();
      const attached = [
        lab.attachDash(lab.player, lab.drm),
        lab.attachDash(lab.player, lab.drm),
        lab.attachDash(lab.player, lab.drm),
      ];
      lab.undo = (await Promise.all(attached))[2];
      lab.load("demo-single-key/manifest.mpd");
    }, SINGLE[1]);
    await expectPlaying(page);
    expect((await posts(run)).length).toBe(1);
    expect((await run.requests("token")).length).toBe(1);
  });

  test(
    "after undo dash.js sends its own requests, as the app configured, and nothing of ours is on them",
    UNDONE,
    async ({ page, run }) => {
      await open(page, run, { drms: [] });
      const serverURL = run.url("ri/clearkey/licenseManager.do?siteId=DEMO&cid=demo-cenc");
      await page.evaluate(
        async (protectionData) => {
          const { lab } = window;
          lab.drm = await lab.client({ contentId: "demo-cenc" });
          lab.player = lab.newPlayer();
          lab.undo = await lab.attachDash(lab.player, lab.drm, { protectionData });
          await lab.undo();
          lab.load("demo-cenc/clearkey.mpd");
        },
        { "org.w3.clearkey": { serverURL } },
      );
      await expectPlaying(page);
      expect(await page.evaluate(() => window.lab.events)).toEqual([]);
    },
  );
});
