// The examples, run unchanged.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { openLicenseToken } from "../../dist/server.js";
import { decryptText, encryptText } from "../../www/license-server/digest.mjs";
import { TUTORIAL, root } from "./support.mjs";
import { random } from "../support/random.mjs";

/** The example as a process: its URL, its stderr output, and its exit. */
async function start(t, name = "token-server") {
  const env = {
    ...process.env,
    PORT: "0",
    PALLYCON_SITE_ID: TUTORIAL.siteId,
    PALLYCON_SITE_KEY: TUTORIAL.siteKey,
    PALLYCON_ACCESS_KEY: TUTORIAL.accessKey,
  };
  const server = spawn(process.execPath, [fileURLToPath(new URL(`examples/${name}.mjs`, root))], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => server.kill());
  const seen = { stderr: "", exit: undefined };
  server.stderr.on("data", (chunk) => (seen.stderr += chunk));
  server.on("exit", (code, signal) => (seen.exit = { code, signal }));
  const [line] = await once(server.stdout, "data");
  return { url: String(line).trim(), seen };
}

test("examples/token-server.mjs issues tokens only to those who may play", async (t) => {
  const { url } = await start(t);
  const answer = await fetch(`${url}?content_id=film-1&drm=widevine`, { headers: { "x-user": "ann" } });
  assert.equal(answer.status, 200);
  const { userId, contentId, drmType, policy } = await openLicenseToken(TUTORIAL, await answer.text());
  assert.deepEqual(
    [userId, contentId, drmType, policy.playback_policy.license_duration],
    ["ann", "film-1", "Widevine", 3600],
  );
  assert.equal((await fetch(`${url}?content_id=film-1&drm=widevine`)).status, 403);
  assert.equal((await fetch(url.replace("/api/drm/token", "/other"))).status, 404);
  assert.equal((await fetch(`${url}?content_id=film-1&drm=widevine`, { method: "POST", body: "x" })).status, 405);
});

test("examples/callback-server.mjs responds to PallyCon's callback", async (t) => {
  const { url } = await start(t, "callback-server");
  const ask = async (userId) => {
    const asked = {
      user_id: userId,
      cid: "film-1",
      oid: "",
      nonce: "n-1",
      device_id: "d",
      device_type: "pc",
      drm_type: "Widevine",
    };
    const answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ data: encryptText(TUTORIAL.siteKey, JSON.stringify(asked)) }),
    });
    return JSON.parse(decryptText(TUTORIAL.siteKey, Buffer.from(await answer.text(), "base64")));
  };
  assert.deepEqual(await ask("ann"), {
    error_code: "0000",
    error_message: "success",
    playback_policy: { license_duration: 3600 },
    security_policy: [{ track_type: "UHD1", widevine: { security_level: 5 } }],
    nonce: "n-1",
  });
  assert.deepEqual(await ask("guest"), { error_code: "NO_ORDER", error_message: "No order for film-1", nonce: "n-1" });
  assert.equal((await fetch(url)).status, 405);
});

/**
 * Sends bytes and resolves with the full response. `patience`: a truncated request gets no response before the client
 * gives up.
 */
function raw(port, bytes, patience) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const chunks = [];
    const timer = patience && setTimeout(() => socket.end(), patience);
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", () => {});
    socket.on("close", () => (clearTimeout(timer), resolve(Buffer.concat(chunks).toString("latin1"))));
    socket.write(bytes);
  });
}
const statusOf = (response) => Number(/^HTTP\/1\.1 (\d+)/.exec(response)?.[1]);
const request = (line, headers = "Host: a\r\n") =>
  Buffer.from(`${line} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`, "latin1");

test("malformed requests get 400 or 405", async (t) => {
  const { url, seen } = await start(t);
  const { port } = new URL(url);
  const query = "/api/drm/token?content_id=a&drm=ncg";
  for (const [bytes, status] of [
    [request(`TRACE ${query}`), 405],
    [request("TRACE /api/drm/token"), 405],
    [request(`POST ${query}`), 405],
    [request(`PROPFIND ${query}`), 405],
    [request("GET /api/drm/token", "Host: a b\r\n"), 400],
    [request("GET /api/drm/token", "Host: a/api/drm/token?content_id=x&drm=ncg&y=\r\n"), 400],
    [request("GET /api/drm/token", "Host: user@a\r\n"), 400],
    [request("GET /api/drm/token", "Host: a:99999\r\n"), 400],
    [request("GET /api/drm/token", "Host: \xff\r\n"), 400],
    [request("GET http://[/token"), 400],
    [request("GET https://x:y@a/api/drm/token"), 400],
    [request("GET /api/drm/token"), 400],
    [request("GET //b/token"), 404],
    [request("OPTIONS *"), 404],
    [request(query.length ? `HEAD ${query}` : "", "Host: a\r\nx-user: ann\r\n"), 200],
    [request(`OPTIONS ${query}`), 204],
    [request(`GET ${query}`, "Host: a\r\nx-user: \xe9\xff\r\n"), 200],
    [request(`GET ${query}`, "Host: a\r\nx-user: ann\r\nX-User: bob\r\n__proto__: x\r\nconstructor: y\r\n"), 200],
    [request(`GET http://evil.example${query}`, "Host: a\r\nx-user: ann\r\n"), 200],
    [Buffer.from("GET /api/drm/token HTTP/1.0\r\n\r\n"), 400],
  ]) {
    assert.equal(statusOf(await raw(port, bytes)), status, bytes.toString("latin1").split("\r\n", 2).join(" | "));
  }
  assert.deepEqual(seen, { stderr: "", exit: undefined });
});

const METHODS = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "DELETE",
  "M-SEARCH",
  "PRI",
  "get",
  "",
  "G\0T",
];
const TARGETS = [
  "/api/drm/token",
  "/api/drm/token?content_id=a&drm=ncg",
  "/api/drm/token?content_id=%00&drm=%ff",
  "/api/drm/token?content_id=a&content_id=b",
  "*",
  "//",
  "///\\",
  "http://",
  "http://[::1",
  "https://x:y@z/token",
  "a:1",
  "/\xff",
  "/%zz?%",
  `/api/drm/token?content_id=${"a".repeat(5000)}`,
  "",
];
const HOSTS = [
  "a",
  "a b",
  "",
  "[",
  "[::1]",
  "a:b",
  "a:99999",
  "\xff\xfe",
  "a/../b",
  "a?x",
  "a#x",
  "a@b",
  "%00",
  "xn--",
  "\t",
  "a\0b",
];
const HEADERS = [
  "x-user: ann",
  "x-user: \xff",
  "x-user:",
  ": x",
  "x y: z",
  "accept: application/json",
  "expect: 100-continue",
  "expect: nothing",
  "upgrade: websocket",
  "connection: upgrade",
  "content-length: 5",
  "content-length: -1",
  "content-length: 99999999999999999999",
  "transfer-encoding: chunked",
  "cookie: \x01",
  "origin: null",
  "__proto__: x",
  `x: ${"y".repeat(9000)}`,
  "host: second",
];

test("it still responds after thousands of malformed requests", async (t) => {
  const { url, seen } = await start(t);
  const { port } = new URL(url);
  const seed = Number(process.env.SEED ?? 20_261);
  const next = random(seed);
  const below = (most) => Math.floor(next() * most);
  const pick = (list) => list[below(list.length)];
  // Node's own parser refuses most of these, so most lines are regular: the handler must get its share.
  const usual = (value, list) => (below(4) > 0 ? value : pick(list));
  const one = () => {
    const lines = [
      `${usual(pick(["GET", "HEAD", "TRACE"]), METHODS)} ${pick(TARGETS)} ${usual("HTTP/1.1", ["HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", ""])}`,
    ];
    if (below(8) > 0) lines.push(`Host: ${usual("a", HOSTS)}`);
    for (let count = below(3); count > 0; count--) lines.push(usual("x-user: ann", HEADERS));
    const bytes = Buffer.from(
      `${[...lines, "Connection: close"].join("\r\n")}\r\n\r\n${usual("", ["hello", "5\r\nhello\r\n0\r\n\r\n", "\0\0\0"])}`,
      "latin1",
    );
    // Some bytes are changed, some requests are cut off.
    for (let count = below(6) === 0 ? below(5) : 0; count > 0; count--) bytes[below(bytes.length)] = below(256);
    return below(9) === 0 ? bytes.subarray(0, below(bytes.length)) : bytes;
  };
  const statuses = new Map();
  for (let sent = 0; sent < 3000; sent += 50) {
    const responses = await Promise.all(Array.from({ length: 50 }, () => raw(port, one(), 100)));
    for (const response of responses) statuses.set(statusOf(response), (statuses.get(statusOf(response)) ?? 0) + 1);
    assert.equal(seen.exit, undefined, `it died, seed ${seed}: ${seen.stderr}`);
  }
  t.diagnostic(`seed ${seed}: ${JSON.stringify(Object.fromEntries(statuses))}`);
  assert.ok(
    !statuses.has(500) && statuses.get(400) > 500 && statuses.get(405) > 50 && statuses.get(200) > 5,
    JSON.stringify(Object.fromEntries(statuses)),
  );
  assert.equal((await fetch(`${url}?content_id=film-1&drm=widevine`, { headers: { "x-user": "ann" } })).status, 200);
  assert.equal(seen.stderr, "");
});
