// The demo's list of what happened: each event of the package as a line that a person can read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { tell, tellPlayerError } from "../../www/demo/play/story.js";

const KEY = "7fbf9f2d3c0e4f5b8be77c2fa1fe6bd1";

test("init data: the systems, the content id, the keys, and what was wrong", () => {
  const line = tell({
    type: "init-data",
    initData: { type: "cenc", boxes: [{ system: "Widevine" }, { systemId: "00000000-0000-0000-0000-000000000001" }], keyIds: [KEY], contentId: "demo-cenc", warnings: [{ message: "too short", offset: 40 }] },
  });
  assert.equal(line.what, "Init data found (cenc)");
  assert.deepEqual(line.more, ["2 PSSH boxes: Widevine, 00000000-0000-0000-0000-000000000001", "content id demo-cenc", `key ids ${KEY}`, "too short (byte 40)"]);
});

test("an error: message first, then what to do, the codes, the site's words and the token's problems", () => {
  const line = tell({
    type: "error",
    error: { message: "refused (8002)", hint: "Ask the site.", code: "site-error", serverCode: "8002", httpStatus: 200, siteError: { code: "E1", message: "no" }, problems: [{ message: "it has expired" }] },
  });
  assert.equal(line.kind, "error");
  assert.equal(line.what, "refused (8002)");
  assert.deepEqual(line.more, ["Ask the site.", "code site-error, PallyCon 8002, HTTP 200", "the site says E1: no", "the token: it has expired"]);
});

test("keys: usable is good, anything else a warning, an unknown status is shown as it is", () => {
  assert.deepEqual([tell({ type: "key-status", keyId: KEY, status: "usable" })].map(({ kind, what }) => [kind, what]), [["good", "Key 7fbf9f2d…: usable"]]);
  assert.equal(tell({ type: "key-status", keyId: KEY, status: "output-restricted" }).kind, "warning");
  assert.deepEqual(tell({ type: "key-status", keyId: KEY, status: "usable-in-future" }).more, []);
});

test("a retried request says which attempt it is", () => {
  assert.match(tell({ type: "request", drm: "widevine", url: "https://x/ri", attempt: 2, bytes: 1234 }).what, /attempt 2$/);
  assert.doesNotMatch(tell({ type: "request", drm: "widevine", url: "https://x/ri", attempt: 1, bytes: 1234 }).what, /attempt/);
});

test("an event that this page does not know is shown by its name", () => {
  assert.equal(tell({ type: "something-new" }).what, "something-new");
});

test("a player's error tells whether ours is inside", () => {
  assert.deepEqual(tellPlayerError({ player: "Shaka", message: "6007", ours: { message: "token expired" } }).more, ["with our error inside: token expired"]);
  assert.deepEqual(tellPlayerError({ player: "Shaka", message: "6007" }).more, []);
});
