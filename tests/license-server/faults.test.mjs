import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CATALOG } from "../../www/license-server/errors.mjs";
import {
  AUDIO,
  FORM,
  VIDEO,
  bytesOf,
  form,
  openCkc,
  openPlayReady,
  openWidevine,
  playready,
  post,
  spc,
  start,
  widevine,
} from "./support.mjs";

/** A run with one kind of fault on licenses, and a function that requests one. */
async function licenses(t) {
  const kit = await start(t);
  const tokens = {
    widevine: await kit.token("widevine"),
    playready: await kit.token("playready"),
    fairplay: await kit.token("fairplay"),
  };
  const bodies = {
    widevine: () => ({ body: widevine([VIDEO.keyId, AUDIO.keyId]) }),
    playready: () => ({ body: playready([VIDEO.keyId, AUDIO.keyId]), type: "text/xml; charset=utf-8" }),
    fairplay: () => ({ body: form(spc([VIDEO.keyId, AUDIO.keyId])), type: FORM }),
  };
  const ask = (drm) => post(kit.base, { ...bodies[drm](), token: tokens[drm] });
  const under = async (fault, drm = "widevine") => {
    await kit.faults({ on: "license", fault });
    return ask(drm);
  };
  return { ...kit, ask, under };
}
const DRMS = ["widevine", "playready", "fairplay"];

test("every code of the catalog, as text and as a number", async (t) => {
  const { under } = await licenses(t);
  assert.equal(CATALOG.size, 70);
  for (const [code, message] of CATALOG) {
    const response = await under(`error:${code}`);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { errorCode: code, message });
    assert.deepEqual(await (await under(`error-number:${code}`)).json(), { errorCode: Number(code), message });
  }
});

test("the site's own error, nested in 8002", async (t) => {
  const { under } = await licenses(t);
  const error = await (await under('site-error:A12:no "credit": none')).json();
  assert.equal(error.errorCode, "8002");
  assert.deepEqual(JSON.parse(error.message), { ERROR: "A12", MESSAGE: 'no "credit": none' });
});

test("responses of other kinds", async (t) => {
  const { under, base } = await licenses(t);
  for (const [fault, status] of [
    ["html", 200],
    ["html:403", 403],
  ]) {
    const page = await under(fault);
    assert.equal(page.status, status);
    assert.match(page.headers.get("content-type"), /^text\/html/);
    assert.match(await page.text(), /^<!doctype html>/);
  }
  const json = await (await under("json")).json();
  assert.ok(!("errorCode" in json) && !("license" in json));
  const empty = await under("empty");
  assert.deepEqual([empty.status, (await bytesOf(empty)).length], [200, 0]);
  assert.equal((await under("status:503")).status, 503);
  const busy = await under("status:429:retry-after=7");
  assert.deepEqual([busy.status, busy.headers.get("retry-after")], [429, "7"]);
  const redirected = await under("redirect");
  assert.ok(redirected.redirected);
  assert.equal(redirected.url, `${base}/login`);
  assert.match(await redirected.text(), /Please sign in/);
});

test("close resets the connection; no-cors omits CORS headers, except on the preflight", async (t) => {
  const { under, base, requests, faults } = await licenses(t);
  await assert.rejects(under("close"), TypeError);
  assert.deepEqual((({ status, fault }) => ({ status, fault }))((await requests()).at(-1)), {
    status: 0,
    fault: "close",
  });
  assert.equal((await under("no-cors")).headers.get("access-control-allow-origin"), null);
  await faults({ on: "license", fault: "no-cors" });
  const preflight = await fetch(`${base}/ri/licenseManager.do`, { method: "OPTIONS" });
  assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
});

test("slow really responds later", async (t) => {
  const { under } = await licenses(t);
  assert.deepEqual(openWidevine(await bytesOf(await under("slow:20"))).keys, [VIDEO, AUDIO]);
});

test("truncate and flip", async (t) => {
  const { under, ask } = await licenses(t);
  const whole = (await bytesOf(await ask("widevine"))).length;
  assert.equal((await bytesOf(await under("truncate"))).length, whole >> 1);
  for (const at of [0, 40, -1, 100_000]) {
    const license = await bytesOf(await under(`flip:${at}`));
    assert.equal(license.length, whole);
    assert.throws(() => openWidevine(license), `flip:${at}`);
  }
  const soap = await (await under("flip:3", "playready")).text();
  assert.throws(() => openPlayReady(soap), /not a PlayReady license/);
  const ckc = await (await under("flip:-33", "fairplay")).text();
  assert.throws(() => openCkc(Buffer.from(ckc, "base64")), /not a CKC/);
});

test("another DRM's license", async (t) => {
  const { under } = await licenses(t);
  assert.deepEqual(openPlayReady(await (await under("wrong-drm", "widevine")).text()).keys, [VIDEO, AUDIO]);
  for (const drm of ["playready", "fairplay"]) {
    assert.deepEqual(openWidevine(await bytesOf(await under("wrong-drm", drm))).keys, [VIDEO, AUDIO]);
  }
});

test("the forms of licenses seen in the field", async (t) => {
  const { under } = await licenses(t);
  const text = async (fault, drm) => (await under(fault, drm)).text();
  const decoded = async (fault, drm, encoding) => Buffer.from(await text(fault, drm), encoding);
  for (const encoding of ["base64", "base64url"]) {
    assert.equal(openWidevine(await decoded(encoding, "widevine", encoding)).keys.length, 2);
    assert.equal(openPlayReady((await decoded(encoding, "playready", encoding)).toString()).keys.length, 2);
    assert.equal(openCkc(await decoded(encoding, "fairplay", encoding)).keys.length, 2);
  }
  assert.doesNotMatch(await text("base64url", "fairplay"), /[+/=]/);
  assert.equal(openCkc(await bytesOf(await under("raw", "fairplay"))).keys.length, 2);
  const [, inXml] = /^<ckc>(.*)<\/ckc>$/.exec(await text("ckc-xml", "fairplay"));
  assert.equal(openCkc(Buffer.from(inXml, "base64")).keys.length, 2);
  const { ckc } = await (await under("ckc-json", "fairplay")).json();
  assert.equal(openCkc(Buffer.from(ckc, "base64")).keys.length, 2);
  const { license, license_duration } = await (await under("format-json")).json();
  assert.equal(openWidevine(Buffer.from(license, "hex")).keys.length, 2);
  assert.equal(license_duration, 3600);
});

test("missing-key omits the last requested key", async (t) => {
  const { under } = await licenses(t);
  assert.deepEqual(openWidevine(await bytesOf(await under("missing-key"))).keys, [VIDEO]);
});

test("drm, kid, after and times select the requests that a fault affects", async (t) => {
  const { base, faults, ask, token } = await licenses(t);
  const codes = async (drm, count) => {
    const seen = [];
    for (let index = 0; index < count; index += 1) {
      const text = await (await ask(drm)).text();
      seen.push(text.startsWith("{") ? JSON.parse(text).errorCode : "ok");
    }
    return seen;
  };
  await faults({ on: "license", fault: "error:7011", drm: "playready", after: 1, times: 2 });
  assert.deepEqual(await codes("playready", 4), ["ok", "7011", "7011", "ok"]);
  assert.deepEqual(await codes("widevine", 1), ["ok"]);
  await faults(
    { on: "license", fault: "error:2001", kid: AUDIO.keyId.toUpperCase() },
    { on: "license", fault: "error:7103" },
  );
  const one = async (id) =>
    (await (await post(base, { body: widevine([id]), token: await token("widevine") })).json()).errorCode;
  assert.deepEqual([await one(AUDIO.keyId), await one(VIDEO.keyId)], ["2001", "7103"]);
  await faults({ on: "license", fault: "status:503", times: 1 }, { on: "license", fault: "error:7001", times: 1 });
  assert.deepEqual([(await ask("widevine")).status, ...(await codes("widevine", 2))], [503, "7001", "ok"]);
  await faults({ on: "license", fault: "error:2001", times: 1 }, { on: "license", fault: "error:7103", after: 1 });
  assert.deepEqual(await codes("widevine", 2), ["2001", "7103"]);
  await faults({ on: "license", fault: "status:503", times: 1 }, { on: "license", fault: "error:7001", times: 1 });
  for (let index = 0; index < 3; index += 1) await ask("widevine");
  const list = await (await fetch(`${base}/api/faults`)).json();
  assert.deepEqual(
    list.map(({ fault, used }) => [fault, used]),
    [
      ["status:503", 1],
      ["error:7001", 1],
    ],
  );
  await faults({ on: "license", fault: "empty" });
  await fetch(`${base}/api/faults`, { method: "DELETE" });
  assert.deepEqual(await codes("widevine", 1), ["ok"]);
});

test("a fault only affects its run, and no preflights", async (t) => {
  const { base, server, faults, token } = await licenses(t);
  await faults({ on: "license", fault: "empty", times: 1 });
  await fetch(`${base}/ri/licenseManager.do`, { method: "OPTIONS" });
  const body = widevine([VIDEO.keyId]);
  const elsewhere = await post(`${server.url}/r/another`, { body, token: await token("widevine") });
  assert.deepEqual(openWidevine(await bytesOf(elsewhere)).keys, [VIDEO]);
  assert.equal((await bytesOf(await post(base, { body, token: await token("widevine") }))).length, 0);
});

test("certificates", async (t) => {
  const { base, faults } = await start(t);
  const get = async (fault, path) => {
    await faults(...(fault === undefined ? [] : [{ on: "certificate", fault }]));
    return bytesOf(await fetch(`${base}/ri/${path}?siteId=DEMO`));
  };
  const der = await get(undefined, "fpsCert.do");
  assert.deepEqual(await get("raw", "fpsKeyManager.do"), der);
  assert.equal((await get("base64", "fpsCert.do")).toString(), der.toString("base64"));
  assert.equal((await get("base64url", "fpsCert.do")).toString(), der.toString("base64url"));
  assert.deepEqual(await get("wrong-drm", "widevineCert.do"), der);
  assert.equal((await get("wrong-drm", "fpsCert.do"))[0], 0x0a);
  const flipped = Buffer.from((await get("flip:0", "fpsKeyManager.do")).toString(), "base64");
  assert.deepEqual([flipped[0], flipped.subarray(1)], [0x31, der.subarray(1)]);
  assert.deepEqual(await get("truncate", "fpsCert.do"), der.subarray(0, der.length >> 1));
  assert.equal(JSON.parse((await get("error:7315", "fpsCert.do")).toString()).errorCode, "7315");
  assert.match((await get("html", "fpsCert.do")).toString(), /^<!doctype html>/);
});

test("faulty tokens, and the code for each", async (t) => {
  const { base, faults, token } = await start(t);
  const code = async (fault, more = "") => {
    await faults({ on: "token", fault });
    const answer = await (
      await post(base, { body: widevine([VIDEO.keyId]), token: await token("widevine", more) })
    ).text();
    return answer.startsWith("{") ? JSON.parse(answer).errorCode : "ok";
  };
  assert.equal(await code("expires:601"), "7011");
  assert.equal(await code("expires:599"), "ok");
  assert.equal(await code("future:60"), "7011");
  assert.equal(await code("wrong-cid"), "7012");
  assert.equal(await code("wrong-drm-type"), "7018");
  assert.equal(await code("tampered"), "7019");
  assert.equal(await code("wrong-cid", "&kind=auth-data"), "7012");
  assert.equal(await code("tampered", "&kind=auth-data"), "8706");
  await faults({ on: "token", fault: "status:500" });
  assert.equal((await fetch(`${base}/api/drm/token?drm=widevine&content_id=x`)).status, 500);
});

test("media", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "media-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "a.m4s"), Buffer.from([0, 1, 2, 3, 4, 5, 6, 7]));
  const { base, faults, requests } = await start(t, { roots: { "/media/": folder } });
  const get = async (fault) => {
    await faults({ on: "media", fault });
    return fetch(`${base}/media/a.m4s`);
  };
  assert.deepEqual([...(await bytesOf(await get("flip:2")))], [0, 1, 3, 3, 4, 5, 6, 7]);
  assert.deepEqual([...(await bytesOf(await get("truncate")))], [0, 1, 2, 3]);
  assert.equal((await get("status:404")).status, 404);
  const entry = (await requests()).at(-1);
  assert.deepEqual(
    [entry.kind, entry.fault, entry.status, "answerBase64" in entry],
    ["media", "status:404", 404, false],
  );
});

test("unknown faults are refused", async (t) => {
  const { base } = await start(t);
  for (const body of [
    "{",
    "{}",
    "[1]",
    '[{"on":"page","fault":"empty"}]',
    '[{"on":"license"}]',
    '[{"on":"license","fault":"eat"}]',
    '[{"on":"license","fault":"error:1"}]',
    '[{"on":"media","fault":"raw"}]',
    '[{"on":"token","fault":"missing-key"}]',
    '[{"on":"license","fault":"status:99"}]',
    '[{"on":"license","fault":"empty","after":-1}]',
    "[null]",
    JSON.stringify(Array(101).fill({ on: "license", fault: "empty" })),
  ]) {
    assert.equal((await fetch(`${base}/api/faults`, { method: "POST", body })).status, 400, body.slice(0, 60));
  }
});

test("each DRM gets each fault that replaces the response", async (t) => {
  const { under } = await licenses(t);
  for (const drm of DRMS) assert.equal((await (await under("error:2001", drm)).json()).errorCode, "2001");
});
