import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AUDIO,
  FORM,
  LIVE,
  OTHER,
  VIDEO,
  bytesOf,
  fields,
  form,
  nonce,
  openCkc,
  openPlayReady,
  openWidevine,
  playready,
  post,
  spc,
  start,
  widevine,
} from "./support.mjs";

const XML = "text/xml; charset=utf-8";
/** A refusal: a code with HTTP status 200. */
async function refused(response, code) {
  assert.equal(response.status, 200);
  const error = JSON.parse(await response.text());
  assert.equal(error.errorCode, code);
  assert.ok(error.message.length > 5);
}

test("Widevine: the requested keys, with the challenge's nonce", async (t) => {
  const { base, token, requests } = await start(t);
  const n = nonce();
  const response = await post(base, {
    body: widevine([VIDEO.keyId, AUDIO.keyId], { n, contentId: "clip-one" }),
    token: await token("widevine"),
  });
  assert.equal(response.headers.get("content-type"), "application/octet-stream");
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.deepEqual(openWidevine(await bytesOf(response)), { nonce: n, keys: [VIDEO, AUDIO], renewal: undefined });
  const entry = (await requests()).at(-1);
  assert.deepEqual([entry.kind, entry.drm, entry.challenge, entry.status], ["license", "widevine", "new", 200]);
  assert.deepEqual(entry.keyIds, [VIDEO.keyId, AUDIO.keyId]);
  assert.ok(entry.headers["pallycon-customdata-v2"].length > 100);
  assert.deepEqual(openWidevine(Buffer.from(entry.answerBase64, "base64")).keys, [VIDEO, AUDIO]);
});

test("Widevine: the service certificate for 08 04, without a token", async (t) => {
  const { base } = await start(t);
  const answer = await bytesOf(await post(base, { body: Buffer.from([8, 4]) }));
  const [[type, five], [message, certificate], ...rest] = fields(answer);
  assert.deepEqual([type, five, message, rest], [1, 5, 2, []]);
  assert.deepEqual(certificate, await bytesOf(await fetch(`${base}/ri/widevineCert.do?siteId=DEMO`)));
});

test("PlayReady: raw SOAP, key ids in GUID order, also at the old path", async (t) => {
  const { base, token } = await start(t);
  for (const path of ["/ri/licenseManager.do", "/ri/playready/licenseManager.do"]) {
    const n = nonce();
    const response = await post(base, {
      body: playready([VIDEO.keyId], { n }),
      token: await token("playready"),
      type: XML,
      path,
    });
    assert.equal(response.headers.get("content-type"), XML);
    assert.deepEqual(openPlayReady(await response.text()), { nonce: n, keys: [VIDEO], renewal: undefined });
  }
});

test("PlayReady: custom data inside the challenge are sufficient, auth data are not", async (t) => {
  const { base, token } = await start(t);
  const inside = (customData) => post(base, { body: playready([VIDEO.keyId], { customData }), type: XML });
  assert.deepEqual(openPlayReady(await (await inside(await token("playready"))).text()).keys, [VIDEO]);
  await refused(await inside(await token("playready", "&kind=auth-data")), "7010");
  await refused(await post(base, { body: playready([VIDEO.keyId]), type: XML }), "7206");
});

test("FairPlay: a CKC as base64 text, by key id and by asset id", async (t) => {
  const { base, token } = await start(t);
  const vod = Buffer.from(VIDEO.keyId, "hex").toString("base64");
  const slashes = Buffer.from(AUDIO.keyId, "hex").toString("base64");
  assert.match(slashes, /[+/]/);
  for (const [ids, assetId, expected] of [
    [[VIDEO.keyId], "", [VIDEO]],
    [[], vod, [VIDEO]],
    [[], slashes, [AUDIO]],
    [[], "clip-one", [VIDEO, AUDIO]],
    [[AUDIO.keyId], vod, [VIDEO, AUDIO]],
  ]) {
    const n = nonce();
    const response = await post(base, {
      body: form(spc(ids, { n, assetId })),
      token: await token("fairplay"),
      type: FORM,
    });
    assert.match(response.headers.get("content-type"), /^text\/plain/);
    const text = await response.text();
    assert.match(text, /^[A-Za-z0-9+/]+=*$/);
    assert.deepEqual(openCkc(Buffer.from(text, "base64")), { nonce: n, keys: expected, renewal: 0 });
  }
});

test("FairPlay: only the exact form is an SPC", async (t) => {
  const { base, token } = await start(t);
  const custom = await token("fairplay");
  const bytes = spc([AUDIO.keyId], { n: Buffer.from("fbefbefffffbefbefffffbefbeffffff", "hex") });
  const text = bytes.toString("base64");
  assert.match(text, /\+.*\/|\/.*\+/);
  assert.match(text, /==$/);
  const send = (body, type = FORM) => post(base, { body, token: custom, type });
  await refused(await send(`spc=${text}`), "7317");
  await refused(await send(`spc=${encodeURIComponent(bytes.toString("base64url"))}`), "7317");
  await refused(await send(`spc=${encodeURIComponent(text.replace("==", ""))}`), "7317");
  await refused(await send("spc="), "7305");
  await refused(await send(`SPC=${encodeURIComponent(text)}`), "7305");
  await refused(await send(form(bytes), "application/octet-stream"), "7305");
  await refused(await send(bytes, ""), "7305");
  await refused(await send(form(bytes.subarray(0, -1))), "7317");
  await refused(await send(form(Buffer.concat([bytes, Buffer.alloc(1)]))), "7317");
  await refused(await send(form(Buffer.concat([bytes, Buffer.alloc(3)]))), "7317");
  const flipped = Buffer.from(bytes);
  flipped[10] ^= 1;
  await refused(await send(form(flipped)), "7317");
  await refused(await send(form(spc([VIDEO.keyId], { certificate: Buffer.from("another") }))), "7316");
  await refused(await send(form(spc([]))), "7308");
  await refused(await send(`${form(spc([VIDEO.keyId], { assetId: "clip-one" }))}&assetId=clip-two`), "7308");
  const named = await send(`${form(spc([]))}&assetId=${encodeURIComponent("clip-one")}`);
  assert.deepEqual(openCkc(Buffer.from(await named.text(), "base64")).keys, [VIDEO, AUDIO]);
});

test("ClearKey: a JWK set, by POST for the kids, by GET for the content", async (t) => {
  const { base } = await start(t);
  const url = `${base}/ri/clearkey/licenseManager.do?siteId=DEMO&cid=clip-one`;
  const b64 = (hex) => Buffer.from(hex, "hex").toString("base64url");
  const jwk = ({ keyId, key }) => ({ kty: "oct", kid: b64(keyId), k: b64(key) });
  const ask = (kids) => fetch(url, { method: "POST", body: JSON.stringify({ kids, type: "temporary" }) });
  assert.deepEqual(await (await ask([b64(AUDIO.keyId)])).json(), { keys: [jwk(AUDIO)], type: "temporary" });
  assert.deepEqual(await (await fetch(url)).json(), { keys: [jwk(VIDEO), jwk(AUDIO)], type: "temporary" });
  await refused(await ask([b64(OTHER.keyId)]), "7012");
  await refused(await ask([b64("ff".repeat(16))]), "7001");
  await refused(await ask(["not base64url!"]), "9001");
  await refused(await fetch(url, { method: "POST", body: "{" }), "9001");
  await refused(await fetch(url.replace("DEMO", "NONE")), "1003");
  await refused(await fetch(url.replace("clip-one", "")), "9001");
  await refused(await fetch(url.replace("clip-one", "nothing")), "7001");
});

test("an incomplete challenge is refused", async (t) => {
  const { base, token } = await start(t);
  const wv = await token("widevine");
  const pr = await token("playready");
  const changed = widevine([VIDEO.keyId]);
  changed[12] ^= 1;
  await refused(await post(base, { body: changed, token: wv }), "7107");
  await refused(await post(base, { body: widevine([VIDEO.keyId]).subarray(0, 40), token: wv }), "7107");
  await refused(await post(base, { body: widevine([]), token: wv }), "7112");
  await refused(await post(base, { body: widevine(["00ff"]), token: wv }), "7112");
  await refused(await post(base, { body: widevine([VIDEO.keyId], { kind: 4 }), token: wv }), "7107");
  await refused(await post(base, { body: Buffer.alloc(0), token: wv }), "7107");
  await refused(await post(base, { body: Buffer.from("nonsense"), token: pr }), "7204");
  const soap = (edit) => post(base, { body: playready([VIDEO.keyId], { edit }), token: pr, type: XML });
  await refused(await soap((text) => text.replace("<Version>1<", "<Version>2<")), "7205");
  await refused(await soap((text) => text.replace("</soap:Body>", "")), "7205");
  await refused(await soap((text) => Buffer.from(`\ufeff${text}`, "utf16le")), "7204");
  await refused(await soap(() => "<PlayReadyKeyMessage/>"), "7204");
  for (const ids of [[], ["00ff"], [VIDEO.keyId, "00ff"]]) {
    await refused(await post(base, { body: playready(ids), token: pr, type: XML }), "7205");
  }
  await refused(await soap((text) => `<!DOCTYPE x>${text}`), "7205");
  assert.equal(openPlayReady(await (await soap((text) => `\ufeff${text}`)).text()).keys.length, 1);
});

test("keys: only known ones of this content, rotating ones only with key_rotation", async (t) => {
  const { base, token } = await start(t);
  const wv = await token("widevine");
  const ask = (body, custom = wv) => post(base, { body, token: custom });
  await refused(await ask(widevine([OTHER.keyId])), "7012");
  await refused(await ask(widevine([VIDEO.keyId], { contentId: "clip-two" })), "7012");
  await refused(await ask(widevine(["ff".repeat(16)])), "7001");
  await refused(await ask(widevine([LIVE.keyId]), await token("widevine", "", "live-one")), "7001");
  const live = await token("widevine", "&key_rotation=true", "live-one");
  const contentId = "live-one0000000000000080";
  assert.deepEqual(openWidevine(await bytesOf(await ask(widevine([LIVE.keyId], { contentId }), live))).keys, [LIVE]);
  const skd = await post(base, {
    body: form(spc([], { assetId: contentId })),
    token: await token("fairplay", "&key_rotation=true", "live-one"),
    type: FORM,
  });
  assert.deepEqual(openCkc(Buffer.from(await skd.text(), "base64")).keys, [LIVE]);
  const body = form(spc([], { assetId: contentId }));
  await refused(await post(base, { body, token: await token("fairplay"), type: FORM }), "7012");
  await refused(
    await post(base, { body: form(spc([], { assetId: "nothing" })), token: await token("fairplay"), type: FORM }),
    "7001",
  );
});

test("the policy: renewal, resolution, and a release without keys", async (t) => {
  const { base, token } = await start(t);
  const policy = (playback_policy) =>
    `&policy=${encodeURIComponent(JSON.stringify({ policy_version: 2, playback_policy }))}`;
  const both = [VIDEO.keyId, AUDIO.keyId];
  const ask = async (custom, options) =>
    openWidevine(await bytesOf(await post(base, { body: widevine(both, options), token: custom })));
  const renewing = policy({ renewal_duration: 30 });
  assert.equal((await ask(await token("widevine", renewing))).renewal, 30);
  const ckc = await post(base, { body: form(spc(both)), token: await token("fairplay", renewing), type: FORM });
  assert.equal(openCkc(Buffer.from(await ckc.text(), "base64")).renewal, 30);
  assert.deepEqual((await ask(await token("widevine", policy({ allowed_track_types: "SD_ONLY" })))).keys, [AUDIO]);
  assert.deepEqual((await ask(await token("widevine", policy({ allowed_track_types: "SD_HD" })))).keys, [VIDEO, AUDIO]);
  assert.deepEqual((await ask(await token("widevine"), { kind: 3 })).keys, []);
  assert.deepEqual((await ask(await token("widevine"), { kind: 2 })).keys, [VIDEO, AUDIO]);
});

test("response_format json: the license in an object", async (t) => {
  const { base, token } = await start(t);
  for (const shape of ["json", "custom"]) {
    const more = `&response_format=${shape}`;
    const wv = await (await post(base, { body: widevine([VIDEO.keyId]), token: await token("widevine", more) })).json();
    assert.deepEqual(openWidevine(Buffer.from(wv.license, "hex")).keys, [VIDEO]);
    assert.equal(wv.license_duration, 3600);
    assert.equal(typeof wv.device_info.device_model, "string");
    const pr = await (
      await post(base, { body: playready([VIDEO.keyId]), token: await token("playready", more), type: XML })
    ).json();
    assert.deepEqual(openPlayReady(pr.license).keys, [VIDEO]);
    const fp = await (
      await post(base, { body: form(spc([VIDEO.keyId])), token: await token("fairplay", more), type: FORM })
    ).json();
    assert.deepEqual(openCkc(Buffer.from(fp.license, "base64")).keys, [VIDEO]);
  }
});
