import assert from "node:assert/strict";
import { test } from "node:test";
import { DEMO, TUTO } from "../../www/license-server/accounts.mjs";
import { decryptText, encryptText } from "../../www/license-server/digest.mjs";
import { mintAuthData, mintToken, tokenHash } from "../../www/license-server/token.mjs";
import { NOW, VIDEO, bytesOf, openWidevine, post, start, widevine } from "./support.mjs";

// Responses that the vendor published for its tutorial account.
const K1_POLICY = '{"playback_policy":{"limit":true,"persistent":false,"duration":3600}}';
const K1 =
  "bO9DzyQgtgfbSDWmqGgZXWZdWm7M4oZ4X0hC1hS6QNraiwLI0LwmNY+OfOh1L0KmtuH7NF1blUxep9YLWrNfSy4H/6swQW7pbjZnRqRguDQ=";
const K2 = "0Zef3WHBbzQAR0oGf5KXn25G1TmvB2Bkvzv+7OqIWvQ=";
const K3 =
  "eyJkcm1fdHlwZSI6IldpZGV2aW5lIiwic2l0ZV9pZCI6IlRVVE8iLCJ1c2VyX2lkIjoidGVzdC11c2VyIiwiY2lkIjoiYmlnYnVja2J1bm55IiwidG9rZW4iOiJiTzlEenlRZ3RnZmJTRFdtcUdnWlhXWmRXbTdNNG9aNFgwaEMxaFM2UU5yYWl3TEkwTHdtTlkrT2ZPaDFMMEttdHVIN05GMWJsVXhlcDlZTFdyTmZTeTRILzZzd1FXN3BialpuUnFSZ3VEUT0iLCJ0aW1lc3RhbXAiOiIyMDE5LTA3LTE3VDA4OjU3OjA0WiIsImhhc2giOiIwWmVmM1dIQmJ6UUFSMG9HZjVLWG4yNUcxVG12QjJCa3Z6dis3T3FJV3ZRPSJ9";
const K5 = "Mvyd8gScuNFS4RLDyHBfc+gyRzlMcu1th909gC3nMSVsuMtcDmcLoy5xjLzW1lYO";
const K6_POLICY = '{"policy_version":2,"playback_policy":{"persistent":false,"license_duration":3600}}';
const K6 =
  "sX7DEMZ1S2xaMoIt76m+yDwylZRVJ2Gzs2I1b0+mzL0X9FcJ43aAloqI5noG2iyCdxCNKsSBE5OrTJyq40pxt2RCkTT0BoMjtdssk+thamOyJsZzmOJ2s3fVVuvz2z01";
const K6_HASH = "HaDM1POIGN+siARLgncSB7y366lB/xnkKAoGEER+Mts=";
const TUTORIAL = {
  drmType: "Widevine",
  siteId: "TUTO",
  userId: "test-user",
  cid: "bigbuckbunny",
  timestamp: "2019-07-17T08:57:04Z",
};

test("known answers K1, K5 and K6: encryption", () => {
  assert.equal(encryptText(TUTO.siteKey, K1_POLICY), K1);
  assert.equal(encryptText(TUTO.siteKey, '{"user_id":"test", "cid":"test cid"}'), K5);
  assert.equal(encryptText(TUTO.siteKey, K6_POLICY), K6);
  assert.equal(decryptText(TUTO.siteKey, Buffer.from(K6, "base64")), K6_POLICY);
  assert.equal(decryptText(TUTO.siteKey, Buffer.from(K6, "base64").subarray(0, -1)), undefined);
});

test("known answers K2, K3 and K6: hash and token", () => {
  assert.equal(tokenHash(TUTO.accessKey, { ...TUTORIAL, policy: K1 }), K2);
  assert.equal(tokenHash(TUTO.accessKey, { ...TUTORIAL, policy: K6 }), K6_HASH);
  assert.equal(mintToken(TUTO, { ...TUTORIAL, policy: K1_POLICY, policyField: "token" }), K3);
});

test("K3 gets a license within its ten minutes and at no other time", async (t) => {
  const catalog = [{ contentId: "bigbuckbunny", tracks: [{ trackType: "HD", ...VIDEO }] }];
  const issued = Date.parse(TUTORIAL.timestamp);
  let now = issued;
  const { base } = await start(t, { catalog, now: () => now });
  const ask = async () => post(base, { body: widevine([VIDEO.keyId]), token: K3 });
  for (const seconds of [-5, 0, 600]) {
    now = issued + seconds * 1000;
    assert.deepEqual(openWidevine(await bytesOf(await ask())).keys, [VIDEO], `${seconds} s`);
  }
  for (const seconds of [-6, 601]) {
    now = issued + seconds * 1000;
    assert.equal((await (await ask()).json()).errorCode, "7011", `${seconds} s`);
  }
});

test("minted tokens: order of fields, spelling, timestamp, options", async (t) => {
  const { base, token } = await start(t);
  const fields = async (...arguments_) => JSON.parse(Buffer.from(await token(...arguments_), "base64").toString());
  const plain = await fields("playready");
  assert.deepEqual(Object.keys(plain), ["drm_type", "site_id", "user_id", "cid", "policy", "timestamp", "hash"]);
  assert.deepEqual(
    [plain.drm_type, plain.site_id, plain.user_id, plain.timestamp],
    ["PlayReady", "DEMO", "LICENSETOKEN", "2026-05-05T12:00:00Z"],
  );
  const full = await fields("wiseplay", "&user_id=someone&key_rotation=true&response_format=json");
  assert.deepEqual(
    [full.drm_type, full.user_id, full.key_rotation, full.response_format],
    ["Wiseplay", "someone", true, "json"],
  );
  const auth = await fields("ncg", "&kind=auth-data&user_id=someone");
  assert.deepEqual(Object.keys(auth), ["drm_type", "site_id", "data"]);
  assert.deepEqual(JSON.parse(decryptText(DEMO.siteKey, Buffer.from(auth.data, "base64"))), {
    user_id: "someone",
    cid: "clip-one",
  });
  for (const query of [
    "drm=clearkey&content_id=x",
    "drm=widevine",
    "content_id=x",
    "drm=widevine&content_id=x&policy={",
  ]) {
    assert.equal((await fetch(`${base}/api/drm/token?${query}`)).status, 400, query);
  }
});

const STAMP = "2026-05-05T12:00:00Z";
const good = { drmType: "Widevine", cid: "clip-one", timestamp: STAMP };
const pack = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64");
const unpack = (token) => JSON.parse(Buffer.from(token, "base64").toString());
/** A token with changed fields and a new signature. */
function signed(changes, policy = mintedPolicy()) {
  const fields = { ...unpack(mintToken(DEMO, good)), policy, ...changes };
  const { drm_type: drmType = "", site_id: siteId, user_id: userId, cid, timestamp } = fields;
  return pack({
    ...fields,
    hash: tokenHash(DEMO.accessKey, { drmType, siteId, userId, cid, policy: fields.policy, timestamp }),
  });
}
const mintedPolicy = () => unpack(mintToken(DEMO, good)).policy;

test("refused custom data, and the code for each", async (t) => {
  const { base } = await start(t);
  const token = mintToken(DEMO, good);
  const without = (name) => pack(Object.fromEntries(Object.entries(unpack(token)).filter(([key]) => key !== name)));
  const cases = [
    ["7007", `${token.slice(0, 20)} ${token.slice(20)}`],
    ["7009", `*${token.slice(1)}`],
    ["7009", token.replace(/=*$/, "!")],
    [
      "7009",
      Buffer.from(token, "base64")
        .toString("base64url")
        .padEnd(token.length + 1, "_"),
    ],
    ["7013", pack(token)],
    ["7013", pack("[1]")],
    ["7013", pack("null")],
    ["7010", pack({})],
    ["7010", without("cid")],
    ["7010", without("policy")],
    ["7010", without("timestamp")],
    ["7010", without("hash")],
    ["7010", without("user_id")],
    ["7010", pack({ ...unpack(token), cid: 7 })],
    ["1003", pack({ ...unpack(token), site_id: "NONE" })],
    ["7019", pack({ ...unpack(token), cid: "clip-two" })],
    ["7019", pack({ ...unpack(token), hash: "short" })],
    ["7008", signed({}, "AAAA")],
    ["7008", signed({}, encryptText(TUTO.siteKey, "{}"))],
    ["7008", signed({}, encryptText(DEMO.siteKey, "no json"))],
    ["7009", signed({ timestamp: "2026-05-05T12:00:00.000Z" })],
    ["7009", signed({ timestamp: "2026-05-05 12:00:00" })],
    ["7011", signed({ timestamp: "2026-05-05T11:49:59Z" })],
    ["7011", signed({ timestamp: "2026-05-05T12:00:06Z" })],
    ["7018", signed({ drm_type: "FairPlay" })],
    ["7018", signed({ drm_type: "Nonsense" })],
    ["7018", signed({ drm_type: undefined })], // none is PlayReady
    ["7012", mintToken(DEMO, { ...good, cid: "clip-two" })],
    ["8706", pack({ drm_type: "Widevine", site_id: "DEMO", data: "AAAA" })],
    [
      "8706",
      pack({
        drm_type: "Widevine",
        site_id: "DEMO",
        data: encryptText(TUTO.siteKey, '{"user_id":"a","cid":"clip-one"}'),
      }),
    ],
    ["7010", pack({ drm_type: "Widevine", site_id: "DEMO", data: encryptText(DEMO.siteKey, '{"user_id":"a"}') })],
    ["7018", mintAuthData(DEMO, { drmType: "PlayReady", cid: "clip-one" })],
    ["9001", undefined],
  ];
  for (const [code, custom] of cases) {
    const response = await post(base, { body: widevine([VIDEO.keyId]), token: custom });
    assert.equal(response.status, 200);
    assert.equal((await response.json()).errorCode, code, custom && Buffer.from(custom, "base64").toString());
  }
});

test("accepted custom data", async (t) => {
  const { base } = await start(t);
  const pretty = JSON.stringify(unpack(mintToken(DEMO, good)), null, 2).replaceAll("/", "\\/");
  const old = mintToken(DEMO, { ...good, policyField: "token" });
  for (const custom of [pack(pretty), old, signed({ drm_type: "widevine" }), mintAuthData(DEMO, good)]) {
    assert.deepEqual(
      openWidevine(await bytesOf(await post(base, { body: widevine([VIDEO.keyId]), token: custom }))).keys,
      [VIDEO],
    );
  }
});

test("the URL may carry custom data too, percent-encoded", async (t) => {
  const { base } = await start(t);
  // A `~` that ends a group of three bytes becomes a `+` in base64; one of three in a row does.
  const token = mintToken(DEMO, { ...good, userId: "~~~" });
  assert.match(token, /\+/);
  const ask = (value) =>
    post(base, { body: widevine([VIDEO.keyId]), path: `/ri/licenseManager.do?pallycon-customdata-v2=${value}` });
  assert.deepEqual(openWidevine(await bytesOf(await ask(encodeURIComponent(token)))).keys, [VIDEO]);
  assert.equal((await (await ask(token)).json()).errorCode, "7007");
});

test("a site without FairPlay", async (t) => {
  const { base } = await start(t, { account: TUTO });
  const token = mintToken(TUTO, {
    ...good,
    drmType: "FairPlay",
    timestamp: new Date(NOW).toISOString().replace(".000", ""),
  });
  const response = await post(base, { body: "spc=AAAA", token, type: "application/x-www-form-urlencoded" });
  assert.equal((await response.json()).errorCode, "7301");
});
