// A hostile server, over real HTTP: whatever it does, a request ends in the license or in one specific error, within
// its own time limits, and does not change the module's memory. Another seed: HOSTILE_SEED=7 node --test
// tests/js/hostile.test.mjs
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { LICENSES, MESSAGES, film, leavePages, newPage, refusal } from "./support.mjs";
import { pick, random } from "../support/random.mjs";

after(leavePages);

const SEED = Number(process.env.HOSTILE_SEED ?? 20261128);
// A sequence mostly waits for time limits. To run more: HOSTILE_SEQUENCES=5000, and npm run soak in a browser.
const SEQUENCES = Number(process.env.HOSTILE_SEQUENCES ?? 800);

const bytesOf = (next, length) => Uint8Array.from({ length }, () => next() * 256);

const BOMB = gzipSync(Buffer.alloc(20 * 2 ** 20, "x"));
const WORDS = [
  "",
  " ",
  "null",
  "[]",
  "{}",
  "Service Unavailable",
  "7011",
  "<html><body>Sign in</body></html>",
  "<Error><Code>AccessDenied</Code></Error>",
  '{"errors":[{"code":"device_revoked"}]}',
  refusal("7011"),
  refusal("8002", '{"ERROR":"A1","MESSAGE":"no"}'),
  "\u{fffd}\0\x1b[2J",
  "로그인이 필요합니다",
];

/** What the server does with one connection: bytes to write, and how it ends. */
function act(next, license) {
  const head = (status, headers = {}) =>
    `HTTP/1.1 ${status} x\r\n${Object.entries({ connection: "close", ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("")}\r\n`;
  const body = pick(next, [
    () => Buffer.from(pick(next, WORDS)),
    () => bytesOf(next, Math.floor(next() * 200)),
    () => license.slice(0, Math.floor(next() * license.length)),
    () => Buffer.from(JSON.stringify({ license: Buffer.from(license).toString("base64").slice(0, 6) })),
  ])();
  const status = pick(
    next,
    [200, 200, 200, 200, 201, 204, 301, 302, 307, 400, 401, 403, 404, 410, 413, 418, 429, 431, 500, 502, 503, 504, 599],
  );
  return pick(next, [
    () => ({ write: [head(200, { "content-length": license.length }), license] }),
    () => ({ write: [head(200), license] }),
    () => ({
      write: [
        head(status, {
          "content-type": pick(next, [
            "text/html",
            "application/json; charset=euc-kr",
            "application/octet-stream",
            "\u00ff",
          ]),
        }),
        body,
      ],
    }),
    () => ({ write: [head(status, { "content-length": 5000 }), body], reset: true }),
    () => ({
      write: [
        head(pick(next, [301, 302, 303, 307, 308]), {
          location: pick(next, [
            "/",
            "http://localhost:1/",
            "https://evil.example/?t=1",
            "javascript:1",
            "",
            "http://[",
          ]),
        }),
      ],
    }),
    () => ({ write: [head(200, { "content-encoding": "gzip" }), BOMB] }),
    () => ({ write: [head(200, { "content-encoding": pick(next, ["gzip", "br", "deflate"]) }), body] }),
    () => ({
      write: [
        head(200, { "transfer-encoding": "chunked" }),
        pick(next, ["zz\r\n", "5\r\nab", "-1\r\n\r\n", "ffffffffffffffff\r\nx"]),
      ],
    }),
    () => ({
      write: [head(429, { "retry-after": pick(next, ["0", "-1", "soon", "1e9", "Sun, 06 Nov 1994 08:49:37 GMT"]) })],
    }),
    () => ({ write: [bytesOf(next, 30)] }),
    () => ({ write: [] }),
    () => ({ write: [], reset: true }),
    () => ({ write: pick(next, [[], [head(200)], [head(200), license.slice(0, 3)], ["HTTP/1.1 200"]]), hang: true }),
  ])();
}

const oddCallback = (next, value) =>
  pick(next, [
    ...Array(40).fill(() => value),
    () => {
      throw new Error("no");
    },
    () => Promise.reject(Symbol("s")),
    () => new Promise(() => {}),
    () => undefined,
    () => 7,
    () => ({}),
  ]);

test(`${SEQUENCES} random sequences of a hostile server end in the license or in one specific error (seed ${SEED})`, async (t) => {
  const { fetch } = globalThis;
  const queue = [];
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    socket.once("data", () => {
      const { write, reset, hang } = queue.shift() ?? { write: [], reset: true };
      for (const part of write) socket.write(part);
      if (reset) socket.resetAndDestroy();
      else if (!hang) socket.end();
    });
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${server.address().port}/ri/licenseManager.do`;
  const page = await newPage();
  await page.core.load();
  globalThis.fetch = fetch;
  const codes = new Map();
  let licenses = 0;
  let memory = 0;
  try {
    for (let sequence = 0; sequence < SEQUENCES; sequence += 1) {
      const next = random(SEED + sequence);
      const drm = pick(next, ["widevine", "playready", "fairplay"]);
      const license = Buffer.from(LICENSES[drm]);
      const wanted = drm === "fairplay" ? Buffer.from(license.toString(), "base64") : license;
      queue.length = 0;
      queue.push(...Array.from({ length: 3 }, () => act(next, license)));
      const controller = new AbortController();
      if (next() < 0.05)
        setTimeout(() => controller.abort(pick(next, [undefined, "why", new Error("stop")])), next() * 20);
      const client = await page.client({
        licenseUrl: pick(next, [url, url, url, oddCallback(next, url)]),
        customData: oddCallback(next, "dG9rZW4="),
        headers: oddCallback(next, {}),
        contentId: oddCallback(next, "film"),
        timeout: 60,
        retry: { attempts: pick(next, [1, 2, 3]), base: 0, cap: 0 },
        allowRedirects: pick(next, [undefined, undefined, ["https://cdn.example"]]),
      });
      const work = client.requestLicense(drm, MESSAGES[drm], {
        signal: controller.signal,
        ...(next() < 0.5 ? { initData: pick(next, [film, bytesOf(next, 40)]), initDataType: "cenc" } : {}),
      });
      // Far beyond every time limit of the request: three attempts of five waits of 60 ms.
      let overdue;
      const ended = await Promise.race([
        work.then(
          ({ data }) => ({ data }),
          (error) => ({ error }),
        ),
        new Promise((resolve) => {
          overdue = setTimeout(resolve, 30_000, "overdue");
        }),
      ]);
      clearTimeout(overdue);
      const where = `sequence ${sequence} of seed ${SEED}`;
      assert.notEqual(ended, "overdue", where);
      if (ended.data) {
        assert.deepEqual(Buffer.from(ended.data), wanted, where);
        licenses += 1;
      } else {
        const { name, code, message, hint } = ended.error;
        assert.equal(name, "PallyConError", where);
        assert.ok(code !== "internal" && message && hint, `${where}: ${code} ${message}`);
        assert.ok(!`${JSON.stringify(ended.error)}${ended.error.stack}`.includes("dG9rZW4="), where);
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }
      page.events.length = 0;
      if (sequence === Math.floor(SEQUENCES / 10)) memory = page.core.memory().length;
    }
    assert.equal(page.core.memory().length, memory, "wasm memory grows");
  } finally {
    leavePages();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
  assert.ok(licenses > SEQUENCES / 20 && codes.size > 10, "the server was not hostile in many ways, or never kind");
  t.diagnostic(
    `${licenses} licenses; ${[...codes]
      .sort((a, b) => b[1] - a[1])
      .map(([code, count]) => `${count} ${code}`)
      .join(", ")}; wasm memory ${memory} bytes`,
  );
});
