// probe() and diagnose() in real browsers with real problems: nothing here is mocked.
import { expect, openLab, test as base } from "./fixture.mjs";
import { openSite, PACKAGE_PAGE } from "./site.mjs";

/** A name that resolves to this machine, but that browsers do not treat as localhost: an insecure context. */
const STRANGER = "player.example";

const test = base.extend({
  launchOptions: [
    async ({ launchOptions, browserName }, use) => {
      const { args = [], firefoxUserPrefs = {} } = launchOptions;
      await use(
        browserName === "chromium"
          ? { ...launchOptions, args: [...args, `--host-resolver-rules=MAP ${STRANGER} 127.0.0.1`] }
          : { ...launchOptions, firefoxUserPrefs: { ...firefoxUserPrefs, "network.dns.localDomains": STRANGER } },
      );
    },
    { scope: "worker" },
  ],
});

/** Opens a page (or frames) of a site and runs diagnose() in the frame that loaded the package. */
async function diagnose(page, pages, { path = "/", host, options, frame } = {}) {
  const site = await openSite(pages);
  try {
    await page.goto(site.url(path, host));
    const where = frame ? page.frameLocator("iframe") : page;
    await expect(where.locator("html[data-ready]")).toHaveCount(1);
    const target = frame
      ? page.frames().find((inner) => inner !== page.mainFrame() && inner.url().includes("/inner"))
      : page;
    const filled = JSON.parse(JSON.stringify(options ?? {}).replaceAll("SITE", site.url("", "127.0.0.1")));
    return await target.evaluate((given) => window.pallycon.diagnose(given), filled);
  } finally {
    await site.close();
  }
}

const codes = (problems) => problems.map(({ code }) => code);
const codesOf = async (...args) => codes(await diagnose(...args));
const plain = (headers) => ({ "/": { body: PACKAGE_PAGE, headers } });
/**
 * An outer page on localhost with an inner one in an iframe; the `host` of the inner one makes them same-origin or not.
 */
const framing = (site, attributes, { host = "localhost", headers } = {}) => ({
  "/": {
    body: `<!doctype html><html data-ready><iframe ${attributes} src="${site.url("/inner", host)}"></iframe>`,
    headers,
  },
});
const withInner = async (headers, work) => {
  const site = await openSite({ "/inner": { body: PACKAGE_PAGE, headers } });
  try {
    await work(site);
  } finally {
    await site.close();
  }
};
/** Always found, besides what the test provokes: these browsers have no CDM of the three. */
const CDM = "cdm-missing";
const OPEN = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };

test("an ordinary page: diagnose() only reports the CDM that this browser lacks", async ({ page }) => {
  const pages = { ...plain(), "/license": { headers: OPEN } };
  const problems = await diagnose(page, pages, { options: { urls: ["SITE/license"] } });
  expect(codes(problems)).toEqual([CDM]);
  expect(problems[0].hint).toMatch(/\.$/);
});

test("an insecure context is reported, and none of its consequences", async ({ page }) => {
  const problems = await diagnose(page, plain(), { host: STRANGER });
  expect(codes(problems)).toEqual(["insecure-context"]);
  expect(problems[0].message).toContain(`http://${STRANGER}`);
});

test("an iframe of another origin without permission, and one with it", async ({ page, browserName }) => {
  // Firefox 153 allows every frame, even one with `'none'`.
  const denied = browserName === "firefox" ? [CDM] : ["iframe-not-allowed"];
  await withInner({}, async (site) => {
    expect(await codesOf(page, framing(site, ""), { frame: true })).toEqual(denied);
    expect(await codesOf(page, framing(site, 'allow="encrypted-media"'), { frame: true })).toEqual([CDM]);
  });
});

test("a Permissions-Policy that forbids encrypted media, of the page and of the page around it", async ({
  page,
  browserName,
}) => {
  const headers = { "permissions-policy": "encrypted-media=()" };
  // Firefox does not read the header: there it forbids nothing.
  const found = browserName === "firefox" ? [CDM] : ["permissions-policy"];
  expect(await codesOf(page, plain(headers))).toEqual(found);
  await withInner(headers, async (site) => {
    expect(await codesOf(page, framing(site, 'allow="encrypted-media"'), { frame: true })).toEqual(
      browserName === "firefox" ? [CDM] : ["iframe-not-allowed"],
    );
  });
});

test("a Content-Security-Policy that forbids wasm", async ({ page }) => {
  const problems = await diagnose(page, plain({ "content-security-policy": "script-src 'self'" }));
  expect(codes(problems)).toEqual([CDM, "wasm-blocked"]);
  const thrown = await openSite(plain({ "content-security-policy": "script-src 'self'" }));
  await page.goto(thrown.url("/"));
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
  expect(await page.evaluate(() => window.pallycon.init().catch(({ code }) => code))).toBe("wasm-blocked");
  await thrown.close();
});

test("a Content-Security-Policy that forbids the license server's host", async ({ page }) => {
  const pages = {
    ...plain({ "content-security-policy": "connect-src 'self'" }),
    "/ri/licenseManager.do": { headers: OPEN },
  };
  const problems = await diagnose(page, pages, { options: { urls: ["SITE/ri/licenseManager.do?token=secret"] } });
  expect(codes(problems)).toEqual([CDM, "csp-blocks-url"]);
  expect(problems[1].message).toContain("connect-src");
  expect(JSON.stringify(problems)).not.toContain("secret");
});

test("a Content-Security-Policy that forbids fetching the wasm, and a missing wasm file", async ({ page }) => {
  const blocked = await diagnose(page, plain({ "content-security-policy": "connect-src 'none'" }));
  expect(codes(blocked)).toEqual([CDM, "wasm-unreachable"]);
  expect(blocked[1].message).toContain("connect-src");
  const missing = await diagnose(page, { ...plain(), "/dist/player.wasm": { status: 404 } });
  expect(codes(missing)).toEqual([CDM, "wasm-unreachable"]);
  expect(missing[1].message).toContain("404");
});

test("a server without CORS headers, one whose CORS does not allow our header, and one that is unreachable", async ({
  page,
}) => {
  const closed = await openSite({});
  await closed.close();
  const pages = {
    ...plain(),
    "/cert": {},
    "/ri/licenseManager.do": { headers: { "access-control-allow-origin": "*" } },
    "/open/licenseManager.do": { headers: OPEN },
  };
  const urls = [
    "SITE/cert",
    "SITE/ri/licenseManager.do",
    "SITE/open/licenseManager.do",
    closed.url("/license", "127.0.0.1"),
    "http://[",
  ];
  const problems = await diagnose(page, pages, { options: { urls } });
  expect(codes(problems)).toEqual([CDM, "cors-refused", "cors-refused", "url-unreachable", "url-invalid"]);
  expect(problems[1].message).toContain("/cert");
  expect(problems[2].message).toContain("/ri/licenseManager.do");
});

test("a server that never responds does not delay the result, and is reported", async ({ page }) => {
  const problems = await diagnose(
    page,
    { ...plain(), "/slow": { hang: true } },
    { options: { urls: ["SITE/slow"], timeout: 2000 } },
  );
  // A busy browser may take longer to report that it has no CDM: that is a finding of its own.
  expect([CDM, "cdm-unanswered"]).toContain(problems[0].code);
  expect(codes(problems.slice(1))).toEqual(["url-unreachable"]);
  expect(problems[1].message).toContain("in time");
});

test("a sandboxed iframe, which has no origin to store anything for", async ({ page }) => {
  await withInner({}, async (site) => {
    expect(
      await codesOf(page, framing(site, 'sandbox="allow-scripts" allow="encrypted-media"'), { frame: true }),
    ).toContain("storage-blocked");
  });
});

test("probe: the browser's own ClearKey, with both schemes, in few calls, and without calls the second time", async ({
  page,
}) => {
  const site = await openSite(plain());
  await page.addInitScript(() => {
    window.asked = [];
    const native = navigator.requestMediaKeySystemAccess;
    navigator.requestMediaKeySystemAccess = function (name, configurations) {
      window.asked.push(name);
      return native.call(this, name, configurations);
    };
  });
  await page.goto(site.url("/"));
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
  const { list, again, asked, total } = await page.evaluate(async () => {
    const found = await window.pallycon.probe();
    const count = window.asked.length;
    return {
      list: found,
      asked: window.asked,
      again: await window.pallycon.probe(),
      total: window.asked.length - count,
    };
  });
  expect(list.map(({ keySystem }) => keySystem)).toEqual(["org.w3.clearkey"]);
  expect(list[0]).toMatchObject({ drm: "clearkey", schemes: ["cenc", "cbcs"], persistentLicense: false });
  // HDCP through getStatusForPolicy, if the browser has it; ClearKey has no outputs to protect.
  const canTell = await page.evaluate(() => "getStatusForPolicy" in MediaKeys.prototype);
  expect(typeof list[0].maxHdcp).toBe(canTell ? "string" : "undefined");
  expect(list[0].initDataTypes).toEqual(expect.arrayContaining(["cenc", "keyids", "webm"]));
  expect(again).toEqual(list);
  expect(total).toBe(0);
  for (const name of new Set(asked))
    expect(asked.filter((other) => other === name).length, name).toBeLessThanOrEqual(4);
  await site.close();
});

for (const [what, bridge, expected] of [
  [
    "software levels of all three",
    { robustness: ["", "SW_SECURE_CRYPTO", "SW_SECURE_DECODE", "2000"] },
    [
      ["com.apple.fps", undefined],
      ["com.microsoft.playready.recommendation", "SL2000"],
      ["com.widevine.alpha", "L3"],
      ["org.w3.clearkey", undefined],
    ],
  ],
  [
    "hardware PlayReady",
    { drms: ["playready"], sl3000: true, robustness: ["", "2000", "3000"] },
    [
      ["com.microsoft.playready.recommendation.3000", "SL3000"],
      ["com.microsoft.playready.recommendation", "SL2000"],
      ["org.w3.clearkey", undefined],
    ],
  ],
  [
    "hardware Widevine",
    { drms: ["widevine"], robustness: ["HW_SECURE_ALL", "SW_SECURE_CRYPTO"] },
    [
      ["com.widevine.alpha", "L1"],
      ["org.w3.clearkey", undefined],
    ],
  ],
  [
    "FairPlay's old API",
    { drms: ["fairplay"], fairplay: "legacy" },
    [
      ["com.apple.fps.1_0", undefined],
      ["org.w3.clearkey", undefined],
    ],
  ],
]) {
  test(`probe through the bridge: ${what}`, async ({ page, run }) => {
    await openLab(page, run, bridge);
    const list = await page.evaluate(() => window.lab.pallycon.probe());
    expect(list.map(({ keySystem, securityLevel }) => [keySystem, securityLevel])).toEqual(
      expected.map(([name, level]) => [name, level]),
    );
    const log = await page.evaluate(() => window.__cdmBridge.log.filter(({ event }) => event.startsWith("access-")));
    for (const { keySystem } of log)
      expect(log.filter((entry) => entry.keySystem === keySystem).length, keySystem).toBeLessThanOrEqual(4);
  });
}

test("hardware DRM for a key shared with audio, and a scheme that FairPlay does not support, are reported", async ({
  page,
  run,
}) => {
  await openLab(page, run, { robustness: ["", "HW_SECURE_ALL", "SW_SECURE_CRYPTO"] });
  const shared = { scheme: "cenc", videoKeyIds: ["AB".repeat(16)], audioKeyIds: ["ab".repeat(16)] };
  const problemsFor = (drm, content) =>
    page.evaluate((options) => window.lab.pallycon.diagnose(options), { drm, content });
  expect(codes(await problemsFor("widevine", shared))).toEqual(["hardware-key-shared"]);
  expect(codes(await problemsFor("widevine", { ...shared, audioKeyIds: ["cd".repeat(16)] }))).toEqual([]);
  expect(codes(await problemsFor("fairplay", shared))).toEqual(["scheme-unsupported"]);
  expect(codes(await problemsFor("fairplay", { ...shared, scheme: "cbcs" }))).toEqual([]);
});

test("a device without cbcs: content in cbcs is reported, with the scheme that the device supports", async ({
  page,
  run,
}) => {
  await openLab(page, run, { drms: ["widevine"] });
  // Like devices from before cbcs: the query for it is refused.
  await page.evaluate(() => {
    const native = navigator.requestMediaKeySystemAccess;
    const without = (list) => list?.filter(({ encryptionScheme }) => encryptionScheme !== "cbcs");
    navigator.requestMediaKeySystemAccess = function (name, configurations) {
      return native.call(
        this,
        name,
        configurations.map((one) => ({
          ...one,
          videoCapabilities: without(one.videoCapabilities),
          audioCapabilities: without(one.audioCapabilities),
        })),
      );
    };
  });
  const problems = await page.evaluate(() =>
    window.lab.pallycon.diagnose({ drm: "widevine", content: { scheme: "cbcs" } }),
  );
  expect(codes(problems)).toEqual(["scheme-unsupported"]);
  expect(problems[0].message).toContain("plays only cenc");
  expect(problems[0].hint).toContain("in a scheme that they play");
  expect(
    codes(await page.evaluate(() => window.lab.pallycon.diagnose({ drm: "widevine", content: { scheme: "cenc" } }))),
  ).toEqual([]);
});

test("with a CDM, diagnose() reports nothing", async ({ page, run }) => {
  await openLab(page, run);
  expect(
    await page.evaluate(() => window.lab.pallycon.diagnose({ urls: [`${window.lab.base}ri/licenseManager.do`] })),
  ).toEqual([]);
});
