// examples/license-proxy.mjs between the client and the local license server, as docs/license-proxy.md describes.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createPallyCon } from "../../dist/index.js";
import { DEMO } from "../../www/license-server/accounts.mjs";
import {
  VIDEO,
  nonce,
  openPlayReady,
  openWidevine,
  playready,
  spc,
  start,
  widevine,
} from "../license-server/support.mjs";

const LICENSES = "/ri/licenseManager.do";
/** The example as a process of the demo's site, in front of a license server. */
async function proxy(t, licenseUrl) {
  const env = {
    ...process.env,
    PORT: "0",
    PALLYCON_LICENSE_URL: licenseUrl,
    PALLYCON_SITE_ID: DEMO.siteId,
    PALLYCON_SITE_KEY: DEMO.siteKey,
    PALLYCON_ACCESS_KEY: DEMO.accessKey,
  };
  const file = fileURLToPath(new URL("../../examples/license-proxy.mjs", import.meta.url));
  const server = spawn(process.execPath, [file], { env, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => server.kill());
  const [line] = await once(server.stdout, "data");
  return String(line).trim();
}

/** A client as on the page: no token, and the proxy's URL. */
async function client(url, more = {}) {
  const events = [];
  const drm = await createPallyCon({
    siteId: "DEMO",
    contentId: "clip-one",
    customData: null,
    retry: { attempts: 1 },
    licenseUrl: ({ drm, contentId }) => `${url}${drm}?${new URLSearchParams({ content_id: contentId })}`,
    headers: { "x-user": "ann" },
    onEvent: (event) => events.push(event),
    ...more,
  });
  return { drm, events };
}

test("a license for each DRM: the proxy adds the token, the page has none and gets no warning", async (t) => {
  const { base, requests } = await start(t, { now: Date.now });
  const url = await proxy(t, base + LICENSES);
  const { drm, events } = await client(url);
  const n = nonce();
  const license = await drm.requestLicense("widevine", widevine([VIDEO.keyId], { n, contentId: "clip-one" }));
  assert.deepEqual(openWidevine(Buffer.from(license.data)).keys, [VIDEO]);
  const xml = await drm.requestLicense("playready", Buffer.from(playready([VIDEO.keyId], { n })));
  assert.deepEqual(openPlayReady(Buffer.from(xml.data).toString()).keys, [VIDEO]);
  assert.ok((await drm.requestLicense("fairplay", spc([VIDEO.keyId]))).data.length > 0);
  const seen = (await requests()).filter(({ kind }) => kind === "license");
  assert.deepEqual(
    seen.map(({ drm, status }) => [drm, status]),
    [
      ["widevine", 200],
      ["playready", 200],
      ["fairplay", 200],
    ],
  );
  for (const { headers } of seen) {
    assert.ok(headers["pallycon-customdata-v2"].length > 100);
    assert.equal(headers["x-user"], undefined);
  }
  assert.deepEqual(
    events.filter(({ type }) => ["warning", "error", "custom-data"].includes(type)),
    [],
  );
});

test("refusals by PallyCon and by the site are the same client errors as without a proxy", async (t) => {
  const { base, faults } = await start(t, { now: Date.now });
  const url = await proxy(t, base + LICENSES);
  await faults({ on: "license", fault: "error:7012", times: 1 });
  const { drm } = await client(url);
  const ask = (which = drm) => which.requestLicense("widevine", widevine([VIDEO.keyId], { contentId: "clip-one" }));
  await assert.rejects(ask(), { code: "content-id-mismatch", serverCode: "7012" });
  const { drm: stranger } = await client(url, { headers: {} });
  await assert.rejects(ask(stranger), { code: "forbidden", httpStatus: 403 });
});

test("the proxy accepts only POST, for three DRMs, and reports an unreachable license server", async (t) => {
  const url = await proxy(t, "http://127.0.0.1:1/");
  assert.equal((await fetch(`${url}widevine?content_id=a`)).status, 405);
  assert.equal((await fetch(`${url}ncg?content_id=a`, { method: "POST", body: "x" })).status, 404);
  const headers = { "x-user": "ann" };
  assert.equal((await fetch(`${url}widevine`, { method: "POST", body: "x", headers })).status, 403);
  assert.equal((await fetch(`${url}widevine?content_id=a`, { method: "POST", body: "x", headers })).status, 502);
});
