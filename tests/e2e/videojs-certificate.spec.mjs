// Certificates in video.js with contrib-eme: set before the first request, fetched once, and refused.
import { expect, expectPlaying, test } from "./fixture.mjs";
import { MPD, ONE_BROWSER, errors, expectNothingUncaught, failed, load, open, play, posts } from "./videojs.mjs";

test.afterEach(expectNothingUncaught);

test.describe("certificates in video.js", ONE_BROWSER, () => {
  test("a refusal after the CDM has requested its service certificate is the player's error", async ({ page, run }) => {
    await open(page, run, { drms: ["widevine"], serviceCertificateRequest: true });
    await run.faults({ on: "license", fault: "error:7011", after: 1 });
    await play(page);
    await failed(page, { serverCode: "7011" });
    expect((await posts(run)).length).toBe(2);
    await run.faults();
    await load(page, MPD);
    await expectPlaying(page);
  });

  test("a configured Widevine certificate is set: no request for it at the license URL", async ({ page, run }) => {
    await open(page, run, { drms: ["widevine"], serviceCertificateRequest: true });
    await page.evaluate(() =>
      window.lab.play("demo-single-key/manifest.mpd", {
        options: {
          certificate: { widevine: { url: `${new URL("../../", location.href).href}ri/widevineCert.do?siteId=DEMO` } },
        },
      }),
    );
    await expectPlaying(page);
    expect((await posts(run)).every(({ keyIds }) => keyIds.length > 0)).toBe(true);
  });

  for (const certificateOrder of ["at-once", "strict"]) {
    test(`FairPlay's certificate is set before the first request, and fetched once, if the CDM takes it ${certificateOrder}`, async ({
      page,
      run,
    }) => {
      await open(page, run, { drms: ["fairplay"], certificateOrder });
      await run.faults({ on: "certificate", fault: "slow:300" });
      await play(page, "demo-cbcs/hls/fairplay.m3u8", { options: { contentId: "demo-cbcs" } });
      await expectPlaying(page);
      const order = await page.evaluate(() =>
        window.__cdmBridge.log
          .map(({ event }) => event)
          .filter((event) => /^(server-certificate|generate-request)$/.test(event)),
      );
      expect(order).toEqual(["server-certificate", "generate-request", "generate-request"]);
      expect((await run.requests("certificate")).length).toBe(1);
    });
  }

  for (const [name, fault, ours] of [
    ["that is a sign-in page", { on: "certificate", fault: "html" }, { code: "certificate-invalid" }],
    [
      "that is PallyCon's error 7301",
      { on: "certificate", fault: "error:7301" },
      { phase: "certificate", serverCode: "7301" },
    ],
  ]) {
    test(`FairPlay: a certificate ${name} is the player's error, once; the same source plays afterwards`, async ({
      page,
      run,
    }) => {
      await open(page, run, { drms: ["fairplay"], certificateOrder: "strict" });
      await run.faults(fault);
      await page.evaluate(
        (url) =>
          window.lab.play("demo-cbcs/manifest.mpd", {
            options: { contentId: "demo-cbcs", certificate: { fairplay: { url } } },
          }),
        run.url("ri/fpsCert.do?siteId=DEMO"),
      );
      const error = await failed(page, ours);
      expect(error).toMatchObject({ type: "eme-failed-set-server-certificate", keySystem: "com.apple.fps" });
      expect((await errors(page)).length).toBe(1);
      expect(await posts(run)).toEqual([]);
      await run.faults();
      await load(page, "demo-cbcs/manifest.mpd");
      await expectPlaying(page);
      expect((await errors(page)).length).toBe(1);
    });
  }

  test("FairPlay: a certificate that the CDM refuses is the player's error, for each source that needs it", async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: ["fairplay"] });
    await run.faults({ on: "certificate", fault: "truncate" });
    await play(page, "demo-cbcs/manifest.mpd", { options: { contentId: "demo-cbcs" } });
    await failed(page, { code: "certificate-rejected" });
    await load(page, "demo-cbcs/manifest.mpd");
    await expect
      .poll(async () => (await errors(page)).map(({ ours }) => ours?.code))
      .toEqual(["certificate-rejected", "certificate-rejected"]);
    expect(await posts(run)).toEqual([]);
  });

  test("the client's dispose() during the certificate request is the player's error, too", async ({ page, run }) => {
    await open(page, run, { drms: ["fairplay"] });
    await run.faults({ on: "certificate", fault: "slow:500" });
    await play(page, "demo-cbcs/manifest.mpd", { options: { contentId: "demo-cbcs" } });
    await expect.poll(async () => (await run.requests("certificate")).length).toBe(1);
    await page.evaluate(() => window.lab.drm.dispose());
    await failed(page, { code: "aborted", phase: "certificate" });
    expect(await posts(run)).toEqual([]);
  });
});
