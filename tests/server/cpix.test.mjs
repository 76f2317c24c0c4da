// CPIX against the license server's key server, which reads and answers by its own code.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { buildCpixRequest, kmsUrl, parseCpixRequest, parseCpixResponse, requestContentKeys } from "../../dist/server.js";
import { KMS_TOKEN, shown, startKms } from "./support.mjs";

const SYSTEMS = ["widevine", "playready", "fairplay"];
const refusal = (code, more) => (error) => {
  assert.deepEqual(shown(error), { name: "PallyConError", code, phase: "server" });
  more?.(error);
  return true;
};

test("every kind of key server gives keys in the official clients' shape", async (t) => {
  const { base } = await startKms(t);
  for (const [kind, more, systems] of [["v1", {}, SYSTEMS], ["v2", {}, SYSTEMS], ["doverunner", {}, SYSTEMS], ["speke", {}, SYSTEMS]]) {
    const url = await kmsUrl({ kind, token: KMS_TOKEN, base, ...more });
    const pack = await requestContentKeys(url, { contentId: `film-${kind}`, systems, kind });
    assert.equal(pack.content_id, `film-${kind}`);
    const [key, ...others] = pack.content_key_list;
    assert.equal(others.length, 0);
    assert.match(key.key_id_hex, /^[0-9a-f]{32}$/);
    assert.equal(Buffer.from(key.key_b64, "base64").toString("hex"), key.key_hex);
    assert.equal(Buffer.from(key.iv_b64, "base64").toString("hex"), key.iv_hex);
    for (const name of ["widevine", "playready"]) {
      const box = Buffer.from(key[name].pssh, "base64");
      assert.equal(box.toString("latin1", 4, 8), "pssh");
      assert.equal(box.subarray(32).toString("base64"), key[name].pssh_payload_only);
    }
    assert.match(key.fairplay.key_uri, /^skd:\/\//);
    assert.equal(key.fairplay.hls_signaling?.media?.startsWith("#EXT-X-KEY:"), kind === "v2" || kind === "doverunner" ? true : undefined);
  }
});

test("ATEME's answer to a GET, with its further namespaces", async (t) => {
  const { base } = await startKms(t);
  const url = await kmsUrl({ kind: "ateme", token: KMS_TOKEN, base, format: "dash", contentId: "channel one" });
  const pack = await requestContentKeys(url);
  assert.equal(pack.content_id, "channel one");
  assert.deepEqual(Object.keys(pack.content_key_list[0]).filter((name) => SYSTEMS.includes(name)), ["widevine", "playready"]);
});

test("two keys for three systems, by track; the same content gives the same keys", async (t) => {
  const { base } = await startKms(t);
  const url = await kmsUrl({ kind: "v2", token: KMS_TOKEN, base });
  const options = { contentId: "film", systems: SYSTEMS, tracks: ["AUDIO", "HD"], scheme: "cbcs", hardwareDrm: true };
  const pack = await requestContentKeys(url, options);
  assert.deepEqual(pack.content_key_list.map((key) => [key.track_type, key.common_encryption_scheme]), [["AUDIO", "cbcs"], ["HD", "cbcs"]]);
  const [audio, video] = pack.content_key_list;
  assert.notEqual(audio.key_hex, video.key_hex);
  for (const key of [audio, video]) assert.ok(key.widevine && key.playready && key.fairplay);
  assert.deepEqual(await requestContentKeys(url, await buildCpixRequest(options)), pack);
});

test("key periods come back with their index", async (t) => {
  const { base } = await startKms(t);
  const url = await kmsUrl({ kind: "v2", token: KMS_TOKEN, base });
  const pack = await requestContentKeys(url, { contentId: "channel", systems: ["widevine", "fairplay"], tracks: ["HD"], keyPeriods: [{ id: "a", index: 128 }, { id: "b", index: 129 }] });
  assert.deepEqual(pack.content_key_list.map((key) => [key.track_type, key.period]), [["HD", { id: "a", index: 128 }], ["HD", { id: "b", index: 129 }]]);
  assert.equal(pack.content_key_list[0].fairplay.key_uri, "skd://channel0000000000000080");
});

test("a request reads back as the options that made it", async () => {
  const xml = await buildCpixRequest({ contentId: "a & b", systems: SYSTEMS, tracks: ["AUDIO", { type: "HD", keyId: "681e5b39-49f2-4dfa-b744-86573c22e6fb" }], scheme: "cenc" });
  const { keyIds, tracks, ...rest } = await parseCpixRequest(xml);
  assert.deepEqual(rest, { contentId: "a & b", systems: SYSTEMS, scheme: "cenc" });
  assert.equal(keyIds[1], "681e5b39-49f2-4dfa-b744-86573c22e6fb");
  assert.deepEqual(tracks.map(({ type, minPixels, maxPixels }) => [type, minPixels, maxPixels]), [["AUDIO", undefined, undefined], ["HD", 921600, 2073600]]);
});

test("several tracks do not go to a key server of one key, however they come", async (t) => {
  const { base } = await startKms(t);
  const url = await kmsUrl({ kind: "v1", token: KMS_TOKEN, base });
  const options = { contentId: "film", systems: ["widevine"], tracks: ["AUDIO", "HD"] };
  await assert.rejects(requestContentKeys(url, options), refusal("cpix-options-invalid"));
  await assert.rejects(requestContentKeys(url, await buildCpixRequest(options)), refusal("cpix-options-invalid"));
  await assert.rejects(buildCpixRequest({ ...options, kind: "v1" }), refusal("cpix-options-invalid"));
  await assert.rejects(requestContentKeys(url), refusal("cpix-options-invalid"));
});

test("the key server's refusal is a typed error", async (t) => {
  const { base } = await startKms(t);
  const url = await kmsUrl({ kind: "v2", token: "some-other-token", base });
  await assert.rejects(requestContentKeys(url, { contentId: "film", systems: ["widevine"] }), refusal("kms-refused", (error) => {
    assert.equal(error.serverCode, "7016");
    assert.equal(error.httpStatus, 200);
    assert.equal(error.retryable, false);
    assert.doesNotMatch(error.message, /some-other-token/);
  }));
});

test("answers of what stands in between, timeouts, aborts and closed ports", async (t) => {
  const server = createServer((request, response) => {
    if (request.url.startsWith("/page")) response.setHeader("content-type", "text/html").end("<!doctype html><title>Sign in</title>");
    else if (request.url.startsWith("/busy")) response.writeHead(503).end("later");
    else if (request.url.startsWith("/echo")) response.end(JSON.stringify({ errorCode: 7016, message: `unknown token ${request.url}` }));
    // Anything else is never answered.
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => (server.closeAllConnections(), server.close()));
  const at = (path) => `http://127.0.0.1:${server.address().port}${path}`;
  const options = { contentId: "film", systems: ["widevine"] };
  const secret = "c2VjcmV0LXRva2VuLW9mLWEtc2l0ZS10aGF0LW5vYm9keS1zZWVz";
  await assert.rejects(requestContentKeys(at("/page"), options), refusal("not-cpix", (error) => assert.match(error.message, /web page/)));
  await assert.rejects(requestContentKeys(at("/busy"), options), refusal("kms-http", (error) => assert.deepEqual([error.httpStatus, error.retryable], [503, true])));
  await assert.rejects(requestContentKeys(at(`/echo/${secret}`), options), refusal("kms-refused", (error) => shown(error, [secret])));
  await assert.rejects(requestContentKeys(at(`/never/${secret}`), options, { timeout: 50 }), refusal("timeout", (error) => {
    shown(error, [secret]);
    assert.equal(error.retryable, true);
  }));
  const controller = new AbortController();
  const asked = requestContentKeys(at("/never"), options, { signal: controller.signal });
  const reason = new Error("the user left");
  controller.abort(reason);
  await assert.rejects(asked, { code: "aborted", cause: reason });
  await assert.rejects(requestContentKeys(at("/never"), options, { signal: AbortSignal.abort(reason) }), { code: "aborted", cause: reason });
  const closed = createServer();
  await new Promise((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address();
  await new Promise((resolve) => closed.close(resolve));
  await assert.rejects(requestContentKeys(`http://127.0.0.1:${port}/${secret}`, options), refusal("network", (error) => {
    shown(error, [secret]);
    assert.match(error.message, /ECONNREFUSED/);
  }));
});

test("a document that lies is refused, whatever it is", async () => {
  for (const [xml, code] of [
    ["", "not-cpix"],
    ["<html><body>no</body></html>", "not-cpix"],
    ['<!DOCTYPE CPIX [<!ENTITY a "b">]><CPIX>&a;</CPIX>', "cpix-invalid"],
    ["<CPIX>", "cpix-invalid"],
    ["<CPIX/>", "cpix-no-key"],
  ]) {
    await assert.rejects(parseCpixResponse(xml), refusal(code));
  }
});
