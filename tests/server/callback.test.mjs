// The callback page, called as PallyCon does, by code that shares nothing with ours.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { callbackHandler } from "../../dist/server.js";
import { decryptText, encryptText } from "../../www/license-server/digest.mjs";
import { TUTORIAL } from "./support.mjs";

const ASKED = {
  user_id: "ann",
  cid: "film 1",
  oid: "order-7",
  nonce: "3f9c",
  device_id: "d-1",
  device_type: "pc",
  drm_type: "Widevine",
};
const seal = (value) => encryptText(TUTORIAL.siteKey, typeof value === "string" ? value : JSON.stringify(value));
const post = (handler, body, init) =>
  handler(new Request("https://site.example/callback", { method: "POST", body, ...init }));
const ask = (handler, asked = ASKED) => post(handler, new URLSearchParams({ data: seal(asked) }));
const opened = async (response) =>
  JSON.parse(decryptText(TUTORIAL.siteKey, Buffer.from(await response.text(), "base64")));

test("authorize gets PallyCon's request, and its policy is returned with the nonce", async () => {
  const asked = [];
  const policy = {
    policy_version: 2,
    playback_policy: { license_duration: 60 },
    security_policy: [{ track_type: "HD", widevine: { security_level: 1 } }],
    external_key: { hls_aes: [] },
  };
  const handler = callbackHandler(
    TUTORIAL,
    ({ request, ...rest }) => (asked.push([request.method, rest]), { policy, userId: "bob" }),
  );
  const response = await ask(handler);
  assert.deepEqual([response.status, response.headers.get("cache-control")], [200, "no-store"]);
  const { policy_version, ...parts } = policy;
  assert.deepEqual(await opened(response), {
    error_code: "0000",
    error_message: "success",
    response_user_id: "bob",
    ...parts,
    nonce: "3f9c",
  });
  assert.deepEqual(asked, [
    [
      "POST",
      {
        userId: "ann",
        contentId: "film 1",
        orderId: "order-7",
        deviceId: "d-1",
        deviceType: "pc",
        drmType: "Widevine",
        nonce: "3f9c",
      },
    ],
  ]);
  assert.deepEqual(await opened(await ask(callbackHandler(TUTORIAL, async () => ({})))), {
    error_code: "0000",
    error_message: "success",
    nonce: "3f9c",
  });
});

test("a plus that was not percent-encoded is still a plus", async () => {
  // A text whose encryption contains one.
  const data = Array.from({ length: 99 }, (_, n) => seal({ ...ASKED, nonce: String(n) })).find((sealed) =>
    sealed.includes("+"),
  );
  assert.equal(
    (
      await opened(
        await post(
          callbackHandler(TUTORIAL, () => ({})),
          `data=${data}`,
        ),
      )
    ).error_code,
    "0000",
  );
});

test("a refusal reaches the player with the site's code", async () => {
  for (const [answer, expected] of [
    [{ error: { code: "E42", message: "no subscription" } }, { error_code: "E42", error_message: "no subscription" }],
    [{ error: { code: "E42" } }, { error_code: "E42", error_message: "" }],
    ...[null, undefined, false].map((nothing) => [
      nothing,
      { error_code: "403", error_message: "This content may not be played." },
    ]),
  ]) {
    const response = await ask(callbackHandler(TUTORIAL, () => answer));
    assert.equal(response.status, 200);
    assert.deepEqual(await opened(response), { ...expected, nonce: "3f9c" });
  }
  const own = await ask(
    callbackHandler(TUTORIAL, () =>
      runInContext(
        `class Response { get [Symbol.toStringTag]() { return "Response"; } status = 503; } new Response()`,
        createContext({}),
      ),
    ),
  );
  assert.equal(own.status, 503);
});

test("internal errors are not disclosed, and grant nothing", async () => {
  for (const [authorize, code] of [
    [
      () => {
        throw new Error("database password is hunter2");
      },
      undefined,
    ],
    [() => true, "token-options-invalid"],
    [() => 1, "token-options-invalid"],
    [() => [], "token-options-invalid"],
    [() => ({ policy: new Map([["playback_policy", {}]]) }), "options-invalid"],
    [() => ({ policy: { playback_policy: { licenseDuration: 1 } } }), "policy-invalid"],
    [() => ({ polciy: {} }), "token-options-invalid"],
    [() => ({ error: { code: "0000" } }), "token-options-invalid"],
  ]) {
    const failed = [];
    const response = await ask(callbackHandler(TUTORIAL, authorize, { onError: (error) => failed.push(error.code) }));
    assert.deepEqual(await opened(response), {
      error_code: "500",
      error_message: "The request could not be answered.",
      nonce: "3f9c",
    });
    assert.deepEqual(failed, [code]);
  }
});

test("requests that PallyCon does not send get 4xx, without calling authorize", async () => {
  const failed = [];
  const handler = callbackHandler(TUTORIAL, () => assert.fail("asked"), {
    onError: (error) => failed.push(error.code),
  });
  for (const [body, status, message] of [
    ["", 400, "data is missing."],
    ["x=1", 400, "data is missing."],
    ["data=", 400, "data is missing."],
    ["data=AAAA", 400, "data cannot be decrypted."],
    [
      `data=${encodeURIComponent(encryptText("x".repeat(32), JSON.stringify(ASKED)))}`,
      400,
      "data cannot be decrypted.",
    ],
    [new URLSearchParams({ data: seal("[]") }), 400, "data cannot be decrypted."],
    [new URLSearchParams({ data: seal({ ...ASKED, nonce: undefined }) }), 400, "data cannot be decrypted."],
    ["data=".padEnd(70_000, "A"), 413, "The body is too large."],
  ]) {
    const response = await post(handler, body);
    assert.deepEqual([response.status, await response.text()], [status, message], String(body).slice(0, 20));
  }
  assert.deepEqual(failed, ["site-key-mismatch", "site-key-mismatch", "site-key-mismatch", "custom-data-invalid"]);
  for (const method of ["GET", "PUT", "OPTIONS"]) {
    const response = await post(handler, undefined, { method, body: undefined });
    assert.deepEqual([response.status, response.headers.get("allow")], [405, "POST"]);
  }
  const logged = mock.method(console, "error", () => {});
  const noKey = await ask(callbackHandler({ siteId: "TUTO" }, () => ({})));
  assert.equal(noKey.status, 400);
  assert.match(logged.mock.calls[0].arguments[0], /site key is not 32 characters/);
  logged.mock.restore();
  assert.throws(() => callbackHandler(TUTORIAL), { code: "options-invalid" });
  assert.throws(() => callbackHandler(TUTORIAL, () => null, { cors: {} }), { code: "options-invalid" });
});
