// The examples, run as they stand.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { openLicenseToken } from "../../dist/server.js";
import { TUTORIAL, root } from "./support.mjs";

test("examples/token-server.mjs gives tokens to who it should", async (t) => {
  const env = { ...process.env, PORT: "0", PALLYCON_SITE_ID: TUTORIAL.siteId, PALLYCON_SITE_KEY: TUTORIAL.siteKey, PALLYCON_ACCESS_KEY: TUTORIAL.accessKey };
  const server = spawn(process.execPath, [fileURLToPath(new URL("examples/token-server.mjs", root))], { env, stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => server.kill());
  const [line] = await once(server.stdout, "data");
  const url = String(line).trim();
  const answer = await fetch(`${url}?content_id=film-1&drm=widevine`, { headers: { "x-user": "ann" } });
  assert.equal(answer.status, 200);
  const { userId, contentId, drmType, policy } = await openLicenseToken(TUTORIAL, await answer.text());
  assert.deepEqual([userId, contentId, drmType, policy.playback_policy.license_duration], ["ann", "film-1", "Widevine", 3600]);
  assert.equal((await fetch(`${url}?content_id=film-1&drm=widevine`)).status, 403);
  assert.equal((await fetch(url.replace("/token", "/other"))).status, 404);
  assert.equal((await fetch(`${url}?content_id=film-1&drm=widevine`, { method: "POST", body: "x" })).status, 405);
});
