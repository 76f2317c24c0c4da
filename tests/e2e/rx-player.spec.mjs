// rx-player, newest and oldest: what plays, which error the app gets, and when playback continues.
import { expect, expectNoPicture, expectPlaying, expectSpcForm, openLab, test } from "./fixture.mjs";

const HEADER = "pallycon-customdata-v2";
const KEY = "9d3fe6bf10c74be9a2ffbe5c6df0b873"; // of demo-single-key
const SINGLE = ["demo-single-key/manifest.mpd", { contentId: "demo-single-key" }];
const TWO_KEYS = ["demo-cenc/manifest.mpd", { contentId: "demo-cenc" }];
const CONTENT = {
  widevine: TWO_KEYS,
  playready: TWO_KEYS,
  fairplay: ["demo-cbcs/manifest.mpd", { contentId: "demo-cbcs" }],
  clearkey: ["demo-cenc/clearkey.mpd", { contentId: "demo-cenc", drms: ["clearkey"] }],
};

const open = (page, run, bridge = { drms: ["widevine"] }, version = "") =>
  openLab(page, run, bridge, `rx-player/${version}`);
/** `options` of the client, `more` for each of rx-player's key systems. */
const play = (page, [path, adapter], given = {}) =>
  page.evaluate(([path, adapter, given]) => window.lab.play(path, { adapter, ...given }), [path, adapter, given]);
const posts = async (run) => (await run.requests("license")).filter(({ method }) => method === "POST");
const noted = (page, list) => page.evaluate((name) => window.lab[name], list);
const events = (page, type) =>
  page.evaluate((wanted) => window.lab.events.filter((event) => event.type === wanted), type);
const cdm = (page, event) =>
  page.evaluate((wanted) => window.__cdmBridge.log.filter((entry) => entry.event === wanted), event);
const tokenOf = ({ headers }) => JSON.parse(Buffer.from(headers[HEADER], "base64").toString());
const bodyOf = ({ bodyBase64 }) => Buffer.from(bodyBase64, "base64").toString("latin1");
/** Playback has not stopped, at whatever position. */
async function expectPlaysOn(page) {
  expect(await page.evaluate(() => window.lab.player.getPlayerState())).not.toBe("STOPPED");
  await page.evaluate(() => {
    window.lab.video.currentTime = 0;
    window.lab.video.play().catch(() => {});
  });
  await expectPlaying(page);
}
/** Timers that no test waits for, in seconds: holdTimers() keeps them until fire(). */
const [RENEWAL, EXPIRY] = [900, 901];
const holdTimers = (page) =>
  page.evaluate(() => {
    const { setTimeout } = window;
    window.held = {};
    window.setTimeout = (run, ms, ...rest) => {
      if (ms < 900_000) return setTimeout(run, window.shortened === ms ? 100 : ms, ...rest);
      window.held[ms / 1000] = run;
      return 0;
    };
  });
const fire = async (page, seconds) => {
  await page.waitForFunction((name) => window.held[name], seconds);
  await page.evaluate((name) => {
    window.held[name]();
    delete window.held[name];
  }, seconds);
};
const firstWarning = async (page) => {
  await expect.poll(async () => (await noted(page, "playerWarnings")).length).toBeGreaterThan(0);
  return (await noted(page, "playerWarnings"))[0];
};
/** The same script in every browser. */
const ONE_BROWSER = { tag: "@chromium" };

test.describe.configure({ mode: "parallel" });

/** Nothing was raised, and the CDM only got licenses. */
async function expectQuiet(page) {
  for (const list of ["playerErrors", "playerWarnings", "unhandled"]) expect(await noted(page, list), list).toEqual([]);
  expect(await events(page, "error")).toEqual([]);
  expect(await cdm(page, "refused")).toEqual([]);
}

/** One fatal error of the player with ours behind it, for listeners added early or late; it has all the details. */
async function expectFatal(page, expected, code = "KEY_LOAD_ERROR") {
  await expect.poll(async () => (await noted(page, "playerErrors")).length).toBeGreaterThan(0);
  const [error, ...others] = await noted(page, "playerErrors");
  expect(error).toMatchObject({ code, fatal: true, ours: { ...expected, isOurs: true, noRetry: true } });
  expect(others).toEqual([]);
  if (code === "KEY_LOAD_ERROR") {
    expect(error.message).toContain(error.ours.hint);
    expect((await noted(page, "stopped"))[0].ours, "the result of getError()").toEqual(error.ours);
  }
  if (expected.serverCode) expect(error.ours.message).toContain(`PallyCon ${expected.serverCode}: `);
  expect((await events(page, "error"))[0].error).toMatchObject(expected);
  expect(await noted(page, "unhandled")).toEqual([]);
  expect(await cdm(page, "refused")).toEqual([]);
  return error;
}

/** Checks the requests of each DRM. */
const WIRE = {
  widevine: (post) => expect(post.headers["content-type"]).toBe("application/octet-stream"),
  playready: (post) => {
    expect(post.headers["content-type"]).toMatch(/^text\/xml/);
    expect(bodyOf(post)).toContain("Envelope");
    expect(bodyOf(post)).not.toContain("PlayReadyKeyMessage");
  },
  fairplay: expectSpcForm,
};

for (const [name, version] of [
  ["4.5", ""],
  ["4.0", "?rx=4.0"],
]) {
  test.describe(`rx-player ${name}`, version ? { tag: ["@matrix", "@chromium"] } : {}, () => {
    const expectLicensed = async (page, run, drm) => {
      await expectPlaying(page);
      await expectQuiet(page);
      const seen = await posts(run);
      expect(seen.length, "one license for each key").toBe(2);
      expect((await run.requests("token")).length, "one token for each license").toBe(2);
      for (const post of seen) {
        WIRE[drm](post);
        expect(tokenOf(post)).toMatchObject({
          cid: CONTENT[drm][1].contentId,
          drm_type: expect.stringMatching(new RegExp(drm, "i")),
        });
      }
    };

    test("Widevine plays", { tag: "@chromium" }, async ({ page, run }) => {
      await open(page, run, { drms: ["widevine"] }, version);
      await play(page, CONTENT.widevine);
      await expectLicensed(page, run, "widevine");
    });

    test("an expired token is rx-player's own error, with ours behind it", { tag: "@chromium" }, async ({
      page,
      run,
    }) => {
      await open(page, run, { drms: ["widevine"] }, version);
      await run.faults({ on: "token", fault: "expires:1200" });
      await play(page, SINGLE);
      await expectFatal(page, { code: "token-expired", serverCode: "7011", messageType: "license-request" });
      await expectNoPicture(page);
    });

    test.describe("in Chromium", ONE_BROWSER, () => {
      for (const drm of ["playready", "fairplay"]) {
        test(`${drm} plays if it is the browser's only DRM`, { tag: ["@matrix", "@chromium"] }, async ({
          page,
          run,
        }) => {
          await open(page, run, { drms: [drm] }, version);
          await play(page, CONTENT[drm]);
          await expectLicensed(page, run, drm);
          expect((await run.requests("certificate")).filter(({ method }) => method === "GET").length).toBe(
            drm === "fairplay" ? 1 : 0,
          );
        });
      }

      test("clearkey plays, if it is requested", { tag: ["@matrix", "@chromium"] }, async ({ page, run }) => {
        await open(page, run, { drms: [] }, version);
        await play(page, CONTENT.clearkey);
        await expectPlaying(page);
        await expectQuiet(page);
        const seen = await run.requests("license");
        expect(seen.length).toBeGreaterThan(0);
        for (const { method, query, headers } of seen)
          expect([method, query, headers[HEADER]]).toEqual([
            "GET",
            expect.stringContaining("cid=demo-cenc"),
            undefined,
          ]);
      });

      test("503 twice and then a license: the package retries, each time with a fresh token", {
        tag: ["@matrix", "@chromium"],
      }, async ({ page, run }) => {
        await open(page, run, { drms: ["widevine"] }, version);
        await run.faults({ on: "license", fault: "status:503", times: 2 });
        await play(page, SINGLE, { options: { retry: { base: 10 } } });
        await expectPlaying(page);
        const seen = await posts(run);
        expect(seen.map(({ status }) => status)).toEqual([503, 503, 200]);
        expect(new Set(seen.map(bodyOf)).size, "one challenge").toBe(1);
        expect((await run.requests("token")).length).toBe(3);
        expect((await events(page, "retry")).length).toBe(2);
        await expectQuiet(page);
      });

      test("a refused renewal is a warning and playback continues; when the keys have expired, it is behind that error", async ({
        page,
        run,
      }) => {
        await open(page, run, { drms: ["widevine"], renewal: { after: RENEWAL, expiresAfter: EXPIRY } }, version);
        await holdTimers(page);
        await run.faults({ on: "license", fault: "error:7011", after: 1 });
        await play(page, SINGLE);
        await expectPlaying(page);
        await fire(page, RENEWAL);
        const { ours, message, ...warning } = await firstWarning(page);
        expect(warning).toEqual({ code: "KEY_LOAD_ERROR", fatal: false });
        expect(ours).toMatchObject({ isOurs: true, serverCode: "7011", messageType: "license-renewal", noRetry: true });
        expect(message).toContain(ours.hint);
        expect((await events(page, "error"))[0].error).toMatchObject({
          serverCode: "7011",
          messageType: "license-renewal",
        });
        await expectPlaysOn(page);
        expect(await noted(page, "playerErrors")).toEqual([]);
        await fire(page, EXPIRY);
        const error = await expectFatal(
          page,
          { serverCode: "7011", messageType: "license-renewal" },
          "KEY_STATUS_CHANGE_ERROR",
        );
        expect(error.message).toContain("expired");
      });
    });
  });
}

test.describe("what fails", ONE_BROWSER, () => {
  for (const [name, fault, expected] of [
    [
      "a token for other content",
      { on: "token", fault: "wrong-cid" },
      { code: "content-id-mismatch", serverCode: "7012" },
    ],
    ["a sign-in page with status 200", { on: "license", fault: "html" }, { code: "not-a-license" }],
    ["403", { on: "license", fault: "status:403" }, { code: "forbidden", httpStatus: 403 }],
    ["another DRM's license", { on: "license", fault: "wrong-drm" }, { code: "not-a-license" }],
    [
      "the site's own refusal",
      { on: "license", fault: "site-error:E42:no subscription" },
      { serverCode: "8002", siteError: { code: "E42", message: "no subscription" } },
    ],
  ]) {
    test(
      `${name}: one fatal error of rx-player, and each license is requested once`,
      /other content|with status 200|403/.test(name) ? { tag: ["@matrix", "@chromium"] } : {},
      async ({ page, run }) => {
        await open(page, run);
        await run.faults(fault);
        await play(page, TWO_KEYS);
        await expectFatal(page, expected);
        const bodies = (await posts(run)).map(bodyOf);
        expect(new Set(bodies).size).toBe(bodies.length);
        expect(await events(page, "retry")).toEqual([]);
        expect(await cdm(page, "license")).toEqual([]);
        await expectNoPicture(page);
      },
    );
  }

  test("a refused request is not repeated, whatever getLicenseConfig says", async ({ page, run }) => {
    await open(page, run);
    await run.faults({ on: "license", fault: "status:503" });
    await play(page, SINGLE, {
      options: { retry: { attempts: 2, base: 10 } },
      more: { getLicenseConfig: { retry: 3 } },
    });
    await expectFatal(page, { httpStatus: 503, retryable: true });
    expect((await posts(run)).length).toBe(2);
  });

  test("a dead network is tried as often as the options say, and then the error is fatal", async ({ page, run }) => {
    await open(page, run);
    await run.faults({ on: "license", fault: "close" });
    await play(page, SINGLE, { options: { retry: { attempts: 2, base: 10 } } });
    await expectFatal(page, { code: "network", retryable: true });
    expect((await events(page, "request")).map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await noted(page, "playerWarnings")).toEqual([]);
  });

  test("a server slower than rx-player's own limit: the client's timeout counts, for each attempt", async ({
    page,
    run,
  }) => {
    await open(page, run);
    await holdTimers(page);
    await page.evaluate(() => {
      window.shortened = 10_000;
    }); // rx-player's default
    await run.faults({ on: "license", fault: "slow:1000", times: 1 });
    await play(page, SINGLE, { options: { timeout: 20_000 } });
    await expectPlaying(page);
    await expectQuiet(page);
    expect((await posts(run)).length).toBe(1);
  });

  test("a token callback that throws is reported with its own message, and no license is requested", {
    tag: ["@matrix", "@chromium"],
  }, async ({ page, run }) => {
    await open(page, run);
    await page.evaluate(() => {
      window.lab.token = async () => {
        throw new Error("the backend is down");
      };
    });
    await page.evaluate(async ([path, adapter]) => {
      window.lab.drm = await window.lab.client({ customData: window.lab.token });
      await window.lab.play(path, { adapter });
    }, SINGLE);
    expect((await expectFatal(page, { code: "custom-data-failed", phase: "custom-data" })).message).toContain(
      "the backend is down",
    );
    expect(await posts(run)).toEqual([]);
  });

  for (const [drm, code] of [
    ["playready", "7205"],
    ["fairplay", "7316"],
  ]) {
    test(`${drm}: a refusal is rx-player's own fatal error, with ours behind it`, async ({ page, run }) => {
      await open(page, run, { drms: [drm] });
      await run.faults({ on: "license", fault: `error:${code}` });
      await play(page, CONTENT[drm]);
      await expectFatal(page, { serverCode: code });
      await expectNoPicture(page);
    });
  }

  test("FairPlay: an unusable certificate rejects before the content is loaded, and the next attempt plays", async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: ["fairplay"] });
    await run.faults({ on: "certificate", fault: "html" });
    await play(page, CONTENT.fairplay);
    expect(await noted(page, "refusal")).toMatchObject({ isOurs: true, phase: "certificate" });
    expect(await posts(run)).toEqual([]);
    await run.faults();
    await play(page, CONTENT.fairplay);
    await expectPlaying(page);
  });

  test("a restricted key is rx-player's own error; our warning says what to do", async ({ page, run }) => {
    await open(page, run, { drms: ["widevine"], statuses: { [KEY]: "output-restricted" } });
    await play(page, SINGLE);
    await expect
      .poll(async () => (await noted(page, "playerErrors")).map(({ code }) => code))
      .toEqual(["KEY_STATUS_CHANGE_ERROR"]);
    expect((await noted(page, "playerErrors"))[0].ours).toBeUndefined();
    const [warning] = await events(page, "warning");
    expect(warning).toMatchObject({ code: "output-restricted", message: expect.stringContaining(KEY) });
    expect((await events(page, "key-status")).map(({ keyId, status }) => [keyId, status])).toEqual([
      [KEY, "output-restricted"],
    ]);
  });
});

test.describe("renewal", ONE_BROWSER, () => {
  test("is granted with its own token, and callbacks get the reason and the key system", async ({ page, run }) => {
    await open(page, run, { drms: ["playready"], renewal: { after: RENEWAL, expiresAfter: EXPIRY } });
    await holdTimers(page);
    await page.evaluate(async ([path, adapter]) => {
      const { lab } = window;
      lab.reasons = [];
      const customData = (context) => {
        lab.reasons.push([context.messageType, context.reason, context.keySystem]);
        return lab.token(context);
      };
      await lab.play(path, { adapter: { ...adapter, customData } });
    }, SINGLE);
    await expectPlaying(page);
    await fire(page, RENEWAL);
    await expect.poll(async () => (await cdm(page, "license")).length).toBe(2);
    expect((await posts(run)).map(({ challenge, status, refused }) => [challenge, status, refused])).toEqual([
      ["new", 200, undefined],
      ["renewal", 200, undefined],
    ]);
    expect(await noted(page, "reasons")).toEqual([
      ["license-request", "license", "com.microsoft.playready.recommendation"],
      ["license-renewal", "renewal", "com.microsoft.playready.recommendation"],
    ]);
    await expectPlaysOn(page);
    await expectQuiet(page);
  });

  test("a renewal that is granted after a refused one: that is not why the keys expire later", async ({
    page,
    run,
  }) => {
    await open(page, run, { drms: ["widevine"], renewal: { after: RENEWAL, expiresAfter: EXPIRY } });
    await holdTimers(page);
    await run.faults({ on: "license", fault: "error:7011", after: 1, times: 1 });
    await play(page, SINGLE);
    await page.waitForFunction((name) => window.held[name], RENEWAL);
    await page.evaluate((name) => {
      window.again = window.held[name];
    }, RENEWAL);
    await fire(page, RENEWAL);
    await firstWarning(page);
    await page.evaluate(() => window.again());
    await expect.poll(async () => (await cdm(page, "license")).length).toBe(2);
    await fire(page, EXPIRY);
    await expect
      .poll(async () => (await noted(page, "playerErrors")).map(({ code, ours }) => [code, ours]))
      .toEqual([["KEY_STATUS_CHANGE_ERROR", undefined]]);
  });

  test("a refused one is fatal if the keys have already expired", async ({ page, run }) => {
    await open(page, run, { drms: ["widevine"], renewal: { after: RENEWAL, expiresAfter: EXPIRY } });
    await holdTimers(page);
    await run.faults({ on: "license", fault: "error:7011", after: 1 });
    await play(page, SINGLE, { more: { onKeyExpiration: "continue" } });
    await fire(page, EXPIRY);
    await firstWarning(page);
    await fire(page, RENEWAL);
    await expectFatal(page, { serverCode: "7011", messageType: "license-renewal" });
  });
});

test.describe("the lifecycle of a player", ONE_BROWSER, () => {
  test("a source after a refused one plays, on the same player", { tag: ["@matrix", "@chromium"] }, async ({
    page,
    run,
  }) => {
    await open(page, run);
    await run.faults({ on: "license", fault: "error:7012" });
    await play(page, SINGLE);
    await expectFatal(page, { serverCode: "7012" });
    await run.faults();
    await play(page, SINGLE);
    await expectPlaying(page);
    expect((await noted(page, "playerErrors")).length).toBe(1);
  });

  test("each load has its own content id", async ({ page, run }) => {
    await open(page, run, { drms: ["playready"] }); // whose init data name no content
    await play(page, SINGLE);
    await expectPlaying(page);
    await run.forget();
    await play(page, TWO_KEYS);
    await expect.poll(async () => (await posts(run)).length).toBe(2);
    for (const post of await posts(run)) expect(tokenOf(post).cid).toBe("demo-cenc");
    await expectPlaying(page);
    await expectQuiet(page);
  });

  test("disposed of during a license request: nothing is raised, nothing is requested again", async ({ page, run }) => {
    await open(page, run);
    await run.faults({ on: "license", fault: "slow:1500" });
    await play(page, SINGLE);
    await expect.poll(async () => (await posts(run)).length).toBe(1);
    await page.evaluate(() => window.lab.player.dispose());
    await expect
      .poll(async () => (await posts(run)).every(({ status }) => status !== null), { message: "the server is done" })
      .toBe(true);
    expect((await posts(run)).length).toBe(1);
    expect(await events(page, "retry")).toEqual([]);
    await expectQuiet(page);
  });

  test("disposed of while the token is pending: its callback is aborted, and no license is requested", async ({
    page,
    run,
  }) => {
    await open(page, run);
    await page.evaluate(async ([path, adapter]) => {
      const { lab } = window;
      const customData = ({ signal }) =>
        new Promise((resolve) => {
          lab.signal = signal;
          lab.resolve = () => resolve("dG9rZW4=");
        });
      lab.drm = await lab.client({ customData });
      await lab.play(path, { adapter });
    }, SINGLE);
    await page.waitForFunction(() => window.lab.signal);
    await page.evaluate(() => {
      window.lab.player.dispose();
      window.lab.resolve();
    });
    expect(await page.evaluate(() => window.lab.signal.aborted)).toBe(true);
    // A request that follows everything that the adapter could have started.
    await page.evaluate(async () => {
      for (let turn = 0; turn < 20; turn += 1) await fetch(window.lab.media("catalog.json"));
    });
    expect(await posts(run)).toEqual([]);
    await expectQuiet(page);
  });

  test("stopped during a license request, the next load plays, and is not stopped with it", async ({ page, run }) => {
    await open(page, run);
    await run.faults({ on: "license", fault: "slow:3000", times: 1 });
    await play(page, SINGLE);
    await expect.poll(async () => (await posts(run)).length).toBe(1);
    await page.evaluate(() => window.lab.player.stop());
    await play(page, SINGLE);
    await expectPlaying(page);
    await expectQuiet(page);
  });

  test("after dispose() of the client, another plays on the same player", async ({ page, run }) => {
    await open(page, run);
    await play(page, SINGLE);
    await expectPlaying(page);
    await page.evaluate(async () => {
      await window.lab.drm.dispose();
      window.lab.drm = undefined;
    });
    await play(page, TWO_KEYS);
    await expect.poll(async () => (await cdm(page, "license")).length).toBe(3);
    await expectPlaying(page);
    await expectQuiet(page);
  });
});
