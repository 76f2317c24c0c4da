// Failures between player and license server as the app gets them, and the forms that real servers and devices have
// been seen to send. compare/ plays the same content with each player.
import { fileURLToPath } from "node:url";
import { expect, expectPlaying, test } from "./fixture.mjs";
import { openSite } from "./site.mjs";

const SYSTEMS = { widevine: "com.widevine.alpha", playready: "com.microsoft.playready", fairplay: "com.apple.fps" };
const CONTENT = { widevine: "demo-single-key", playready: "demo-single-key", fairplay: "demo-cbcs" };
const ONE_BROWSER = { tag: "@chromium" };
/** Decisions of the core, repeated in each player: `npm run players` only. */
const MATRIX = { tag: ["@matrix", "@chromium"] };

/** The players with the package, and the DRMs that each is tried with here. */
const PLAYERS = {
  shaka: ["widevine", "playready", "fairplay"],
  hls: ["widevine", "playready", "fairplay"],
  eme: ["widevine", "playready", "fairplay"],
};

async function open(page, run, bridge = {}) {
  await page.addInitScript(`window.__cdmBridge = ${JSON.stringify(bridge)};`);
  await page.addInitScript({ path: fileURLToPath(new URL("../../build/bridge/bridge.js", import.meta.url)) });
  await page.goto(run.url("compare/"));
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
}

const play = (page, player, drm, options) =>
  page.evaluate((given) => window.compare.play(given), {
    player,
    ours: true,
    drm,
    keySystem: SYSTEMS[drm],
    contentId: CONTENT[drm],
    options,
  });
const seen = (page) => page.evaluate(() => window.compare.seen);
const events = (page, type) =>
  page.evaluate(
    (wanted) =>
      window.compare.events
        .filter((event) => event.type === wanted)
        .map((event) => (event.error ? { ...event, error: { ...event.error.toJSON() } } : event)),
    type,
  );
const posts = async (run) => (await run.requests("license")).filter(({ method }) => method === "POST");
const expectSeen = async (page, ...texts) => {
  await expect.poll(async () => (await seen(page)).join("\n")).toContain(texts[0]);
  for (const text of texts) expect((await seen(page)).join("\n")).toContain(text);
};

// One of each group of codes, in each player: the app's text contains number, message and hint.
for (const [player, drms] of Object.entries(PLAYERS)) {
  for (const [drm, code, hint] of [
    ["widevine", "1003", "siteId"],
    ["widevine", "7019", "site key"],
    ["widevine", "7107", "CDM's message"],
    ["playready", "7205", "CDM's message"],
    ["fairplay", "7316", "certificate"],
    ["widevine", "8701", "callback"],
    ["playready", "9001", "customData"],
  ]) {
    if (!drms.includes(drm)) continue;
    test(
      `${player}, ${drm}: one of each group of codes reaches the app with message and hint: ${code}`,
      code === "8701" ? ONE_BROWSER : MATRIX,
      async ({ page, run }) => {
        await open(page, run);
        await run.faults({ on: "license", fault: `error:${code}` });
        await play(page, player, drm);
        await expectSeen(page, `PallyCon ${code}: `, hint);
        const told = await events(page, "error");
        expect(told[0].error).toMatchObject({ serverCode: code, httpStatus: 200 });
      },
    );
  }

  test(`${player}: the site's own refusal inside 8002`, ONE_BROWSER, async ({ page, run }) => {
    await open(page, run);
    await run.faults({ on: "license", fault: "site-error:E42:Please renew your subscription" });
    await play(page, player, "widevine");
    await expectSeen(page, "PallyCon 8002: the site answered E42: Please renew your subscription");
  });

  test(`${player}: an unknown code passes through`, ONE_BROWSER, async ({ page, run }) => {
    const headers = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
    const newer = await openSite({
      "/ri/licenseManager.do": { headers, body: JSON.stringify({ errorCode: 4321, message: "of next year" }) },
    });
    await open(page, run);
    await play(page, player, "widevine", { licenseUrl: newer.url("/ri/licenseManager.do", "127.0.0.1") });
    await expectSeen(page, "PallyCon 4321: of next year");
    expect((await events(page, "error"))[0].error).toMatchObject({
      code: "server-error",
      serverCode: "4321",
      retryable: false,
    });
    await newer.close();
  });

  test(`${player}: a license from another origin after a redirect is refused, and read if that origin is allowed`, async ({
    page,
    run,
  }) => {
    const headers = {
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "*",
      location: run.url("ri/licenseManager.do"),
    };
    const moved = await openSite({ "/ri/licenseManager.do": { status: 307, headers } });
    const licenseUrl = moved.url("/ri/licenseManager.do", "127.0.0.1");
    await open(page, run);
    await play(page, player, "widevine", { licenseUrl });
    await expectSeen(page, "redirects to");
    expect((await events(page, "error"))[0].error.code).toBe("redirected");
    expect(await page.evaluate(() => window.compare.frames())).toBe(0);
    await open(page, run);
    await play(page, player, "widevine", { licenseUrl, allowRedirects: [new URL(run.url()).origin] });
    await expectPlaying(page);
    await moved.close();
  });

  for (const [what, fault, text] of [
    ["nothing", "empty", "is empty"],
    ["JSON of another shape", "json", "neither a license nor an error"],
    ["half a license", "truncate", "not a"],
    ["another DRM's license", "wrong-drm", "another DRM"],
    ["503 until it gives up", "status:503", "HTTP 503"], // Players follow a redirect; our own request does not.
    ["a redirect to a sign-in page", "redirect", player === "eme" ? "redirects to another URL" : "HTML page"],
  ]) {
    test(
      `${player}: ${what} instead of a license is reported as such`,
      fault === "redirect" ? {} : fault.startsWith("status") ? ONE_BROWSER : MATRIX,
      async ({ page, run }) => {
        await open(page, run);
        await run.faults({ on: "license", fault });
        await play(page, player, "widevine");
        await expectSeen(page, text);
        expect(await page.evaluate(() => window.compare.frames())).toBe(0);
      },
    );
  }
}

test("CORS, a dead connection, a timeout and an abort are distinguished as far as a page can", async ({
  page,
  run,
}) => {
  await open(page, run);
  const closed = await openSite({});
  await closed.close();
  const hanging = await openSite({ "/ri/licenseManager.do": { hang: true, headers: {} } });
  const silent = await openSite({ "/ri/licenseManager.do": { body: "{}" } });
  const ask = (url, more = {}) =>
    page.evaluate(
      async ({ licenseUrl, abort, options }) => {
        const client = await window.compare.client("demo-single-key", {
          licenseUrl,
          retry: { attempts: 1 },
          ...options,
        });
        const controller = new AbortController();
        if (abort) setTimeout(() => controller.abort(), 100);
        try {
          await client.requestLicense("widevine", new Uint8Array([8, 1, 18, 0]), { signal: controller.signal });
          return "a license";
        } catch (error) {
          return {
            code: error.code,
            retryable: error.retryable,
            hint: error.hint,
            isOurs: error instanceof window.compare.pallycon.PallyConError,
          };
        }
      },
      { licenseUrl: url, ...more },
    );
  const path = "/ri/licenseManager.do";
  expect(await ask(closed.url(path, "127.0.0.1"))).toMatchObject({ code: "network", retryable: true, isOurs: true });
  // The custom data's header triggers a preflight, which is not allowed here.
  expect(await ask(silent.url(path, "127.0.0.1"))).toMatchObject({
    code: "network",
    hint: expect.stringContaining("CORS"),
  });
  const told = await page.evaluate(
    (urls) => window.compare.pallycon.diagnose({ urls }),
    [closed.url(path, "127.0.0.1"), silent.url(path, "127.0.0.1")],
  );
  expect(told.map(({ code }) => code)).toEqual(["url-unreachable", "cors-refused"]);
  expect(await ask(hanging.url(path, "127.0.0.1"), { options: { timeout: 300, carrier: "url" } })).toMatchObject({
    code: "timeout",
    retryable: true,
  });
  expect(await ask(hanging.url(path, "127.0.0.1"), { abort: true, options: { carrier: "url" } })).toMatchObject({
    code: "aborted",
    retryable: false,
  });
  await Promise.all([hanging.close(), silent.close()]);
});

test('carrier "url" needs no preflight, and the token is in no event', async ({ page, run }) => {
  await open(page, run);
  await play(page, "eme", "widevine", { carrier: "url" });
  await expectPlaying(page);
  const [request] = await posts(run);
  expect(request.query).toContain("pallycon-customdata-v2=");
  for (const event of await events(page, "request")) expect(event.url).not.toContain("?");
});

test(
  "FairPlay: the SPC is posted once, as percent-encoded standard base64, and unchanged by a retry",
  ONE_BROWSER,
  async ({ page, run }) => {
    await open(page, run);
    await run.faults({ on: "license", fault: "status:503", times: 1 });
    await play(page, "eme", "fairplay");
    await expectPlaying(page);
    const seenPosts = await posts(run);
    expect(seenPosts.length).toBeGreaterThanOrEqual(2);
    for (const { bodyBase64, headers } of seenPosts) {
      const body = Buffer.from(bodyBase64, "base64").toString();
      expect(headers["content-type"]).toBe("application/x-www-form-urlencoded");
      expect(body).toMatch(/^spc=[A-Za-z0-9%]+$/);
      expect(decodeURIComponent(body.slice(4))).toMatch(/^[A-Za-z0-9+/]+=*$/);
    }
  },
);

for (const form of ["raw", "base64url", "ckc-xml", "ckc-json", "format-json"]) {
  test(`FairPlay: a CKC in every form plays: ${form}`, form === "raw" ? ONE_BROWSER : MATRIX, async ({ page, run }) => {
    await open(page, run);
    await run.faults({ on: "license", fault: form });
    await play(page, "eme", "fairplay");
    await expectPlaying(page);
  });
}

for (const [what, fault, code] of [
  ["as bytes", "raw", undefined],
  ["as base64url", "base64url", undefined],
  ["with an error in its place", "error:7301", "7301"],
  ["with a page in its place", "html", "HTML"],
  ["with nothing in its place", "empty", "empty"],
]) {
  test(
    `FairPlay: a certificate in every form: ${what}`,
    fault === "raw" ? ONE_BROWSER : MATRIX,
    async ({ page, run }) => {
      await open(page, run);
      await run.faults({ on: "certificate", fault });
      await play(page, "eme", "fairplay");
      if (code === undefined) return expectPlaying(page);
      await expectSeen(page, code);
      expect((await events(page, "error"))[0].error.phase).toBe("certificate");
    },
  );
}

for (const playreadyForm of ["utf16", "utf16-bom", "utf8", "raw", "raw-odd", "no-headers", "crlf", "content-header"]) {
  test(
    `a PlayReady message plays in the form ${playreadyForm}`,
    playreadyForm === "raw-odd" ? ONE_BROWSER : MATRIX,
    async ({ page, run }) => {
      await open(page, run, { playreadyForm });
      await play(page, "eme", "playready");
      await expectPlaying(page);
      for (const { headers, bodyBase64 } of await posts(run)) {
        expect(headers["content-type"]).toMatch(/^text\/xml/);
        expect(Buffer.from(bodyBase64, "base64").toString()).toContain("Envelope");
      }
    },
  );
}

test(
  "a Widevine CDM that requests its service certificate first: no license error, and one token per license",
  ONE_BROWSER,
  async ({ page, run }) => {
    await open(page, run, { serviceCertificateRequest: true });
    await play(page, "eme", "widevine");
    await expectPlaying(page);
    expect(await events(page, "error")).toEqual([]);
    expect((await events(page, "license")).length).toBe(
      (await posts(run)).filter(({ keyIds }) => keyIds?.length).length,
    );
  },
);

test(
  "a token that is certainly wrong raises a warning before the request, and explains the refusal",
  ONE_BROWSER,
  async ({ page, run }) => {
    await open(page, run);
    await run.faults({ on: "token", fault: "wrong-cid" });
    await play(page, "eme", "widevine");
    await expectSeen(page, "PallyCon 7012: ");
    const [warning] = await events(page, "warning");
    expect(warning).toMatchObject({ code: "content-id-mismatch" });
    expect((await events(page, "error"))[0].error.problems.map(({ code }) => code)).toContain("content-id-mismatch");
  },
);

const KEY = "9d3fe6bf10c74be9a2ffbe5c6df0b873"; // of demo-single-key
for (const [player, guidKeyStatuses] of [
  ["shaka", false],
  ["hls", true],
]) {
  for (const [status, code] of [
    ["output-restricted", "output-restricted"],
    ["internal-error", "key-unusable"],
    ["expired", "key-expired"],
  ]) {
    test(
      `${player}: a key that is ${status} is reported once, by the content's key id, with a hint`,
      status === "expired" ? ONE_BROWSER : MATRIX,
      async ({ page, run }) => {
        await open(page, run, { statuses: { [KEY]: status }, guidKeyStatuses });
        await play(page, player, "playready");
        await expect.poll(async () => (await events(page, "warning")).map((event) => event.code)).toContain(code);
        const warnings = (await events(page, "warning")).filter((event) => event.code === code);
        expect(warnings).toHaveLength(1);
        expect(warnings[0].message).toContain(KEY);
        expect((await events(page, "key-status")).map(({ keyId, status: told }) => [keyId, told])).toContainEqual([
          KEY,
          status,
        ]);
      },
    );
  }
}

for (const [player, guidKeyStatuses] of [
  ["shaka", false],
  ["hls", true],
  ["eme", true],
]) {
  test(`${player}: a released key is a warning with a hint`, ONE_BROWSER, async ({ page, run }) => {
    await open(page, run, { statuses: { [KEY]: "released" }, guidKeyStatuses });
    await play(page, player, "playready");
    await expect
      .poll(async () =>
        (await events(page, "warning"))
          .filter(({ code }) => code === "key-released")
          .map(({ message, hint }) => [message, hint]),
      )
      .toEqual([[`The key ${KEY} was released with its session.`, "Load the source again to continue playback."]]);
    expect((await events(page, "key-status")).map(({ keyId, status }) => [keyId, status])).toContainEqual([
      KEY,
      "released",
    ]);
  });
}

test("shaka: a key that no license brings is reported by its id", ONE_BROWSER, async ({ page, run }) => {
  await open(page, run);
  const kid = "7fbf9f2d3c0e4f5b8be77c2fa1fe6bd1"; // of demo-cenc, video
  await run.faults({ on: "license", fault: "error:7001", kid });
  await page.evaluate((given) => window.compare.play(given), {
    player: "shaka",
    ours: true,
    drm: "widevine",
    keySystem: SYSTEMS.widevine,
    contentId: "demo-cenc",
  });
  await expect
    .poll(async () => (await events(page, "warning")).find(({ code }) => code === "key-missing")?.message)
    .toContain(kid);
});
