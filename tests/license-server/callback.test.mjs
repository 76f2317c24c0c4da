import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { DEMO } from "../../www/license-server/accounts.mjs";
import { decryptText, encryptText } from "../../www/license-server/digest.mjs";
import { VIDEO, openWidevine, post, start, widevine } from "./support.mjs";

/** A callback page: `answer` gets the request, and returns an object to encrypt, or text to send unchanged. */
async function page(t, answer) {
  const asked = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const question = JSON.parse(
      decryptText(DEMO.siteKey, Buffer.from(new URLSearchParams(body).get("data"), "base64")),
    );
    asked.push([request.method, request.headers["content-type"], question]);
    const given = answer(question);
    if (given === undefined) return void response.writeHead(500).end();
    response.end(typeof given === "string" ? given : encryptText(DEMO.siteKey, JSON.stringify(given)));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}/callback`, asked };
}
const set = (base, url) => fetch(`${base}/api/callback`, { method: "POST", body: JSON.stringify({ url }) });

test("the site's page decides about auth data", async (t) => {
  const { base, token } = await start(t);
  const granted = await page(t, ({ nonce }) => ({
    error_code: "0000",
    error_message: "",
    playback_policy: { license_duration: 60 },
    nonce,
  }));
  assert.deepEqual(await (await set(base, granted.url)).json(), { url: granted.url });
  const license = () =>
    token("widevine", "&kind=auth-data&user_id=ann").then((auth) =>
      post(base, { body: widevine([VIDEO.keyId]), token: auth }),
    );
  assert.equal(openWidevine(Buffer.from(await (await license()).arrayBuffer())).keys.length, 1);
  const [[method, type, { nonce, ...question }]] = granted.asked;
  assert.deepEqual([method, type], ["POST", "application/x-www-form-urlencoded;charset=UTF-8"]);
  assert.deepEqual(question, {
    user_id: "ann",
    cid: "clip-one",
    oid: "",
    device_id: "local",
    device_type: "demo",
    drm_type: "Widevine",
  });
  assert.match(nonce, /^[0-9a-f]{16}$/);
  // A token needs no callback.
  await post(base, { body: widevine([VIDEO.keyId]), token: await token("widevine") });
  assert.equal(granted.asked.length, 1);

  for (const [answer, code, message] of [
    [
      ({ nonce }) => ({ error_code: "E42", error_message: "no order", nonce }),
      "8002",
      '{"ERROR":"E42","MESSAGE":"no order"}',
    ],
    [() => ({ error_code: "0000", nonce: "another" }), "8004"],
    [() => "not encrypted", "8706"],
    [() => encryptText(DEMO.siteKey, "[]"), "8706"],
    [() => undefined, "8701"],
  ]) {
    await set(base, (await page(t, answer)).url);
    const refusal = await (await license()).json();
    assert.equal(refusal.errorCode, code);
    if (message) assert.equal(refusal.message, message);
  }
  await set(base, "http://127.0.0.1:9/");
  assert.equal((await (await license()).json()).errorCode, "8701");
  await fetch(`${base}/api/callback`, { method: "DELETE" });
  assert.equal(openWidevine(Buffer.from(await (await license()).arrayBuffer())).keys.length, 1);
});

test("a callback page must be on this machine", async (t) => {
  const { base } = await start(t);
  for (const url of ["http://example.com/", "https://127.0.0.1/", "file:///etc/passwd", "x", 1])
    assert.equal((await set(base, url)).status, 400);
  assert.deepEqual(await (await fetch(`${base}/api/callback`)).json(), { url: null });
});
