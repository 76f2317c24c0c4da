// The wasm module arrives late, or not at all: createPallyCon() does not wait for it, everything that returns a promise
// does, and a failed load can be repeated.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, test } from "node:test";
import { runInNewContext } from "node:vm";
import {
  DER,
  HTML,
  LICENSES,
  MESSAGES,
  answer,
  failure,
  film,
  leavePages,
  never,
  newPage,
  token,
  unreachable,
  wasm,
} from "./support.mjs";

const real = { setTimeout: globalThis.setTimeout, WebAssembly: globalThis.WebAssembly };
afterEach(() => Object.assign(globalThis, real));
after(leavePages);

const license = answer(LICENSES.widevine);
/** Long enough for everything that could happen without further input. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
};

test("createPallyCon() resolves before the wasm arrives; a license request waits for it and succeeds", async () => {
  let arrive;
  const page = await newPage({
    wasm: () =>
      new Promise((resolve) => {
        arrive = () => resolve(wasm());
      }),
    answers: [license],
  });
  const drm = await page.client();
  await settled();
  assert.equal(page.wasmRequests, 1, "the download has started");
  const asked = drm.requestLicense("widevine", MESSAGES.widevine);
  await settled();
  assert.deepEqual([page.sent, page.events], [[], []]);
  arrive();
  assert.deepEqual((await asked).data, LICENSES.widevine);
  assert.deepEqual([page.sent.length, page.wasmRequests, page.errors()], [1, 1, []]);
});

test("before the wasm arrives, it is the only request, shared by all clients and calls", async () => {
  let arrive;
  const tokens = [];
  const page = await newPage({
    wasm: () =>
      new Promise((resolve) => {
        arrive = () => resolve(wasm());
      }),
    answers: [license, license],
  });
  const options = {
    siteId: "DEMO",
    customData: ({ drm }) => {
      tokens.push(drm);
      return "dG9rZW4=";
    },
    licenseUrl: () => assert.fail("too early"),
  };
  const clients = [
    await page.client(options),
    await page.client(options),
    await page.client({ ...options, licenseUrl: undefined }),
  ];
  const asked = [
    clients[2].requestLicense("widevine", MESSAGES.widevine),
    clients[2].requestLicense("widevine", MESSAGES.widevine),
    page.core.load(),
  ];
  await settled();
  assert.deepEqual([page.wasmRequests, page.sent, tokens], [1, [], []]);
  arrive();
  await Promise.all(asked);
  assert.deepEqual([page.wasmRequests, page.sent.length, tokens], [1, 2, ["widevine", "widevine"]]);
});

test("readLicense() before the wasm has arrived is not-initialized", async () => {
  const page = await newPage({ wasm: never });
  const drm = await page.client();
  const error = await failure(() => drm.readLicense("widevine", { status: 200, body: LICENSES.widevine }));
  assert.equal(error.code, "not-initialized");
  assert.match(error.hint, /await init\(\)/i);
});

/** Ways in which player.wasm can be unavailable, and the error's text for each. */
const WAYS = {
  "is missing": [() => new Response("", { status: 404 }), /HTTP 404/],
  "cannot be fetched": [unreachable, /could not be fetched/],
  "is a page": [() => new Response(HTML), /not a \.wasm file/],
  "is damaged": [() => new Response(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 99])), /damaged/],
  "is another module": [
    () => new Response(readFileSync(new URL("../../dist/media.wasm", import.meta.url))),
    /is not the expected player\.wasm/,
  ],
  "breaks off": [
    () => new Response(new ReadableStream({ pull: (stream) => stream.error(new TypeError("terminated")) })),
    /could not be read/,
  ],
  "never comes": [never, /did not arrive within 30000 ms/],
};
const CALLS = {
  requestLicense: (drm) => drm.requestLicense("widevine", MESSAGES.widevine),
  licenseRequest: (drm) => drm.licenseRequest("widevine", MESSAGES.widevine),
  certificate: (drm) => drm.certificate("fairplay"),
  playreadyCdmData: (drm) => drm.playreadyCdmData(),
};

for (const [way, [missing, message]] of Object.entries(WAYS)) {
  test(`if player.wasm ${way}, every call fails with wasm-unreachable, reported once, and the next call tries again`, async () => {
    // If nothing arrives, the module's 30 seconds are over immediately.
    if (missing === never)
      globalThis.setTimeout = (work, ms, ...more) => real.setTimeout(work, ms === 30_000 ? 0 : ms, ...more);
    const page = await newPage({ wasm: missing, answers: [answer(DER)] });
    const drm = await page.client({ siteId: "DEMO" });
    while (!page.errors().length) await new Promise(setImmediate);
    assert.deepEqual(
      [page.errors(), page.wasmRequests],
      [["wasm-unreachable"], 1],
      "the load that createPallyCon() began is reported",
    );
    let expected = 1;
    for (const [name, call] of Object.entries(CALLS)) {
      const error = await failure(() => call(drm));
      expected += 1;
      assert.deepEqual([error.code, error.phase, error.retryable], ["wasm-unreachable", "environment", false], name);
      assert.match(error.message, message, name);
      assert.match(error.hint, /init\(\)/, name);
      assert.deepEqual([page.errors().length, page.wasmRequests, page.sent.length], [expected, expected, 0], name);
    }
    page.wasm = wasm;
    globalThis.setTimeout = real.setTimeout;
    assert.deepEqual(await drm.certificate("fairplay"), DER);
    assert.deepEqual([page.errors().length, page.wasmRequests], [expected, expected + 1]);
  });
}

test("it is compiled while downloading if its type is application/wasm, and from bytes otherwise or if the browser cannot", async () => {
  const { compileStreaming, compile } = WebAssembly;
  const made = [];
  WebAssembly.compileStreaming = async (response) => {
    const module = await compileStreaming.call(WebAssembly, response);
    made.push("streamed");
    return module;
  };
  WebAssembly.compile = (bytes) => (made.push("from bytes"), compile.call(WebAssembly, bytes));
  const typed = (type) => () => new Response(wasm().body, { headers: { "content-type": type } });
  try {
    for (const [give, streams, expected] of [
      [typed("application/wasm"), true, "streamed"],
      [typed("application/octet-stream"), true, "from bytes"],
      [typed("application/wasm"), false, "from bytes"],
    ]) {
      if (!streams) delete WebAssembly.compileStreaming;
      const page = await newPage({ wasm: give, answers: [license] });
      assert.deepEqual(
        (await (await page.client()).requestLicense("widevine", MESSAGES.widevine)).data,
        LICENSES.widevine,
      );
      assert.deepEqual(made.splice(0), [expected]);
    }
    WebAssembly.compileStreaming = compileStreaming;
    // A page with the type application/wasm is still a page.
    const page = await newPage({ wasm: () => new Response(HTML, { headers: { "content-type": "application/wasm" } }) });
    assert.match(
      (await failure(async () => (await page.client()).certificate("fairplay"))).message,
      /not a \.wasm file/,
    );
  } finally {
    Object.assign(WebAssembly, { compileStreaming, compile });
  }
});

test("sources of another realm are accepted: a module, a response, a buffer, a URL", async () => {
  const foreign = runInNewContext("({ Module: WebAssembly.Module, ArrayBuffer, Uint8Array })");
  const file = new Uint8Array(await wasm().arrayBuffer());
  const copy = new foreign.Uint8Array(file);
  class Response {
    get [Symbol.toStringTag]() {
      return "Response";
    }
    ok = true;
    bodyUsed = false;
    clone() {
      return this;
    }
    async arrayBuffer() {
      return copy.buffer;
    }
  }
  class URL {
    get [Symbol.toStringTag]() {
      return "URL";
    }
    toString() {
      return "https://page.example/player.wasm";
    }
  }
  for (const source of [
    new foreign.Module(file),
    copy,
    copy.buffer,
    new Response(),
    Promise.resolve(new Response()),
    new URL(),
  ]) {
    const { core } = await newPage();
    await core.load(source);
    assert.equal(core.isLoaded(), true);
  }
  for (const nothing of [
    {},
    1,
    new foreign.ArrayBuffer(0),
    structuredClone(copy.buffer, { transfer: [copy.buffer] }) && copy,
  ]) {
    const { core } = await newPage();
    assert.match((await failure(() => core.load(nothing))).message, /not a \.wasm file/);
  }
});

test("after a failed download, the next license request downloads the wasm again and succeeds", async () => {
  const page = await newPage({ wasm: unreachable, answers: [license] });
  const drm = await page.client();
  assert.equal((await failure(() => drm.requestLicense("widevine", MESSAGES.widevine))).code, "wasm-unreachable");
  page.wasm = wasm;
  assert.deepEqual((await drm.requestLicense("widevine", MESSAGES.widevine)).data, LICENSES.widevine);
});

test("without WebAssembly, or if a policy forbids it, the error is wasm-blocked", async () => {
  for (const blocked of [
    undefined,
    {
      ...real.WebAssembly,
      Module: real.WebAssembly.Module,
      instantiate: () => Promise.reject(new real.WebAssembly.CompileError("forbidden")),
    },
  ]) {
    const page = await newPage();
    globalThis.WebAssembly = blocked;
    const drm = await page.client();
    assert.equal((await failure(() => drm.requestLicense("widevine", MESSAGES.widevine))).code, "wasm-blocked");
    globalThis.WebAssembly = real.WebAssembly;
    assert.ok(page.errors().every((code) => code === "wasm-blocked"));
  }
});

test("an aborted request stops waiting for the wasm, and sends nothing", async () => {
  const page = await newPage({ wasm: never });
  const drm = await page.client();
  const controller = new AbortController();
  const asked = failure(() => drm.requestLicense("widevine", MESSAGES.widevine, { signal: controller.signal }));
  await settled();
  controller.abort();
  assert.equal((await asked).code, "aborted");
  const late = await failure(() => drm.requestLicense("widevine", MESSAGES.widevine, { signal: AbortSignal.abort() }));
  assert.deepEqual([late.code, page.sent, page.errors()], ["aborted", [], []]);
});

/** Failures with a loaded module: responses, code, status, part of the hint. */
const FAILURES = {
  "a 503": [[answer("", 503), answer("", 503), answer("", 503)], "server-unavailable", 503, /Try again/],
  "an HTML page with status 200": [[answer(HTML)], "not-a-license", 200, /captive portal/],
  "an expired token": [[answer('{"errorCode":"7011","message":"expired"}')], "token-expired", 200, /fresh token/],
  "no network": [[unreachable, unreachable, unreachable], "network", undefined, /connection/],
};
for (const [name, [answers, code, status, hint]] of Object.entries(FAILURES)) {
  test(`${name}: the same code and hint every time, even if only the license server is reachable`, async () => {
    const seen = [];
    for (const alone of [false, true]) {
      const page = await newPage();
      const drm = await page.client({ customData: token() });
      await page.core.load();
      if (alone) page.wasm = () => assert.fail("only the license server is reachable");
      for (let time = 0; time < 3; time += 1) {
        page.answers.push(...answers);
        const error = await failure(() =>
          drm.requestLicense("widevine", MESSAGES.widevine, { initData: film, initDataType: "cenc" }),
        );
        assert.deepEqual([error.code, error.httpStatus, page.answers.length], [code, status, 0]);
        assert.match(error.hint, hint);
        // The token's age is in seconds.
        seen.push(JSON.stringify(error).replace(/\d+ seconds/, "many seconds"));
      }
      assert.equal(page.wasmRequests, 1);
    }
    assert.deepEqual(seen, Array(6).fill(seen[0]));
    // Whatever the response was, the error includes the token's problems.
    if (status) assert.ok(JSON.parse(seen[0]).problems.some((problem) => problem.code === "token-expired"));
  });
}
