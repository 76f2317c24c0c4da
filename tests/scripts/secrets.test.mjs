// The search through the suites' output finds secrets, and nothing else.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { searchLogs, secretsIn } from "../../scripts/lib/secrets.mjs";
import { DEMO } from "../../www/license-server/accounts.mjs";
import { mintForQuery } from "../../www/license-server/mint.mjs";

const mint = (query) =>
  mintForQuery(new URLSearchParams({ drm: "widevine", content_id: "demo-cenc", ...query }), {
    account: DEMO,
    now: Date.now(),
  });
const [
  {
    tracks: [{ key }],
  },
] = JSON.parse(readFileSync(new URL("../../www/media/catalog.json", import.meta.url), "utf8"));
const SPC = Buffer.concat([Buffer.from("fbfffe01", "hex"), Buffer.alloc(90, 0xa7)]);

test("each kind is found in each of its forms, and is not repeated", () => {
  for (const [kind, text] of [
    ["a token", mint({})],
    ["a token", mint({ kind: "auth-data" })],
    ["a site key", DEMO.siteKey],
    ["an access key", DEMO.accessKey],
    ["a packager's secret", DEMO.kmsSecret],
    ["a content key", key],
    ["a content key", Buffer.from(key, "hex").toString("base64")],
    ["a content key", Buffer.from(key, "hex").toString("base64url")],
    ["an SPC", SPC.toString("base64")],
    ["an SPC", SPC.toString("hex")],
    ["an SPC", `spc=${encodeURIComponent(SPC.toString("base64"))}`],
  ]) {
    assert.deepEqual(secretsIn(`not ok 7 - ${text} was said`), [kind], kind);
  }
});

test("key ids, init data, test titles and other base64 are not secrets", () => {
  assert.deepEqual(
    secretsIn(
      `7fbf9f2d3c0e4f5b8be77c2fa1fe6bd1 spc= AAAAOHBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAABgSEAAWNwaftdGsPEdH4BMi5MJI49yVmwY= ${Buffer.from(JSON.stringify({ name: "x".repeat(90) })).toString("base64")}`,
    ),
    [],
  );
});

test("a folder of logs is searched, and nothing else in it", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "logs-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "test-a.log"), "ok 1 - all is well");
  writeFileSync(join(folder, "test-b.json"), JSON.stringify({ error: DEMO.siteKey }));
  writeFileSync(join(folder, "build-c.log"), DEMO.siteKey);
  assert.deepEqual(searchLogs(folder), { files: 2, found: ["test-b.json shows a site key"] });
});
