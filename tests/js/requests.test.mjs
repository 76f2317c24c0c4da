// Requests: the context that callbacks get about init data, the body for each DRM's message, how custom data are sent.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { buildWidevineData } from "../../dist/inspect.js";
import {
  KEY,
  LICENSES,
  MESSAGES,
  OTHER,
  SOAP,
  answer,
  base64,
  bytes,
  failure,
  film,
  joined,
  leavePages,
  live,
  newPage,
  playready,
  sinf,
  token,
  utf16,
  utf8,
  widevine,
} from "./support.mjs";

after(leavePages);

const HOST = "https://drm-license.doverunner.com/ri/licenseManager.do";
/** The events of a page, in order; custom data that are not a token of PallyCon raise a warning each time. */
const eventsOf = (page) => page.events.map((event) => (event.type === "warning" ? event.code : event.type));

// ---- init data: type, bytes, the content id and the key ids that callbacks get; or none, if it cannot be read
const INIT_DATA = {
  Widevine: ["cenc", film, "film", [KEY]],
  "Widevine, version 1": ["cenc", widevine({ contentId: "a/b c" }, 1), "a/b c", [OTHER, KEY]],
  "a key period": ["cenc", live(7), "live", [KEY]],
  "another period than the content id's": ["cenc", live(7, 8), "live0000000000000007", [KEY]],
  "PlayReady 4.0": ["cenc", playready("4.0.0.0", KEY), undefined, [KEY]],
  "PlayReady 4.1": ["cenc", playready("4.1.0.0", KEY), undefined, [KEY]],
  "PlayReady 4.2": ["cenc", playready("4.2.0.0", KEY, OTHER), undefined, [KEY, OTHER]],
  "PlayReady 4.3": ["cenc", playready("4.3.0.0", OTHER), undefined, [OTHER]],
  both: ["cenc", joined(playready("4.0.0.0", KEY), film), "film", [KEY]],
  "two contents": ["cenc", joined(film, live(7)), "film", [KEY]],
  nothing: ["cenc", bytes(), undefined, []],
  "live skd": ["skd", utf8("skd://cpix-test-cid0000000000000080"), "cpix-test-cid", []],
  "VOD skd": ["skd", utf8("skd://AAECAwQFBgcICQoLDA0ODw=="), undefined, [KEY]],
  "skd of a hex key id": ["skd", utf8(`skd://${KEY}`), undefined, [KEY]],
  "skd of another kind": ["skd", utf8("skd://film"), undefined, []],
  sinf: ["sinf", utf8(`{"sinf":["${sinf(KEY)}","${sinf(OTHER)}"]}`), undefined, [KEY, OTHER]],
  keyids: ["keyids", utf8('{"kids":["AAECAwQFBgcICQoLDA0ODw"]}'), undefined, [KEY]],
  webm: ["webm", bytes(1, 2, 3), undefined, ["010203"]],
  "a content id with a byte order mark": ["cenc", widevine({ contentId: "\ufefffilm" }), "\ufefffilm", [KEY]],
  "a content id that is not text": ["cenc", widevine({ contentIdBytes: bytes(255) }), undefined, [KEY]],
  "no type": [undefined, film, "film", [KEY]],
  flags: ["cenc", film.with(11, 1), "film", [KEY]],
  "another type": ["keyids", film],
  "half a box": ["cenc", film.slice(0, 40)],
  "a payload without its box": ["cenc", buildWidevineData({ keyIds: [KEY] })],
  "no skd": ["skd", utf8("film")],
  "half a sinf": ["sinf", utf8('{"sinf":["AAAA"]}')],
};
for (const [name, [initDataType, initData, contentId, keyIds]] of Object.entries(INIT_DATA)) {
  test(`init data: ${name}`, async () => {
    const page = await newPage({ answers: [answer(LICENSES.widevine), answer(LICENSES.widevine)] });
    const contexts = [];
    const drm = await page.client({
      customData: (context) => {
        contexts.push(context);
        return token();
      },
    });
    for (let time = 0; time < 2; time += 1)
      assert.deepEqual(
        (
          await drm.requestLicense("widevine", MESSAGES.widevine, {
            initData,
            initDataType,
            keySystem: "com.widevine.alpha",
          })
        ).data,
        LICENSES.widevine,
      );
    for (const context of contexts) {
      assert.deepEqual(
        [context.drm, context.keySystem, context.contentId, context.keyIds, context.messageType, context.reason],
        ["widevine", "com.widevine.alpha", contentId, keyIds ?? [], "license-request", "license"],
      );
      assert.ok(context.signal instanceof AbortSignal && !context.signal.aborted);
    }
    // One event for each; unreadable init data are a warning each time, and a license is still requested.
    assert.deepEqual(
      eventsOf(page).filter((event) => /^init-data/.test(event)),
      keyIds ? ["init-data"] : ["init-data-invalid", "init-data-invalid"],
    );
    const [event] = page.events;
    if (keyIds) assert.deepEqual([event.initData.contentId, event.initData.keyIds], [contentId, keyIds]);
    assert.deepEqual([contexts.length, page.errors()], [2, []]);
  });
}

test("a callback that changes its context does not change the next one's", async () => {
  const page = await newPage({ answers: [answer(LICENSES.widevine), answer(LICENSES.widevine)] });
  const seen = [];
  const drm = await page.client({
    customData: ({ keyIds }) => {
      seen.push([...keyIds]);
      keyIds.push("mine");
      return "dG9rZW4=";
    },
  });
  for (let time = 0; time < 2; time += 1)
    await drm.requestLicense("widevine", MESSAGES.widevine, { initData: film, initDataType: "cenc" });
  assert.deepEqual(seen, [[KEY], [KEY]]);
});

test("after a license, a new key period is a rotation, and the same one is not", async () => {
  const page = await newPage({ answers: Array(4).fill(answer(LICENSES.widevine)) });
  const reasons = [];
  const drm = await page.client({
    customData: ({ reason }) => {
      reasons.push(reason);
      return "dG9rZW4=";
    },
  });
  for (const initData of [live(7), live(8), live(8), live(9)])
    await drm.requestLicense("widevine", MESSAGES.widevine, { initData, initDataType: "cenc" });
  assert.deepEqual(reasons, ["license", "rotation", "license", "rotation"]);
});

// ---- the CDM's message
const KEY_MESSAGE = `<PlayReadyKeyMessage><LicenseAcquisition Version="1"><Challenge encoding="base64encoded">${base64(SOAP)}</Challenge><HttpHeaders><HttpHeader><name>SOAPAction</name><value>"x"</value></HttpHeader></HttpHeaders></LicenseAcquisition></PlayReadyKeyMessage>`;
const BINARY = { "Content-Type": "application/octet-stream" };
const XML = { "Content-Type": "text/xml; charset=utf-8" };
/** DRM, message, body, headers besides the custom data; or the error's code. */
const REQUESTS = {
  "Widevine's": ["widevine", MESSAGES.widevine, MESSAGES.widevine, BINARY],
  "Widevine's request for a service certificate": ["widevine", bytes(8, 4), bytes(8, 4), BINARY],
  "Widevine's, empty": ["widevine", bytes(), bytes(), BINARY],
  "PlayReady's challenge": ["playready", MESSAGES.playready, utf8(SOAP), XML],
  "PlayReady's message in UTF-8": ["playready", utf8(KEY_MESSAGE), utf8(SOAP), { ...XML, SOAPAction: '"x"' }],
  "PlayReady's message in UTF-16": ["playready", utf16(KEY_MESSAGE), utf8(SOAP), { ...XML, SOAPAction: '"x"' }],
  "PlayReady's message, cut off": ["playready", utf16(KEY_MESSAGE.slice(0, 99)), "challenge-invalid"],
  "FairPlay's SPC": [
    "fairplay",
    MESSAGES.fairplay,
    utf8("spc=AAH7%2Fw%3D%3D"),
    { "Content-Type": "application/x-www-form-urlencoded" },
  ],
  text: ["widevine", "text", "challenge-invalid"],
  nothing: ["playready", undefined, "challenge-invalid"],
  "one for another DRM": ["other", bytes(8, 1), "drm-invalid"],
};
for (const [name, [drm, message, body, headers]] of Object.entries(REQUESTS)) {
  test(`message: ${name}`, async () => {
    const page = await newPage();
    const client = await page.client({ siteId: "DEMO", contentId: "a/b" });
    if (typeof body === "string") {
      assert.equal((await failure(() => client.licenseRequest(drm, message))).code, body);
      assert.deepEqual(page.errors(), [body]);
      return;
    }
    assert.deepEqual(await client.licenseRequest(drm, message), {
      url: HOST,
      method: "POST",
      headers: { ...headers, "pallycon-customdata-v2": "dG9rZW4=" },
      body,
      timeout: 10_000,
    });
  });
}

test("ClearKey's message is not sent, and needs no custom data", async () => {
  const page = await newPage({ answers: [answer(LICENSES.clearkey)] });
  const drm = await page.client({
    siteId: "DEMO",
    contentId: "a/b",
    customData: () => assert.fail("not for ClearKey"),
  });
  assert.deepEqual((await drm.requestLicense("clearkey", MESSAGES.clearkey)).data, LICENSES.clearkey);
  assert.deepEqual(
    page.sent.map(({ method, url, body, headers }) => [method, url, body, headers]),
    [["GET", "https://drm-license.doverunner.com/ri/clearkey/licenseManager.do?siteId=DEMO&cid=a%2Fb", null, {}]],
  );
});

test("CMCD-Session through headers(): only on license requests", async () => {
  const page = await newPage();
  const client = await page.client({
    siteId: "DEMO",
    headers: () => ({ "CMCD-Session": 'sid="6e2fb550-c457-11e9-bb97-0800200c9a66"' }),
  });
  const { headers } = await client.licenseRequest("widevine", bytes(8, 1));
  assert.equal(headers["CMCD-Session"], 'sid="6e2fb550-c457-11e9-bb97-0800200c9a66"');
  await client.certificate("fairplay").catch(() => {});
  for (const { url, headers: sent } of page.sent)
    assert.ok(!("CMCD-Session" in sent) && !("cmcd-session" in sent), url);
});

test("an individualization request is passed on unchanged, without custom data and headers", async () => {
  const page = await newPage();
  const drm = await page.client({
    customData: () => assert.fail("not for PallyCon"),
    headers: () => assert.fail("not for PallyCon"),
  });
  const { body, headers } = await drm.licenseRequest("playready", bytes(1, 2), {
    messageType: "individualization-request",
  });
  assert.deepEqual([body, "pallycon-customdata-v2" in headers, eventsOf(page)], [bytes(1, 2), false, []]);
});

test("assetId adds FairPlay's asset id after the SPC: as text, by a callback, or from skd", async () => {
  const page = await newPage();
  const skd = { initData: utf8("skd://film?a=b"), initDataType: "skd" };
  for (const [assetId, context, expected] of [
    ["a b", {}, "&assetId=a%20b"],
    [({ contentId }) => `${contentId}!`, {}, "&assetId=film!"],
    [true, skd, "&assetId=film%3Fa%3Db"],
    [true, {}, ""],
    [undefined, skd, ""],
    [() => undefined, skd, ""],
  ]) {
    const { body } = await (await page.client({ assetId, contentId: "film" })).licenseRequest(
      "fairplay",
      MESSAGES.fairplay,
      context,
    );
    assert.equal(new TextDecoder().decode(body), `spc=AAH7%2Fw%3D%3D${expected}`);
  }
});

// ---- custom data: options, what is sent as custom data, warnings or errors
const later = Object.assign(new Error("later"), { retryable: true });
const CUSTOM_DATA = {
  "a token": [{ customData: token() }, token(), ["token-expired", "token-hash-mismatch"]],
  "from a callback": [{ customData: async () => token() }, token(), ["token-expired", "token-hash-mismatch"]],
  "for another content and site": [
    { customData: token({ cid: "other" }), siteId: "SITE" },
    token({ cid: "other" }),
    ["token-expired", "token-hash-mismatch", "content-id-mismatch", "site-mismatch"],
  ],
  "with a line break": [{ customData: "dG9r\nZW4=" }, "dG9rZW4=", ["custom-data-invalid"]],
  base64url: [{ customData: "dG9r-ZW4_" }, "dG9r-ZW4_", ["custom-data-invalid"]],
  "not base64": [{ customData: "not base64!" }, "notbase64!", ["custom-data-invalid"]],
  none: [{ customData: undefined }, undefined, ["custom-data-missing"]],
  "null: a license proxy adds it": [{ customData: null }, undefined, []],
  "on the second try": [
    { customData: ({ reason }) => (reason === "retry" ? "dG9rZW4=" : Promise.reject(later)) },
    "dG9rZW4=",
    ["custom-data-invalid"],
  ],
  "of blanks": [{ customData: " \r\n" }, "custom-data-invalid"],
  "of characters that no header may carry": [{ customData: "ä" }, "custom-data-invalid"],
  "a number": [{ customData: () => 5 }, "custom-data-invalid"],
  null: [{ customData: () => null }, "custom-data-invalid"],
  thrown: [
    {
      customData: () => {
        throw new Error("no");
      },
    },
    "custom-data-failed",
  ],
  "refused, with retries": [{ customData: () => Promise.reject(later) }, "custom-data-failed"],
};
for (const [name, [options, expected, warnings]] of Object.entries(CUSTOM_DATA)) {
  test(`custom data: ${name}`, async () => {
    const page = await newPage({ answers: [answer(LICENSES.widevine)] });
    const drm = await page.client(options);
    const ask = () => drm.requestLicense("widevine", MESSAGES.widevine, { initData: film, initDataType: "cenc" });
    if (warnings) {
      assert.deepEqual((await ask()).data, LICENSES.widevine);
      assert.deepEqual(
        page.sent.map(({ url, headers }) => [url, headers["pallycon-customdata-v2"]]),
        [[HOST, expected]],
      );
      assert.deepEqual(
        page.events.filter(({ type }) => type === "warning").map(({ code, drm: of }) => [code, of]),
        warnings.map((code) => [code, "widevine"]),
      );
    } else {
      assert.equal((await failure(ask)).code, expected);
      assert.deepEqual([page.sent, page.errors()], [[], [expected]]);
    }
  });
}

test('carrier: "url" adds the encoded custom data after the query and before the fragment, and to no header', async () => {
  const page = await newPage();
  for (const [url, expected] of [
    ["https://h/l", "https://h/l?pallycon-customdata-v2=dG9rZW4%3D"],
    ["https://h/l?a=b#c", "https://h/l?a=b&pallycon-customdata-v2=dG9rZW4%3D#c"],
  ]) {
    const request = await (await page.client({ carrier: "url", licenseUrl: url })).licenseRequest(
      "widevine",
      MESSAGES.widevine,
    );
    assert.deepEqual([request.url, request.headers], [expected, BINARY]);
  }
});

test("headers, credentials and failing callbacks", async () => {
  for (const [options, expected] of [
    [
      { headers: { "content-type": "text/plain", "PALLYCON-customdata-v2": "own" } },
      [{ "content-type": "text/plain", "pallycon-customdata-v2": "own" }, "same-origin"],
    ],
    [
      { withCredentials: true, headers: async ({ drm }) => ({ "x-drm": drm }) },
      [
        { "content-type": "application/octet-stream", "pallycon-customdata-v2": "dG9rZW4=", "x-drm": "widevine" },
        "include",
      ],
    ],
    [
      {
        headers: () => {
          throw new Error("no");
        },
      },
      "callback-failed",
    ],
    [{ licenseUrl: () => Promise.reject(new Error("no")) }, "callback-failed"],
    [
      {
        contentId: () => {
          throw new Error("no");
        },
      },
      "callback-failed",
    ],
  ]) {
    const page = await newPage({ answers: [answer(LICENSES.widevine)] });
    const drm = await page.client(options);
    if (typeof expected === "string") {
      const error = await failure(() => drm.requestLicense("widevine", MESSAGES.widevine));
      assert.deepEqual(
        [error.code, error.cause instanceof Error, page.sent, page.errors()],
        [expected, true, [], [expected]],
      );
    } else {
      await drm.requestLicense("widevine", MESSAGES.widevine);
      assert.deepEqual(
        page.sent.map(({ headers, credentials }) => [headers, credentials]),
        [expected],
      );
    }
  }
});

test("PlayReady's CDM data contain the token in UTF-16, for the content id of the callback", async () => {
  const page = await newPage();
  const contexts = [];
  const drm = await page.client({
    contentId: () => "film",
    customData: (context) => {
      contexts.push(context);
      return "dG9rZW4=";
    },
  });
  const text = Buffer.from(await drm.playreadyCdmData()).toString("utf16le");
  assert.match(text, /^<PlayReadyCDMData type="LicenseAcquisition">/);
  const [, encoded] = /<CustomData encoding="base64encoded">([^<]+)<\/CustomData>/.exec(text);
  assert.equal(Buffer.from(encoded, "base64").toString("utf16le"), "dG9rZW4=");
  assert.deepEqual(
    contexts.map(({ drm: of, contentId, keyIds }) => [of, contentId, keyIds]),
    [["playready", "film", []]],
  );
  const missing = await failure(async () => (await page.client({ customData: undefined })).playreadyCdmData());
  assert.equal(missing.code, "custom-data-missing");
});

for (const [name, when] of [
  ["before", "start"],
  ["before, with init data that cannot be read", "half"],
  ["during the customData callback", "customData"],
  ["during the request", "fetch"],
]) {
  test(`aborted ${name}: it rejects, without an error event, and nothing more is sent`, async () => {
    const controller = new AbortController();
    const stop = (now) => {
      if (now === when) controller.abort("enough");
    };
    const page = await newPage({
      answers: [
        ({ signal }) =>
          new Promise((_, reject) => {
            signal.onabort = () => reject(signal.reason);
            stop("fetch");
          }),
      ],
    });
    const drm = await page.client({
      customData: () => {
        stop("customData");
        return "dG9rZW4=";
      },
    });
    await page.core.load();
    if (when === "half") controller.abort("enough");
    stop("start");
    const error = await failure(() =>
      drm.requestLicense("widevine", MESSAGES.widevine, {
        initData: when === "half" ? film.slice(0, 40) : film,
        initDataType: "cenc",
        signal: controller.signal,
      }),
    );
    assert.deepEqual(
      [error.code, error.retryable, page.errors(), page.sent.length],
      ["aborted", false, [], when === "fetch" ? 1 : 0],
    );
  });
}
