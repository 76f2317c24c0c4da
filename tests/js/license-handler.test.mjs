// licenseHandler() and drmOf(): a function from a CDM's message to its license.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { drmOf, licenseHandler } from "../../dist/index.js";
import {
  LICENSES,
  MESSAGES,
  SOAP,
  answer,
  failure,
  film,
  leavePages,
  newPage,
  never,
  refusal,
  token,
} from "./support.mjs";

after(leavePages);

/** A page's own licenseHandler, from the same copy of the package as its client. */
const handlerOf = async (drm, options) => (await import("../../dist/license-handler.js")).licenseHandler(drm, options);

test("drmOf() knows each key system with its variants, and nothing else", () => {
  const KNOWN = {
    widevine: ["com.widevine.alpha", "com.widevine.alpha.experiment"],
    playready: [
      "com.microsoft.playready",
      "com.microsoft.playready.recommendation",
      "com.microsoft.playready.recommendation.3000",
      "com.microsoft.playready.hardware",
      "com.chromecast.playready",
      "com.youtube.playready",
    ],
    fairplay: ["com.apple.fps", "com.apple.fps.1_0", "com.apple.fps.3_0"],
    clearkey: ["org.w3.clearkey", "webkit-org.w3.clearkey"],
  };
  for (const [drm, names] of Object.entries(KNOWN)) for (const name of names) assert.equal(drmOf(name), drm, name);
  for (const other of [
    "",
    "com.widevine",
    "com.widevine.alphabet",
    "com.microsoft.playreadyx",
    "com.huawei.wiseplay",
    undefined,
    null,
    Symbol("s"),
  ])
    assert.equal(drmOf(other), undefined);
});

test("a handler for an unknown key system is refused immediately", async () => {
  const page = await newPage();
  const { createPallyCon } = await import("../../dist/index.js");
  const drm = await createPallyCon({});
  const error = await failure(() => licenseHandler(drm, { keySystem: "com.huawei.wiseplay" }));
  assert.equal(error.code, "drm-invalid");
  assert.match(error.message, /com\.huawei\.wiseplay/);
  assert.equal((await failure(() => licenseHandler({}, { keySystem: "com.widevine.alpha" }))).code, "client-invalid");
  assert.deepEqual(page.sent, []);
});

/** A client of the copy that dist/license-handler.js imports, with a fetch that returns the given responses. */
async function client(answers, options = {}) {
  const page = await newPage({ answers });
  const core = await import("../../dist/core.js");
  await core.load();
  const drm = await core.createPallyCon({
    customData: () => token(),
    retry: { base: 0 },
    ...options,
    onEvent: (event) => page.events.push(event),
  });
  return { page, drm };
}

test("a message becomes a license, and callbacks get everything that the player knows", async () => {
  const contexts = [];
  const { drm } = await client([answer(LICENSES.widevine)], {
    customData: (context) => {
      contexts.push(context);
      return token();
    },
  });
  const handler = await handlerOf(drm, { keySystem: "com.widevine.alpha", contentId: "other" });
  const { signal } = new AbortController();
  assert.deepEqual(
    await handler(MESSAGES.widevine, {
      initData: film,
      initDataType: "cenc",
      messageType: "license-renewal",
      sessionId: "s1",
      signal,
    }),
    LICENSES.widevine,
  );
  const [{ drm: name, keySystem, contentId, messageType, reason, sessionId, signal: told }] = contexts;
  assert.deepEqual(
    [name, keySystem, contentId, messageType, reason, sessionId, told],
    ["widevine", "com.widevine.alpha", "film", "license-renewal", "renewal", "s1", signal],
  );
});

test("a PlayReady message may be text; unknown context is undefined; the handler's contentId overrides the client's", async () => {
  const contexts = [];
  const { page, drm } = await client([answer(LICENSES.playready)], {
    contentId: "client",
    customData: (context) => {
      contexts.push(context);
      return token();
    },
  });
  const handler = await handlerOf(drm, {
    keySystem: "com.microsoft.playready.recommendation",
    contentId: () => "handler",
  });
  assert.deepEqual(
    await handler(SOAP, { initData: undefined, signal: undefined, messageType: undefined }),
    LICENSES.playready,
  );
  assert.equal(page.sent[0].body.toString(), SOAP);
  assert.deepEqual(
    [contexts[0].contentId, contexts[0].messageType, contexts[0].signal instanceof AbortSignal],
    ["handler", "license-request", true],
  );
});

test("it retries on its own, and fails with an error whose message is complete", async () => {
  const { page, drm } = await client([answer("", 503), answer(refusal("7011", "expired"))]);
  const handler = await handlerOf(drm, { keySystem: "com.widevine.alpha" });
  const error = await failure(handler(MESSAGES.widevine, { messageType: "license-renewal" }));
  assert.deepEqual(
    [error.code, error.serverCode, error.messageType, error.noRetry, page.sent.length],
    ["token-expired", "7011", "license-renewal", true, 2],
  );
  assert.match(error.message, /7011: expired.* Return a fresh token/);
  assert.deepEqual(page.errors(), ["token-expired"]);
});

test("a callback's exception is in the message, without anything that looks like a token", async () => {
  const secret = "eyJkcm1fdHlwZSI6IldpZGV2aW5lIn0=eyJkcm1f";
  for (const [message, shown] of [
    ["no such user.", /failed for widevine: no such user\./],
    [`HTTP 500 for https://a.example/?t=${secret} today`, /HTTP 500 for … today/],
    ["x ".repeat(300), /failed for widevine: (x ){99}x/],
  ]) {
    const { drm } = await client([], {
      customData: () => {
        throw new Error(message);
      },
    });
    const handler = await handlerOf(drm, { keySystem: "com.widevine.alpha" });
    const error = await failure(handler(MESSAGES.widevine));
    assert.deepEqual([error.code, error.messageType], ["custom-data-failed", "license-request"]);
    assert.match(error.message, shown);
    assert.ok(!error.message.includes(secret) && error.message.length < 400);
  }
});

test("an abort rejects and raises no error event", async () => {
  const { page, drm } = await client([never]);
  const handler = await handlerOf(drm, { keySystem: "com.widevine.alpha" });
  const controller = new AbortController();
  const asked = failure(handler(MESSAGES.widevine, { signal: controller.signal }));
  while (!page.sent.length) await new Promise(setImmediate);
  controller.abort();
  assert.equal((await asked).code, "aborted");
  assert.deepEqual(page.errors(), []);
});
