// diagnose() without a page: in Node, with and without what a browser has.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { afterEach, test } from "node:test";
import { diagnose, init } from "../../dist/index.js";

const { WebAssembly } = globalThis;
const navigator = Object.getOwnPropertyDescriptor(globalThis, "navigator");
afterEach(() => {
  globalThis.WebAssembly = WebAssembly;
  if (navigator) Object.defineProperty(globalThis, "navigator", navigator);
});

const codes = async (options) => (await diagnose(options)).map(({ code }) => code);

test("without a document or a navigator, it reports that", async () => {
  delete globalThis.navigator;
  assert.equal(typeof globalThis.navigator, "undefined");
  const [first, ...rest] = await diagnose();
  assert.equal(first.code, "not-a-page");
  assert.deepEqual(rest, []);
  assert.deepEqual(Object.keys(first).sort(), ["code", "hint", "message"]);
});

test("it reports missing WebAssembly, and forbidden compilation", async () => {
  delete globalThis.WebAssembly;
  assert.deepEqual(await codes(), ["not-a-page", "wasm-blocked"]);
  globalThis.WebAssembly = {
    instantiate: async () => {
      throw new Error("forbidden");
    },
  };
  assert.deepEqual(await codes(), ["not-a-page", "wasm-blocked"]);
});

test("with a loaded module, wasm is not checked", async () => {
  await init();
  globalThis.WebAssembly = {
    instantiate: async () => {
      throw new Error("forbidden");
    },
  };
  assert.deepEqual(await codes(), ["not-a-page"]);
});

test("URLs: an invalid URL, a closed port, a server that never responds; queries are not repeated", async () => {
  const server = createServer(() => {});
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address();
  const problems = await diagnose({
    timeout: 1000,
    urls: ["not a url", `http://127.0.0.1:${port}/slow?token=secret`, "data:,x"],
  });
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["not-a-page", "url-invalid", "url-unreachable"],
  );
  assert.match(problems[2].message, /did not respond in time/);
  const gone = await diagnose({ urls: [`http://127.0.0.1:${port}/?token=secret`] });
  assert.match(gone[1].message, /cannot be reached/);
  assert.ok(!JSON.stringify([problems, gone]).includes("secret"));
});

/** A page whose CDM responds as `ask` does. */
async function inPage(ask, options) {
  const document = {};
  const window = { isSecureContext: true, localStorage: {}, addEventListener() {} };
  Object.assign(window, { self: window, top: window });
  const page = {
    document: Object.assign(document, { addEventListener() {}, removeEventListener() {} }),
    window,
    location: new URL("http://localhost/"),
  };
  for (const [name, value] of Object.entries(page))
    Object.defineProperty(globalThis, name, { value, configurable: true });
  Object.defineProperty(globalThis, "navigator", { value: { requestMediaKeySystemAccess: ask }, configurable: true });
  try {
    return await codes(options);
  } finally {
    for (const name of Object.keys(page)) delete globalThis[name];
  }
}

test("a CDM that never responds is reported, even next to one that has refused", async () => {
  const refuse = () => Promise.reject(new DOMException("no", "NotSupportedError"));
  assert.deepEqual(
    await inPage((name) => (name.startsWith("com.widevine") ? new Promise(() => {}) : refuse()), { timeout: 100 }),
    ["cdm-unanswered"],
  );
  assert.deepEqual(await inPage(() => new Promise(() => {}), { timeout: 100 }), ["cdm-unanswered"]);
  // Long enough for any machine: it does not wait for the limit, because all have responded.
  assert.deepEqual(await inPage(refuse, { drm: "playready", timeout: 60_000 }), ["cdm-missing"]);
});

test("a server that responds to a plain request but never to one with our header is unreachable, not refused by CORS", async () => {
  const server = createServer(({ headers }, response) => {
    if (!("pallycon-customdata-v2" in headers)) response.end();
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${server.address().port}/ri/licenseManager.do`;
  const refuse = () => Promise.reject(new DOMException("no", "NotSupportedError"));
  const found = await inPage(refuse, { drm: "playready", urls: [url], timeout: 500 });
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  assert.deepEqual(found, ["cdm-missing", "url-unreachable"]);
});
