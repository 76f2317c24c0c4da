// The options of createPallyCon(): a mistake is an immediate error, with a message that helps and never repeats a
// value; and the URLs that follow from the options.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  DER,
  KEY,
  MESSAGES,
  answer,
  base64,
  failure,
  film,
  leavePages,
  never,
  newPage,
  token,
  utf8,
} from "./support.mjs";

after(leavePages);

const SECRET = token({ user_id: "viewer" });
/** Wrong options, and the message for each. */
const WRONG = [
  [null, "The options are not an object."],
  [SECRET, "The options are not an object."],
  [7, "The options are not an object."],
  [() => ({}), "The options are not an object."],
  [{ siteID: "DEMO" }, 'Unknown option "siteID": did you mean "siteId"?'],
  [{ customdata: SECRET }, 'Unknown option "customdata": did you mean "customData"?'],
  [{ licenceUrl: "https://h" }, 'Unknown option "licenceUrl": did you mean "licenseUrl"?'],
  [{ widevine: {} }, 'Unknown option "widevine".'],
  [{ siteKey: SECRET }, 'Unknown option "siteKey".'],
  [{ accessKey: SECRET }, 'Unknown option "accessKey".'],
  [{ events: ["error"] }, 'Unknown option "events"'],
  [{ toString: SECRET }, 'Unknown option "toString".'],
  [{ siteId: "DEM" }, "siteId is not a string of 4 characters."],
  [{ siteId: "DEMOS" }, "siteId is not a string of 4 characters."],
  [{ siteId: "" }, "siteId is not a string of 4 characters."],
  [{ siteId: 1234 }, "siteId is not a string."],
  [{ customData: 7 }, "customData is not a string or a function."],
  [{ customData: { token: SECRET } }, "customData is not a string or a function."],
  [{ contentId: 7 }, "contentId is not a string or a function."],
  [{ host: new URL("https://h/") }, "host is not a string."],
  [{ licenseUrl: 7 }, "licenseUrl is not a string or a function or an object."],
  [{ certificate: SECRET }, "certificate is not an object."],
  [{ certificate: () => DER }, "certificate is not an object."],
  [{ carrier: "body" }, 'carrier is not "header" or "url".'],
  [{ carrier: SECRET }, 'carrier is not "header" or "url".'],
  [{ carrier: true }, "carrier is not a string."],
  [{ headers: "x-session: 1" }, "headers is not an object or a function."],
  [{ assetId: 7 }, "assetId is not a boolean or a string or a function."],
  [{ withCredentials: "yes" }, "withCredentials is not a boolean."],
  [{ retry: 3 }, "retry is not an object."],
  [{ retry: { attempt: 3 } }, 'Unknown option "retry.attempt": did you mean "retry.attempts"?'],
  [{ retry: { token: SECRET } }, 'Unknown option "retry.token".'],
  [{ retry: { circuit: 3 } }, "retry.circuit is not an object."],
  [
    { retry: { circuit: { refusal: 3, pause: 1 } } },
    'Unknown option "retry.circuit.refusal": did you mean "retry.circuit.refusals"?',
  ],
  ...[undefined, 0, 1.5, Infinity].map((refusals) => [
    { retry: { circuit: { refusals, pause: 1 } } },
    "retry.circuit.refusals is not a whole number of 1 or more.",
  ]),
  ...[undefined, -1, 2 ** 31].map((pause) => [
    { retry: { circuit: { refusals: 1, pause } } },
    "retry.circuit.pause is not a number of milliseconds",
  ]),
  [{ retry: { total: -1 } }, "retry.total is not a number of milliseconds"],
  [{ retry: { base: "500" } }, "retry.base is not a number."],
  [{ onEvent: {} }, "onEvent is not a function."],
  ...["tokenLifetime", "timeout", "rotationSpread"].flatMap((name) => [
    [{ [name]: "10" }, `${name} is not a number.`],
    [{ [name]: -1 }, `${name} is not a number of milliseconds`],
    [{ [name]: NaN }, `${name} is not a number of milliseconds`],
  ]),
  ...["timeout", "rotationSpread"].flatMap((name) => [
    [{ [name]: Infinity }, `${name} is not a number of milliseconds`],
    [{ [name]: 2 ** 31 }, `${name} is not a number of milliseconds`],
  ]),
  ...["base", "cap"].flatMap((name) =>
    [-1, NaN, Infinity, 2 ** 31].map((value) => [
      { retry: { [name]: value } },
      `retry.${name} is not a number of milliseconds`,
    ]),
  ),
  ...[0, -1, 1.5, NaN].map((attempts) => [
    { retry: { attempts } },
    "retry.attempts is not a whole number of 1 or more.",
  ]),
];

test("a wrong option is options-invalid immediately, before anything is loaded, and its value is not in the error", async () => {
  const page = await newPage({ wasm: never });
  for (const [options, message] of WRONG) {
    const error = await failure(() => page.core.createPallyCon(options));
    assert.deepEqual(
      [error.code, error.phase, error.retryable, error.cause],
      ["options-invalid", "environment", false, undefined],
      message,
    );
    assert.ok(error.message.startsWith(message), `${error.message} | ${message}`);
    assert.match(error.hint, /\.$/);
    for (const shown of [error.message, error.hint, error.stack, JSON.stringify(error)])
      assert.ok(!shown.includes(SECRET) && !shown.includes(SECRET.slice(-40)), message);
  }
  assert.equal(page.wasmRequests, 0);
});

test("every option accepts its values; undefined and null count as absent", async () => {
  const page = await newPage({ wasm: never });
  const right = {
    siteId: ["DEMO", "ab12"],
    customData: [SECRET, "", () => SECRET],
    contentId: ["film", () => "film"],
    host: ["https://h/"],
    licenseUrl: ["https://h/l", () => "https://h/l", { widevine: "https://h/l" }],
    certificate: [{ fairplay: DER }, {}],
    carrier: ["header", "url"],
    headers: [{ a: "b" }, () => ({})],
    assetId: [true, "film", () => "film"],
    withCredentials: [true, false],
    tokenLifetime: [0, 600_000, Infinity, 2 ** 40],
    timeout: [0, 2 ** 31 - 1],
    retry: [
      {},
      { attempts: 1 },
      { total: Infinity },
      { total: 0, circuit: null },
      { circuit: { refusals: 1, pause: 0 } },
      { attempts: Infinity, base: 0, cap: 2 ** 31 - 1 },
      { attempts: undefined, base: null },
    ],
    rotationSpread: [0, 60_000],
    onEvent: [() => {}],
  };
  for (const [name, values] of Object.entries(right))
    for (const value of [...values, undefined, null])
      assert.ok(await page.core.createPallyCon({ [name]: value }), `${name}: ${String(value)}`);
  assert.ok(await page.core.createPallyCon());
});

const HOSTS = [
  [undefined, "https://drm-license.doverunner.com"],
  ["https://h", "https://h"],
  ["https://h/", "https://h"],
  ["https://h//", "https://h"],
  ["https://h:8443/base/", "https://h:8443/base"],
];

test("the license URL is the same for all DRMs but ClearKey, whose URL names the content", async () => {
  const page = await newPage();
  for (const [host, base] of HOSTS) {
    const urls = {};
    const drm = await page.client({ host, siteId: "DEMO", contentId: "a/b+c" });
    for (const [name, message] of Object.entries(MESSAGES)) urls[name] = (await drm.licenseRequest(name, message)).url;
    const url = `${base}/ri/licenseManager.do`;
    assert.deepEqual(urls, {
      widevine: url,
      playready: url,
      fairplay: url,
      clearkey: `${base}/ri/clearkey/licenseManager.do?siteId=DEMO&cid=a%2Fb%2Bc`,
    });
  }
  for (const [options, query] of [
    [{}, ""],
    [{ siteId: "DEMO" }, "?siteId=DEMO"],
    [{ contentId: "ö &?#" }, "?cid=%C3%B6%20%26%3F%23"],
  ]) {
    const { url } = await (await page.client({ host: "https://h", ...options })).licenseRequest(
      "clearkey",
      MESSAGES.clearkey,
    );
    assert.equal(url, `https://h/ri/clearkey/licenseManager.do${query}`);
  }
});

test("the license URL is known before the wasm has arrived, so that adapters can configure players", async () => {
  const page = await newPage({ wasm: never });
  const urls = ["widevine", "fairplay", "clearkey"];
  for (const [options, expected] of [
    [
      { host: "https://h/", siteId: "DEMO" },
      [
        "https://h/ri/licenseManager.do",
        "https://h/ri/licenseManager.do",
        "https://h/ri/clearkey/licenseManager.do?siteId=DEMO",
      ],
    ],
    [{ licenseUrl: "https://l/?a=b" }, ["https://l/?a=b", "https://l/?a=b", "https://l/?a=b"]],
    [
      { host: "https://h", licenseUrl: { fairplay: "https://f/" } },
      ["https://h/ri/licenseManager.do", "https://f/", "https://h/ri/clearkey/licenseManager.do"],
    ],
    [
      { licenseUrl: () => assert.fail("not for a request") },
      [
        "https://drm-license.doverunner.com/ri/licenseManager.do",
        "https://drm-license.doverunner.com/ri/licenseManager.do",
        "https://drm-license.doverunner.com/ri/clearkey/licenseManager.do",
      ],
    ],
  ]) {
    const client = page.core.clientOf(await page.client(options));
    assert.deepEqual(
      urls.map((drm) => client.defaultUrl(drm)),
      expected,
    );
  }
});

test("licenseUrl replaces the host's URL unchanged: for all DRMs, per DRM, or by a callback", async () => {
  const page = await newPage();
  for (const [licenseUrl, expected] of [
    ["https://h.example/l?a=b#c", "https://h.example/l?a=b#c"],
    [{ widevine: "https://w.example" }, "https://w.example"],
    [{ fairplay: "https://f.example" }, "https://host/ri/licenseManager.do"],
    [
      ({ drm, contentId, keyIds }) => `https://h.example/${drm}/${contentId}/${keyIds}`,
      `https://h.example/widevine/film/${KEY}`,
    ],
    [async () => "https://later.example/", "https://later.example/"],
    [() => undefined, "https://host/ri/licenseManager.do"],
  ]) {
    const { url } = await (await page.client({ host: "https://host", licenseUrl })).licenseRequest(
      "widevine",
      MESSAGES.widevine,
      { initData: film, initDataType: "cenc" },
    );
    assert.equal(url, expected);
  }
});

test("the certificate's URL is made from host and siteId; without a siteId the error is site-id-missing", async () => {
  const page = await newPage();
  const widevine = new Uint8Array([10, 2, 1, 255]);
  for (const [host, base] of HOSTS) {
    const drm = await page.client({ host, siteId: "DEMO" });
    page.answers.push(answer(base64(DER)), answer(widevine));
    // Cached by URL for the page: hosts that differ only in their slashes share one.
    await drm.certificate("fairplay");
    await drm.certificate("widevine");
    page.answers.length = 0;
    assert.deepEqual(
      page.sent.filter(({ url }) => url.startsWith(`${base}/ri/`)).map(({ method, url }) => `${method} ${url}`),
      [`GET ${base}/ri/fpsKeyManager.do?siteId=DEMO`, `GET ${base}/ri/widevineCert.do?siteId=DEMO`],
    );
  }
  for (const name of ["fairplay", "widevine"]) {
    const error = await failure(async () => (await page.client()).certificate(name));
    assert.equal(error.code, "site-id-missing");
    assert.ok(error.message.includes(name) && error.hint.includes("siteId"));
  }
});

test("certificate: { widevine: true } is the certificate of host and siteId", async () => {
  const widevine = new Uint8Array([10, 2, 1, 255]);
  const page = await newPage({ answers: [answer(widevine)] });
  const drm = await page.client({ siteId: "DEMO", certificate: { widevine: true } });
  assert.deepEqual(await drm.certificate("widevine"), widevine);
  assert.deepEqual(
    page.sent.map(({ url }) => url),
    ["https://drm-license.doverunner.com/ri/widevineCert.do?siteId=DEMO"],
  );
});

test("the certificate option accepts bytes, base64, PEM, a URL, or a URL with headers; anything else is certificate-invalid", async () => {
  const page = await newPage();
  const pem = `-----BEGIN CERTIFICATE-----\n${base64(DER)}\n-----END CERTIFICATE-----\n`;
  const at = (name) => `https://c.example/${name}?y`;
  for (const [source, expected, headers] of [
    [DER, DER],
    [DER.buffer, DER],
    [new DataView(DER.buffer), DER],
    [base64(DER), DER],
    [pem, DER],
    [new URL(at("1")), DER, {}],
    [{ url: at("2"), headers: { a: "b" } }, DER, { a: "b" }],
    [{ url: new URL(at("3")) }, DER, {}],
    [utf8("Unauthorized"), "certificate-invalid"],
    ["Unauthorized", "certificate-invalid"],
    [new Uint8Array(), "certificate-invalid"],
  ]) {
    page.sent.length = 0;
    page.answers.splice(0, 1, answer(DER)); // once
    const drm = await page.client({ certificate: { fairplay: source } });
    if (typeof expected === "string") {
      assert.equal((await failure(() => drm.certificate("fairplay"))).code, expected);
    } else {
      const first = await drm.certificate("fairplay");
      assert.deepEqual(first, expected);
      first.fill(0);
      assert.deepEqual(await drm.certificate("fairplay"), expected, "an independent copy each time");
    }
    // Only a URL is fetched, and once for the page.
    assert.deepEqual(
      page.sent.map((sent) => [sent.method, sent.headers, sent.body]),
      headers ? [["GET", headers, null]] : [],
    );
  }
});
