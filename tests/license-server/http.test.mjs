import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { bytesOf, start } from "./support.mjs";

/** A folder of files that is removed after the test. */
function folder(t, files) {
  const path = mkdtempSync(join(tmpdir(), "roots-"));
  t.after(() => rmSync(path, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(path, name, ".."), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}

/** The response to exactly these bytes: fetch would normalize them. */
function raw(url, text) {
  return new Promise((done, fail) => {
    let answer = "";
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("end", () => done(answer));
    socket.on("error", fail);
  });
}
const statusOf = (answer) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)[1]);
const get = (url, target) => raw(url, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);

test("files of the roots, with their types", async (t) => {
  const demo = folder(t, {
    "index.html": "<p>",
    "sub/index.html": "sub",
    "a.wasm": "w",
    "b.mpd": "d",
    "c.m3u8": "h",
    "d.m4s": "s",
    "e.mp4": "v",
    "f.unknown": "?",
  });
  const media = folder(t, { "index.html": "no", "clip.mp4": "m", "catalog.json": "[]" });
  const { base, server } = await start(t, { roots: { "/": demo, "/media/": [join(demo, "none"), media] } });
  for (const [path, type, text] of [
    ["/", "text/html; charset=utf-8", "<p>"],
    ["/sub/", "text/html; charset=utf-8", "sub"],
    ["/a.wasm", "application/wasm", "w"],
    ["/b.mpd", "application/dash+xml", "d"],
    ["/c.m3u8", "application/vnd.apple.mpegurl", "h"],
    ["/d.m4s", "video/iso.segment", "s"],
    ["/e.mp4", "video/mp4", "v"],
    ["/f.unknown", "application/octet-stream", "?"],
    ["/media/clip.mp4", "video/mp4", "m"],
  ]) {
    for (const origin of [base, server.url]) {
      const response = await fetch(origin + path);
      assert.deepEqual(
        [response.status, response.headers.get("content-type"), await response.text()],
        [200, type, text],
        path,
      );
      assert.equal(response.headers.get("access-control-allow-origin"), "*");
    }
  }
  for (const path of [
    "/nothing",
    "/sub",
    "/media/catalog.json",
    "/media//catalog.json",
    "/media/Catalog.JSON",
    "/dist/x.js",
    "/node_modules/x.js",
  ]) {
    assert.equal((await fetch(base + path)).status, 404, path);
  }
});

test("no path leads out of a root", async (t) => {
  const outside = folder(t, { secret: "x" });
  const demo = folder(t, { "index.html": "<p>", ".env": "x", ".git/config": "x" });
  symlinkSync(join(outside, "secret"), join(demo, "link"));
  const { server } = await start(t, { roots: { "/": demo } });
  for (const [target, status] of [
    ["/../secret", 400],
    ["/%2e%2e/secret", 400],
    ["/..%2fsecret", 400],
    ["/..%5csecret", 400],
    ["/a/../index.html", 400],
    ["/a\\..\\secret", 400],
    ["/index.html%00", 400],
    ["/%zz", 400],
    ["/?a=%zz", 400],
    ["/%c3%28", 400],
    ["//secret", 404],
    ["/a//index.html", 404],
    ["/.env", 404],
    ["/.git/config", 404],
    ["/link", 404],
    ["/index.html/", 404],
    ["http://x/index.html", 400],
  ]) {
    assert.equal(statusOf(await get(server.url, target)), status, target);
  }
});

test("ranges", async (t) => {
  const media = folder(t, { "a.mp4": "0123456789", "empty.mp4": "" });
  const { base } = await start(t, { roots: { "/media/": media } });
  const part = async (range, file = "a.mp4") => {
    const response = await fetch(`${base}/media/${file}`, { headers: { range } });
    return [response.status, response.headers.get("content-range"), await response.text()];
  };
  assert.deepEqual(await part("bytes=2-4"), [206, "bytes 2-4/10", "234"]);
  assert.deepEqual(await part("bytes=7-"), [206, "bytes 7-9/10", "789"]);
  assert.deepEqual(await part("bytes=-3"), [206, "bytes 7-9/10", "789"]);
  assert.deepEqual(await part("bytes=-30"), [206, "bytes 0-9/10", "0123456789"]);
  assert.deepEqual(await part("bytes=8-99"), [206, "bytes 8-9/10", "89"]);
  for (const whole of ["bytes=4-2", "bytes=0-1,3-4", "bytes=-", "lines=1-2", "bytes=a-b"]) {
    assert.deepEqual(await part(whole), [200, null, "0123456789"], whole);
  }
  for (const none of ["bytes=10-", "bytes=-0"])
    assert.deepEqual((await part(none)).slice(0, 2), [416, "bytes */10"], none);
  assert.equal((await part("bytes=0-", "empty.mp4"))[0], 416);
});

test("HEAD: the same without a body", async (t) => {
  const { base } = await start(t, { roots: { "/media/": folder(t, { "a.mp4": "0123456789" }) } });
  const head = await fetch(`${base}/media/a.mp4`, { method: "HEAD" });
  assert.deepEqual([head.status, head.headers.get("content-length"), await head.text()], [200, "10", ""]);
  assert.equal(
    (await fetch(`${base}/ri/fpsCert.do?siteId=DEMO`, { method: "HEAD" })).headers.get("content-length"),
    "903",
  );
});

test("methods: 405 for existing paths, 404 for others", async (t) => {
  const { base } = await start(t, { roots: { "/": folder(t, { "index.html": "<p>" }) } });
  for (const [method, path, status, allow] of [
    ["GET", "/ri/licenseManager.do", 405, "POST, OPTIONS"],
    ["PUT", "/ri/licenseManager.do", 405, "POST, OPTIONS"],
    ["POST", "/ri/fpsCert.do", 405, "GET, HEAD, OPTIONS"],
    ["DELETE", "/api/catalog", 405, "GET, HEAD, OPTIONS"],
    ["POST", "/", 405, "GET, HEAD, OPTIONS"],
    ["PATCH", "/index.html", 405, "GET, HEAD, OPTIONS"],
    ["POST", "/nothing", 404, null],
    ["POST", "/ri/nothing.do", 404, null],
  ]) {
    const response = await fetch(base + path, { method });
    assert.deepEqual([response.status, response.headers.get("allow")], [status, allow], `${method} ${path}`);
  }
});

test("bodies and headers have a limit", async (t) => {
  const { base, server } = await start(t);
  const send = (length) => fetch(`${base}/ri/licenseManager.do`, { method: "POST", body: Buffer.alloc(length) });
  assert.equal((await send(1024 * 1024)).status, 200);
  assert.equal((await send(1024 * 1024 + 1)).status, 413);
  assert.equal((await send(5 * 1024 * 1024)).status, 413);
  assert.equal((await fetch(base, { headers: { long: "x".repeat(40_000) } })).status, 431);
  assert.equal(statusOf(await raw(server.url, "NONSENSE\r\n\r\n")), 400);
});

test("a preflight allows what it asks for, and is recorded", async (t) => {
  const { base, requests } = await start(t);
  const response = await fetch(`${base}/ri/licenseManager.do`, {
    method: "OPTIONS",
    headers: {
      origin: "http://elsewhere",
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,pallycon-customdata-v2",
    },
  });
  assert.equal(response.status, 204);
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.equal(response.headers.get("access-control-allow-methods"), "POST");
  assert.equal(response.headers.get("access-control-allow-headers"), "content-type,pallycon-customdata-v2");
  const [entry] = await requests();
  assert.deepEqual(
    [entry.method, entry.kind, entry.status, entry.path],
    ["OPTIONS", "license", 204, "/ri/licenseManager.do"],
  );
});

test("the log: in order, by run, cleared, without requests for the log itself", async (t) => {
  const { base, server, requests, token } = await start(t, { roots: { "/": folder(t, { "index.html": "<p>" }) } });
  await fetch(`${base}/?a=%20b`);
  const minted = await token("widevine");
  await fetch(`${base}/ri/licenseManager.do`, { method: "POST", body: "hello", headers: { "X-Mixed": "Case" } });
  await fetch(`${base}/api/catalog`);
  await fetch(`${server.url}/r/other/nothing`);
  await fetch(`${server.url}/r/bad!name/`);
  const log = await requests();
  assert.deepEqual(
    log.map(({ method, path, status, kind }) => [method, path, status, kind]),
    [
      ["GET", "/", 200, "page"],
      ["GET", "/api/drm/token", 200, "token"],
      ["POST", "/ri/licenseManager.do", 200, "license"],
      ["GET", "/api/catalog", 200, "api"],
    ],
  );
  assert.equal(log[0].query, "a=%20b");
  assert.equal(Buffer.from(log[1].answerBase64, "base64").toString(), minted);
  assert.equal(log[1].drm, "widevine");
  assert.deepEqual(
    [log[2].headers["x-mixed"], log[2].bodyLength, Buffer.from(log[2].bodyBase64, "base64").toString()],
    ["Case", 5, "hello"],
  );
  assert.match(log[2].refused, /^9001: /);
  const others = await (await fetch(`${server.url}/r/other/api/requests`)).json();
  assert.deepEqual(
    others.map(({ path, status }) => [path, status]),
    [["/nothing", 404]],
  );
  const strays = await (await fetch(`${server.url}/api/requests`)).json();
  assert.deepEqual(
    strays.map(({ path, status }) => [path, status]),
    [["/r/bad!name/", 404]],
  );
  await fetch(`${base}/api/requests`, { method: "DELETE" });
  assert.deepEqual(await requests(), []);
});

test("the log is bounded in number and in bytes", async (t) => {
  const { base, requests } = await start(t);
  for (let index = 0; index < 510; index += 1) await fetch(`${base}/n${index}`);
  const log = await requests();
  assert.deepEqual([log.length, log[0].path, log.at(-1).path], [500, "/n10", "/n509"]);
  for (let index = 0; index < 140; index += 1) {
    await fetch(`${base}/ri/licenseManager.do`, { method: "POST", body: Buffer.alloc(70_000, index) });
  }
  const bodies = (await requests()).map(({ bodyBase64, bodyLength }) => [
    Buffer.from(bodyBase64, "base64").length,
    bodyLength,
  ]);
  assert.ok(bodies.reduce((sum, [length]) => sum + length, 0) <= 8 * 1024 * 1024);
  assert.deepEqual(bodies.at(-1), [65_536, 70_000]);
});

test("with many runs the oldest are dropped", async (t) => {
  const { server } = await start(t);
  const seen = async (run) => (await (await fetch(`${server.url}/r/${run}/api/requests`)).json()).length;
  for (let index = 0; index < 200; index += 1) await fetch(`${server.url}/r/run${index}/x`);
  await fetch(`${server.url}/r/run0/x`); // now run1 is the least recently used
  await fetch(`${server.url}/r/run200/x`);
  assert.deepEqual([await seen("run200"), await seen("run0"), await seen("run1")], [1, 2, 0]);
});

test("the catalog is public, its keys are not", async (t) => {
  const { base } = await start(t);
  const text = await (await fetch(`${base}/api/catalog`)).text();
  assert.equal(JSON.parse(text)[0].tracks[0].keyId, "00112233445566778899aabbccddeeff");
  assert.doesNotMatch(text, /"key"|0f0e0d0c0b0a09080706050403020100/);
});

test("creating a server with a wrong catalog fails", async () => {
  const { createLicenseServer } = await import("../../www/license-server/server.mjs");
  assert.throws(
    () => createLicenseServer({ catalog: [{ contentId: "x", tracks: [{ trackType: "HD", keyId: "00", key: "00" }] }] }),
    /32 lower-case hex/,
  );
  assert.throws(() => createLicenseServer({ catalog: [{}] }), /contentId/);
});

test("a pending request is dropped when the server closes", async (t) => {
  const { base, server, requests } = await start(t);
  await fetch(`${base}/api/faults`, { method: "POST", body: '[{"on":"certificate","fault":"slow:60000"}]' });
  const pending = assert.rejects(fetch(`${base}/ri/fpsCert.do?siteId=DEMO`), TypeError);
  while ((await requests()).length === 0);
  assert.equal((await requests())[0].status, null);
  await server.close();
  await pending;
});

test("an internal error of the server is a 500 and a line in the log", async (t) => {
  const lines = [];
  const { base } = await start(t, {
    log: (line) => lines.push(line),
    now: () => {
      throw new Error("no clock");
    },
  });
  assert.equal((await fetch(`${base}/api/catalog`)).status, 500);
  assert.match(lines.join(), /internal error: Error: no clock/);
});

test("lines for the console contain no token", async (t) => {
  const lines = [];
  const { base, token } = await start(t, { log: (line) => lines.push(line) });
  const minted = await token("widevine");
  await bytesOf(
    await fetch(`${base}/ri/licenseManager.do?pallycon-customdata-v2=${encodeURIComponent(minted)}`, {
      method: "POST",
      body: "x",
    }),
  );
  await bytesOf(await fetch(`${base}/v1/cpix/pallycon/getKey/a-secret-token`, { method: "POST", body: "x" }));
  await bytesOf(await fetch(`${base}/cpix/anevia/dash/a-secret-token/clip`));
  assert.equal(lines.length, 4);
  assert.doesNotMatch(lines.join("\n"), new RegExp(`${minted.slice(0, 40)}|a-secret-token`));
});
