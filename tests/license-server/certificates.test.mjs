import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { bytesOf, fields, hash, start } from "./support.mjs";

test("FairPlay: DER, and the same as base64 text", async (t) => {
  const { base } = await start(t);
  const der = await bytesOf(await fetch(`${base}/ri/fpsCert.do?siteId=DEMO`));
  assert.equal(der.toString("hex", 0, 2), "3082");
  assert.equal(new X509Certificate(der).publicKey.asymmetricKeyDetails.modulusLength, 2048);
  const text = await fetch(`${base}/ri/fpsKeyManager.do?siteId=DEMO`);
  assert.match(text.headers.get("content-type"), /^text\/plain/);
  assert.equal(await text.text(), der.toString("base64"));
});

test("Widevine: protobuf with its hash, not DER", async (t) => {
  const { base } = await start(t);
  const bytes = await bytesOf(await fetch(`${base}/ri/widevineCert.do?siteId=DEMO`));
  const [[first, body], [second, sum]] = fields(bytes);
  assert.deepEqual([bytes[0], first, second], [0x0a, 1, 2]);
  assert.deepEqual(sum, hash("wv-certificate", body));
});

test("refused with status 200: no site, an unknown one, one without FairPlay", async (t) => {
  const { base } = await start(t);
  for (const [path, code] of [
    ["fpsCert.do", "9001"],
    ["fpsCert.do?siteId=NONE", "1003"],
    ["fpsKeyManager.do?siteId=NONE", "1003"],
    ["fpsKeyManager.do?siteId=TUTO", "7301"],
    ["fpsCert.do?siteId=TUTO", "7301"],
    ["widevineCert.do?siteId=NONE", "1003"],
  ]) {
    const response = await fetch(`${base}/ri/${path}`);
    assert.equal(response.status, 200);
    assert.equal((await response.json()).errorCode, code, path);
  }
  assert.equal(
    (await fetch(`${base}/ri/widevineCert.do?siteId=TUTO`)).headers.get("content-type"),
    "application/octet-stream",
  );
});
