// Failures in hls.js: each refusal is one error of its own with ours inside, and the CDM only gets licenses.
import { expect, expectNoPicture, expectPlaying, openLab, test } from "./fixture.mjs";

const HEADER = "pallycon-customdata-v2";
const FAIRPLAY = ["demo-cbcs/hls/fairplay.m3u8", "demo-cbcs"];
const SINGLE = ["demo-single-key/hls/widevine.m3u8", "demo-single-key"];

const begin = (page, [path, contentId], { options = {}, ...setup } = {}) =>
  page.evaluate(
    ([path, setup]) => window.lab.hls(path, setup),
    [path, { options: { contentId, ...options }, ...setup }],
  );
const posts = async (run) => (await run.requests("license")).filter(({ method }) => method === "POST");
const errors = (page) => page.evaluate(() => window.lab.playerErrors);
const events = (page, type) =>
  page.evaluate((wanted) => window.lab.events.filter((event) => event.type === wanted), type);
const cdm = (page, event) =>
  page.evaluate((wanted) => window.__cdmBridge.log.filter((entry) => entry.event === wanted), event);
/** The first fatal error of hls.js, once there is one. */
async function fatal(page) {
  await expect.poll(async () => (await errors(page)).filter((error) => error.fatal).length).toBeGreaterThan(0);
  return (await errors(page)).find((error) => error.fatal);
}

for (const [name, fault, expected] of [
  ["an expired token", { on: "token", fault: "expires:1200" }, { code: "token-expired", serverCode: "7011" }],
  ["a site without FairPlay", { on: "license", fault: "error:7301" }, { serverCode: "7301" }],
  ["an SPC under another certificate", { on: "license", fault: "error:7316" }, { serverCode: "7316" }],
  ["a sign-in page with status 200", { on: "license", fault: "html" }, { code: "not-a-license" }],
  ["an empty answer", { on: "license", fault: "empty" }, { code: "not-a-license" }],
  ["JSON of another shape", { on: "license", fault: "json" }, { code: "not-a-license" }],
  [
    "the site's own refusal",
    { on: "license", fault: "site-error:E42:no subscription" },
    { serverCode: "8002", siteError: { code: "E42", message: "no subscription" } },
  ],
  ["a refusal by HTTP", { on: "license", fault: "status:403" }, { httpStatus: 403 }],
]) {
  test(
    `FairPlay: ${name} is hls.js's own fatal error, with ours inside`,
    fault.fault === "error:7301" ? { tag: "@chromium" } : { tag: ["@matrix", "@chromium"] },
    async ({ page, run }) => {
      await openLab(page, run, { drms: ["fairplay"] });
      await run.faults(fault);
      await begin(page, FAIRPLAY);
      const error = await fatal(page);
      expect(error).toMatchObject({ details: "keySystemLicenseRequestFailed", ours: { ...expected, isOurs: true } });
      expect(error.text).toBe(error.ours.message);
      expect(error.status).toBeGreaterThanOrEqual(400);
      expect(error.status).toBeLessThan(500);
      expect((await events(page, "error"))[0].error).toMatchObject(expected);
      // One request for each key: a refused request is not repeated.
      const bodies = (await posts(run)).map(({ bodyBase64 }) => bodyBase64);
      expect(new Set(bodies).size).toBe(bodies.length);
      expect(await cdm(page, "refused")).toEqual([]);
      expect(await cdm(page, "license")).toEqual([]);
      await expectNoPicture(page);
    },
  );
}

test("one refused license is one error, however many tracks wait for it, and loading can be restarted", {
  tag: "@chromium",
}, async ({ page, run }) => {
  await openLab(page, run, { drms: ["widevine"] });
  await run.faults({ on: "license", fault: "error:7012" });
  await begin(page, SINGLE);
  expect((await fatal(page)).ours).toMatchObject({ serverCode: "7012" });
  await run.faults();
  await page.evaluate(() => window.lab.player.startLoad());
  await expectPlaying(page);
  // The other track waited for the same key: hls.js was stopped, so it did not request it before loading restarted.
  expect((await posts(run)).map(({ fault }) => fault)).toEqual(["error:7012", undefined]);
  expect((await events(page, "error")).length).toBe(1);
  // (hls.js may report the same error twice, for the init segment and for the fragment after it.)
  expect(new Set((await errors(page)).filter((error) => error.fatal).map(({ nth }) => nth)).size).toBe(1);
});

for (const [name, fault, expected] of [
  ["that cannot be reached", { on: "certificate", fault: "close" }, { phase: "certificate", retryable: true }],
  ["that is a sign-in page", { on: "certificate", fault: "html" }, { phase: "certificate" }],
  [
    "that is PallyCon's error 7301",
    { on: "certificate", fault: "error:7301" },
    { phase: "certificate", serverCode: "7301" },
  ],
]) {
  test(`FairPlay: a certificate ${name} is hls.js's own fatal error, and no license is requested`, {
    tag: "@chromium",
  }, async ({ page, run }) => {
    await openLab(page, run, { drms: ["fairplay"] });
    await run.faults(fault);
    await begin(page, FAIRPLAY);
    expect((await fatal(page)).ours).toMatchObject({ ...expected, isOurs: true });
    expect(await posts(run)).toEqual([]);
    await expectNoPicture(page);
    expect((await events(page, "error"))[0].error).toMatchObject(expected);
  });
}

test("a certificate that failed to load earlier is available when it is needed", { tag: "@chromium" }, async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: ["fairplay"] });
  await run.faults({ on: "certificate", fault: "close" });
  const before = await page.evaluate(async () => {
    const early = await window.lab.client();
    return early.certificate("fairplay").catch((error) => error.code);
  });
  expect(before).toBe("network");
  await run.faults();
  await begin(page, FAIRPLAY);
  await expectPlaying(page);
});

test("hls.js asks a busy server again: the SPC unchanged, its type, and a fresh token", {
  tag: "@chromium",
}, async ({ page, run }) => {
  await openLab(page, run, { drms: ["fairplay"] });
  await run.faults({ on: "license", fault: "status:503", times: 1 });
  await begin(page, FAIRPLAY);
  await expectPlaying(page);
  const seen = await posts(run);
  const again = seen.filter(({ bodyBase64 }) => bodyBase64 === seen.find(({ status }) => status === 503).bodyBase64);
  expect(again.map(({ status }) => status)).toEqual([503, 200]);
  for (const { headers } of again) {
    expect(headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(headers[HEADER]).toBeTruthy();
  }
  expect((await run.requests("token")).length).toBe(seen.length);
  expect((await events(page, "retry")).map(({ attempt }) => attempt)).toEqual([1]);
  expect(await errors(page)).toEqual([]);
});

test("an unavailable server is asked as often as the options say, and then the error is fatal", {
  tag: "@chromium",
}, async ({ page, run }) => {
  await openLab(page, run, { drms: ["widevine"] });
  await run.faults({ on: "license", fault: "status:502" });
  await begin(page, SINGLE, { options: { retry: { attempts: 2, base: 10 } } });
  const error = await fatal(page);
  expect(error).toMatchObject({ details: "keySystemLicenseRequestFailed", ours: { retryable: true } });
  expect((await posts(run)).map(({ status }) => status)).toEqual([502, 502]);
  expect((await events(page, "retry")).length).toBe(1);
});

test("a response that exceeds the timeout is aborted and requested again", async ({ page, run }) => {
  await openLab(page, run, { drms: ["widevine"] });
  await run.faults({ on: "license", fault: "slow:20000", times: 1 });
  await begin(page, SINGLE, { options: { timeout: 700, retry: { base: 10 } } });
  await expectPlaying(page);
  expect((await events(page, "retry"))[0].error).toMatchObject({ code: "timeout" });
});

test("a license with one flipped bit: the CDM refuses it, and hls.js reports that", { tag: "@chromium" }, async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: ["fairplay"] });
  await run.faults({ on: "license", fault: "flip:-5" });
  await begin(page, FAIRPLAY);
  await expect
    .poll(async () => (await errors(page)).map(({ details }) => details))
    .toContain("keySystemSessionUpdateFailed");
  expect((await cdm(page, "refused")).length).toBeGreaterThan(0);
  await expectNoPicture(page);
});

test("a backend without a token: our error inside hls.js's, and no license is requested", { tag: "@chromium" }, async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: ["widevine"] });
  await page.evaluate(() => {
    window.lab.asked = 0;
    window.lab.token = async () => {
      window.lab.asked += 1;
      throw new Error("the backend is down");
    };
  });
  await page.evaluate(() =>
    window.lab.hls("demo-single-key/hls/widevine.m3u8", {
      options: { contentId: "demo-single-key", customData: (context) => window.lab.token(context) },
    }),
  );
  expect((await fatal(page)).ours).toMatchObject({ code: "custom-data-failed", phase: "custom-data" });
  expect(await posts(run)).toEqual([]);
  // hls.js calls a failed setup once more: the backend must not get a second request.
  expect(await page.evaluate(() => window.lab.asked)).toBe(1);
  expect((await events(page, "error")).length).toBe(1);
});

test("a backend that is busy once is asked again", { tag: "@chromium" }, async ({ page, run }) => {
  await openLab(page, run, { drms: ["widevine"] });
  await page.evaluate(() => {
    let first = true;
    const busy = async (context) => {
      if (first) {
        first = false;
        throw Object.assign(new Error("busy"), { retryable: true });
      }
      return window.lab.token(context);
    };
    return window.lab.hls("demo-single-key/hls/widevine.m3u8", {
      options: { contentId: "demo-single-key", customData: busy, retry: { base: 10 } },
    });
  });
  await expectPlaying(page);
  expect((await events(page, "retry"))[0].error).toMatchObject({ code: "custom-data-failed" });
});

test("FairPlay in MPEG-TS is refused with an explanation, before anything is requested", { tag: "@chromium" }, async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: ["fairplay"] });
  await page.route("**/video-fairplay.m3u8", async (route) => {
    const answer = await route.fetch();
    const text = (await answer.text()).replace(/#EXT-X-MAP.*\n/, "").replaceAll(".m4s", ".ts");
    await route.fulfill({ response: answer, body: text });
  });
  await page.route("**/*.ts", (route) =>
    route.fulfill({ body: Buffer.alloc(188 * 20, 0x47), contentType: "video/mp2t" }),
  );
  await begin(page, FAIRPLAY);
  expect((await fatal(page)).ours).toMatchObject({ code: "fairplay-mpeg-ts" });
  expect((await events(page, "error")).map(({ error }) => error.code)).toContain("fairplay-mpeg-ts");
});

test("hls.js destroyed during a license request: no error is reported", async ({ page, run }) => {
  await openLab(page, run, { drms: ["widevine"] });
  await run.faults({ on: "license", fault: "slow:1500" });
  await begin(page, SINGLE);
  await expect.poll(async () => (await posts(run)).length).toBeGreaterThan(0);
  await page.evaluate(async () => {
    window.lab.player.destroy();
    await window.lab.configured.dispose();
    await window.lab.configured.dispose(); // may be called twice
  });
  // The server is done with it, and there was no further request.
  await expect.poll(async () => (await posts(run)).every(({ status }) => status !== null)).toBe(true);
  expect((await posts(run)).length).toBe(1);
  expect(await events(page, "error")).toEqual([]);
  expect(await events(page, "retry")).toEqual([]);
});
