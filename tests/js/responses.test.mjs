// Responses: licenses, refusals, and anything else, for a Widevine license, for a FairPlay license that the next
// response would bring, and for FairPlay's certificate.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  CKC,
  DER,
  HTML,
  LICENSES,
  MESSAGES,
  SOAP,
  answer,
  base64,
  bytes,
  failure,
  film,
  leavePages,
  newPage,
  refusal,
  token,
  unreachable,
  utf8,
} from "./support.mjs";

after(leavePages);

const INVALID = "certificate-invalid";
/**
 * The response, and its outcomes. For a Widevine license: the code, and the number of requests if each response is the
 * same. For a
 * FairPlay license: true if it is requested again and granted; else the code. For a certificate: the code.
 */
const ORIGIN = "https://drm-license.doverunner.com";
const RESPONSES = {
  "a license": [answer(LICENSES.widevine), "license", 1, "not-a-license", "certificate"],
  "a license with status 201": [answer(LICENSES.widevine, 201), "license", 1, "not-a-license", "certificate"],
  "a license in base64": [answer(base64(LICENSES.widevine)), "license", 1, "not-a-license", "certificate"],
  "JSON around a license": [
    answer(JSON.stringify({ license: base64(LICENSES.widevine), device_info: { model: "m" } })),
    "license",
    1,
    "not-a-license",
    INVALID,
  ],
  "a license that is cut off": [
    answer(LICENSES.widevine.slice(0, 4)),
    "not-a-license",
    1,
    "not-a-license",
    "certificate",
  ],
  "a license with status 503": [answer(LICENSES.widevine, 503), "server-unavailable", 3, true, "server-unavailable"],
  "another DRM's license": [answer(SOAP), "not-a-license", 1, "not-a-license", INVALID],
  "empty JSON": [answer("{}"), "not-a-license", 1, "not-a-license", INVALID],
  "a code": [
    answer(refusal("7011", "expired")),
    "token-expired",
    1,
    "token-expired",
    "token-expired",
    { serverCode: "7011", message: /^PallyCon 7011: expired/, hint: /fresh token/ },
  ],
  "a code as a number": [
    answer(refusal(7011)),
    "token-expired",
    1,
    "token-expired",
    "token-expired",
    { serverCode: "7011" },
  ],
  "a code with status 403": [
    answer(refusal("7002"), 403),
    "usage-url-failed",
    1,
    "usage-url-failed",
    "usage-url-failed",
    { serverCode: "7002", httpStatus: 403 },
  ],
  "a code that may pass": [
    answer(refusal("2001")),
    "server-database",
    3,
    true,
    "server-database",
    { serverCode: "2001" },
  ],
  "an unknown code": [
    answer(refusal("12345")),
    "server-error",
    1,
    "server-error",
    "server-error",
    { serverCode: "12345", message: /^PallyCon 12345: no/ },
  ],
  "the site's error": [
    answer(refusal("8002", '{"ERROR":"A1","MESSAGE":"no such user"}')),
    "site-error",
    1,
    "site-error",
    "site-error",
    { siteError: { code: "A1", message: "no such user" } },
  ],
  "a page": [
    answer(HTML),
    "not-a-license",
    1,
    "not-a-license",
    INVALID,
    { message: /HTML page/, hint: /captive portal/ },
  ],
  "a page behind a redirect": [
    answer(HTML, 200, {}, "https://login.example/?a=b"),
    "redirected",
    1,
    "redirected",
    "redirected",
    { message: /redirects to https:\/\/login\.example,/, hint: /captive portal/, httpStatus: undefined },
  ],
  "a page behind a redirect of the same origin": [
    answer(HTML, 200, {}, `${ORIGIN}/login?a=b`),
    "not-a-license",
    1,
    "not-a-license",
    INVALID,
    { message: /HTML page/, redirected: true },
  ],
  nothing: [answer(""), "not-a-license", 1, "not-a-license", INVALID, { message: /empty/ }],
  words: [answer("Internal error"), "not-a-license", 1, "not-a-license", INVALID, { message: /it is text/ }],
  302: [answer("", 302), "http-status", 1, "http-status", "http-status"],
  401: [answer("", 401), "forbidden", 1, "forbidden", "forbidden"],
  "404 with a page": [
    answer(HTML, 404),
    "license-url-wrong",
    1,
    "license-url-wrong",
    "certificate-url-wrong",
    { message: /HTTP 404.*HTML/ },
  ],
  413: [answer("", 413), "request-too-large", 1, "request-too-large", "request-too-large"],
  429: [answer("", 429, { "Retry-After": "0" }), "rate-limited", 3, true, "rate-limited"],
  "429 until a date": [
    answer("", 429, { "Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT" }),
    "rate-limited",
    3,
    true,
    "rate-limited",
  ],
  "429 for longer than the client waits": [
    answer("", 429, { "Retry-After": "100" }),
    "rate-limited",
    1,
    "rate-limited",
    "rate-limited",
  ],
  500: [answer("", 500), "server-unavailable", 3, true, "server-unavailable"],
  "503 with a page": [
    answer(HTML, 503),
    "server-unavailable",
    3,
    true,
    "server-unavailable",
    { message: /HTTP 503.*HTML/ },
  ],
  "no response": [unreachable, "network", 3, true, "network"],
};
const STATUS = {
  "a page behind a redirect": undefined,
  "no response": undefined,
  "a license with status 503": 503,
  "a code with status 403": 403,
};
const RETRYABLE = ["network", "rate-limited", "server-unavailable", "server-database"];

/** How a call ends: its license or certificate, or its error; and that an error is reported once, as it is thrown. */
async function outcome(page, work) {
  let error;
  let result;
  try {
    result = await work();
  } catch (thrown) {
    error = await failure(Promise.reject(thrown));
  }
  assert.deepEqual(
    page.events.filter(({ type }) => type === "error").map((event) => event.error),
    error ? [error] : [],
  );
  return { error, result, code: error?.code };
}

for (const [name, [response, widevine, times, fairplay, certificate, more = {}]] of Object.entries(RESPONSES)) {
  const { message, hint, redirected, ...fields } = more;
  const status = name in STATUS ? STATUS[name] : Number(/^\d+/.exec(name)?.[0] ?? 200);

  test(`${name}: for a Widevine license`, async () => {
    const page = await newPage({ answers: [response, response, response] });
    const drm = await page.client({ customData: token({ cid: "other" }), siteId: "SITE" });
    const { error, result, code } = await outcome(page, () =>
      drm.requestLicense("widevine", MESSAGES.widevine, {
        initData: film,
        initDataType: "cenc",
        keySystem: "com.widevine.alpha",
      }),
    );
    assert.deepEqual([code ?? "license", page.sent.length], [widevine, times]);
    assert.equal(page.events.filter(({ type }) => type === "retry").length, times - 1);
    if (!error) {
      assert.deepEqual(result.data, LICENSES.widevine);
      assert.deepEqual(result.details, name.startsWith("JSON") ? { device_info: { model: "m" } } : undefined);
      return;
    }
    assert.deepEqual(
      [error.httpStatus, error.retryable, error.noRetry],
      [status, RETRYABLE.includes(code), !RETRYABLE.includes(code)],
    );
    assert.ok(error.hint.endsWith(".") && !/[{}]/.test(error.message.replace(/\{"ERR.*/, "")));
    for (const [field, value] of Object.entries(fields)) assert.deepEqual(error[field], value, field);
    if (message) assert.match(error.message, message);
    if (hint) assert.match(error.hint, hint);
    assert.equal(error.message.endsWith(`The request was redirected to ${ORIGIN}/login.`), !!redirected);
    if (name === "no response") assert.equal(error.cause.message, "Failed to fetch", "the browser's own message");
    assert.equal(error.keySystem, "com.widevine.alpha");
    assert.deepEqual(
      error.problems.map((problem) => problem.code),
      ["token-expired", "token-hash-mismatch", "content-id-mismatch", "site-mismatch"],
    );
  });

  test(`${name}: for a FairPlay license, with a license as the next response`, async () => {
    const page = await newPage({ answers: [response, answer(LICENSES.fairplay)] });
    const reasons = [];
    const drm = await page.client({
      customData: ({ reason }) => {
        reasons.push(reason);
        return "dG9rZW4=";
      },
    });
    const { result, code } = await outcome(page, () => drm.requestLicense("fairplay", MESSAGES.fairplay));
    assert.equal(code ?? "license", fairplay === true ? "license" : fairplay);
    assert.deepEqual(reasons, fairplay === true ? ["license", "retry"] : ["license"]);
    if (fairplay === true) assert.deepEqual(result.data, CKC);
  });

  test(`${name}: for FairPlay's certificate, in one attempt`, async () => {
    const page = await newPage({ answers: [response] });
    const drm = await page.client({ siteId: "DEMO", withCredentials: true });
    const { error, code } = await outcome(page, () => drm.certificate("fairplay"));
    assert.equal(code ?? "certificate", certificate);
    assert.deepEqual(
      page.sent.map(({ method, headers, credentials }) => [method, headers, credentials]),
      [["GET", {}, "include"]],
    );
    if (error) {
      // A failure is not cached.
      page.answers.push(answer(base64(DER)));
      assert.deepEqual(await drm.certificate("fairplay"), DER);
    }
  });
}

test("every DRM's license", async () => {
  const page = await newPage();
  const drm = await page.client({ siteId: "DEMO", contentId: "film" });
  for (const [name, license] of Object.entries(LICENSES)) {
    page.answers.push(answer(license));
    const { data } = await drm.requestLicense(name, MESSAGES[name]);
    // FairPlay's is base64 in transit.
    assert.deepEqual(data, name === "fairplay" ? CKC : license);
    assert.deepEqual([data.byteOffset, data.buffer.byteLength], [0, data.length], "independent bytes");
  }
  assert.deepEqual(page.errors(), []);
});

test("readLicense() with the request adds the problems of its token to a refusal", async () => {
  const page = await newPage();
  const drm = await page.client({ customData: token(), siteId: "SITE" });
  const request = await drm.licenseRequest("widevine", MESSAGES.widevine, { initData: film, initDataType: "cenc" });
  assert.deepEqual(
    drm.readLicense("widevine", { status: 200, body: LICENSES.widevine }, request).data,
    LICENSES.widevine,
  );
  const refused = { status: 200, body: utf8(refusal("7011")) };
  const [alone, known] = [
    await failure(() => drm.readLicense("widevine", refused)),
    await failure(() => drm.readLicense("widevine", refused, request)),
  ];
  assert.deepEqual(
    [alone.code, alone.problems, known.code, known.problems.map(({ code }) => code)],
    ["token-expired", undefined, "token-expired", ["token-expired", "token-hash-mismatch", "site-mismatch"]],
  );
  assert.deepEqual(page.sent, []);
});

test("a refusal does not affect another request in flight", async () => {
  let reply;
  const page = await newPage({
    answers: [
      () =>
        new Promise((resolve) => {
          reply = () => resolve(new Response(LICENSES.widevine));
        }),
      answer(refusal("7011")),
    ],
  });
  const drm = await page.client({ customData: token() });
  const first = drm.requestLicense("widevine", MESSAGES.widevine);
  while (!reply) await new Promise(setImmediate);
  assert.equal((await failure(() => drm.requestLicense("widevine", MESSAGES.widevine))).code, "token-expired");
  reply();
  assert.deepEqual((await first).data, LICENSES.widevine);
});

test("the response to a service certificate request is not reported as a license", async () => {
  const page = await newPage({ answers: [answer(bytes(8, 5, 18, 1, 0))] });
  const drm = await page.client();
  assert.deepEqual((await drm.requestLicense("widevine", bytes(8, 4))).data, bytes(8, 5, 18, 1, 0));
  assert.deepEqual(
    page.events.filter(({ type }) => ["license", "error"].includes(type)),
    [],
  );
});

test("the delay before another attempt is random below base times a power of two, up to cap, and at least Retry-After", async () => {
  const random = Math.random;
  const setTimeout = globalThis.setTimeout;
  try {
    Math.random = () => 0.5;
    globalThis.setTimeout = (work, ms, ...more) => setTimeout(work, ms >= 10_000 ? ms : 0, ...more); // the only timers here are time limits
    for (const [retry, headers, expected] of [
      [{ attempts: 4, base: 500, cap: 8000 }, {}, [250, 500, 1000]],
      [{ attempts: 4, base: 500, cap: 800 }, {}, [250, 400, 400]],
      [{ attempts: 2, base: 500 }, { "Retry-After": "2" }, [2250]],
      [{ attempts: 1 }, {}, []],
    ]) {
      const page = await newPage({ answers: Array(retry.attempts).fill(answer("", 503, headers)) });
      await failure(async () => (await page.client({ retry })).requestLicense("widevine", MESSAGES.widevine));
      assert.deepEqual(
        page.events.filter(({ type }) => type === "retry").map(({ attempt, delay }) => [attempt, delay]),
        expected.map((delay, at) => [at + 1, delay]),
      );
    }
  } finally {
    Math.random = random;
    globalThis.setTimeout = setTimeout;
  }
});
