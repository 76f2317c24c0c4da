import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { openLicenseToken, tokenHandler } from "../../dist/server.js";
import { TUTORIAL } from "./support.mjs";

const ask = (handler, query, init) => handler(new Request(`https://site.example/api/token${query}`, init));

test("a token for who may play, with what authorize grants", async () => {
  const asked = [];
  const handler = tokenHandler(TUTORIAL, async ({ contentId, drmType, request }) => {
    asked.push([contentId, drmType, request.headers.get("cookie")]);
    return { userId: "user-7", policy: { playback_policy: { license_duration: 60 } } };
  });
  const response = await ask(handler, "?content_id=film%2F1%20a&drm=WIDEVINE", { headers: { cookie: "session=1" } });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.match(response.headers.get("content-type"), /^text\/plain/);
  const { contentId, drmType, userId, policy } = await openLicenseToken(TUTORIAL, await response.text());
  assert.deepEqual([contentId, drmType, userId, policy.playback_policy], ["film/1 a", "Widevine", "user-7", { license_duration: 60 }]);
  assert.deepEqual(asked, [["film/1 a", "Widevine", "session=1"]]);
});

test("JSON for who asks for it, and defaults for an empty grant", async () => {
  const response = await ask(tokenHandler(TUTORIAL, () => ({})), "?content_id=film&drm=fairplay", { headers: { accept: "application/json, */*" } });
  assert.match(response.headers.get("content-type"), /^application\/json/);
  const { token } = await response.json();
  assert.equal((await openLicenseToken(TUTORIAL, token)).userId, "LICENSETOKEN");
});

test("who may not play gets no token, and an own answer goes out as it is", async () => {
  for (const refusal of [null, undefined, false]) {
    const response = await ask(tokenHandler(TUTORIAL, () => refusal), "?content_id=film&drm=ncg");
    assert.equal(response.status, 403);
  }
  const own = await ask(tokenHandler(TUTORIAL, () => new Response("log in", { status: 401 })), "?content_id=film&drm=ncg");
  assert.deepEqual([own.status, await own.text()], [401, "log in"]);
});

test("a grant cannot change the DRM that was asked for", async () => {
  const response = await ask(tokenHandler(TUTORIAL, () => ({ drmType: "NCG" })), "?content_id=film&drm=playready");
  assert.equal((await openLicenseToken(TUTORIAL, await response.text())).drmType, "PlayReady");
});

test("wrong requests are the caller's, failures inside are not shown", async () => {
  let called = false;
  const failed = [];
  const handler = tokenHandler(TUTORIAL, () => { called = true; throw new Error("database password is hunter2"); }, { onError: (error) => failed.push(error) });
  for (const query of ["", "&content_id=", "&content_id=undefined", "&content_id=null"]) assert.equal((await ask(handler, `?drm=widevine${query}`)).status, 400);
  assert.equal((await ask(handler, "?content_id=film")).status, 400);
  assert.equal((await ask(handler, "?content_id=film&drm=clearkey")).status, 400);
  const post = await ask(handler, "?content_id=film&drm=widevine", { method: "POST" });
  assert.deepEqual([post.status, post.headers.get("allow")], [405, "GET"]);
  assert.equal(called, false);
  const broken = await ask(handler, "?content_id=film&drm=widevine");
  assert.deepEqual([broken.status, await broken.text()], [500, "The token could not be made."]);
  assert.equal(failed[0].message, "database password is hunter2");
  const wrongPolicy = await ask(tokenHandler(TUTORIAL, () => ({ policy: { x: 1 } }), { onError: (error) => failed.push(error) }), "?content_id=film&drm=widevine");
  assert.equal(wrongPolicy.status, 500);
  assert.equal(failed[1].code, "policy-invalid");
  const told = mock.method(console, "error", () => {});
  const deaf = await ask(tokenHandler(TUTORIAL, () => null.x, { onError: () => { throw new Error("no log"); } }), "?content_id=film&drm=widevine");
  assert.deepEqual([deaf.status, told.mock.calls.length], [500, 1]);
  told.mock.restore();
});
