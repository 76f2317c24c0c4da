// Hostile servers, careless pages and other realms: every response has a limit, every callback a timeout,
// and nothing leaks.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { DER, LICENSES, MESSAGES, answer, bytes, failure, film, leavePages, never, newPage, utf8 } from "./support.mjs";

after(leavePages);

const license = answer(LICENSES.widevine);
const ask = (drm, context) => drm.requestLicense("widevine", MESSAGES.widevine, context);

// ---- size
test("a response is read up to maxResponseBytes and no further, and the error says so", async () => {
  let pulled = 0;
  const endless = () =>
    new Response(
      new ReadableStream({
        pull(stream) {
          pulled += 1;
          stream.enqueue(new Uint8Array(65_536));
        },
      }),
    );
  const page = await newPage({ answers: [endless, endless, answer(new Uint8Array(11)), license] });
  const drm = await page.client({ siteId: "DEMO" });
  const error = await failure(ask(drm));
  assert.deepEqual([error.code, error.phase, error.retryable], ["response-too-large", "license", false]);
  assert.match(error.message, /1048576 bytes/);
  assert.ok(pulled < 40, String(pulled));
  const refused = await failure(drm.certificate("fairplay"));
  assert.deepEqual([refused.code, refused.phase], ["response-too-large", "certificate"]);
  const small = await page.client({ maxResponseBytes: 10 });
  assert.match((await failure(ask(small))).message, /10 bytes/);
  assert.deepEqual((await ask(small)).data, LICENSES.widevine);
});

test("a compressed response is measured after decompression, and no memory leaks", async (t) => {
  const bomb = gzipSync(Buffer.alloc(200 * 2 ** 20));
  const server = createServer((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb));
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  leavePages();
  const { fetch } = globalThis;
  const page = await newPage({ answers: [] });
  const guarded = globalThis.fetch;
  globalThis.fetch = (request) =>
    String(request.url ?? request).startsWith("http:") ? fetch(request) : guarded(request);
  try {
    const drm = await page.client({ licenseUrl: `http://127.0.0.1:${server.address().port}/` });
    assert.equal((await failure(ask(drm))).code, "response-too-large");
    // The player sends the request: its response is refused before it enters the module.
    const before = page.core.memory().length;
    assert.equal(
      (await failure(() => drm.readLicense("widevine", { status: 200, body: new Uint8Array(200 * 2 ** 20) }))).code,
      "response-too-large",
    );
    assert.equal(page.core.memory().length, before);
    t.diagnostic(`wasm memory after a response of 200 MB: ${before} bytes`);
  } finally {
    globalThis.fetch = fetch;
    server.closeAllConnections();
    server.close();
  }
});

test("init data longer than browsers accept are not read, and raise a warning", async () => {
  const page = await newPage({ answers: [license] });
  const drm = await page.client();
  assert.deepEqual(
    (await ask(drm, { initData: new Uint8Array(5_000_000), initDataType: "cenc" })).data,
    LICENSES.widevine,
  );
  assert.match(page.events.find(({ code }) => code === "init-data-invalid").message, /64 KiB/);
});

// ---- time
const CALLBACKS = ["customData", "licenseUrl", "headers", "assetId", "contentId"];
for (const name of CALLBACKS) {
  test(`${name}: it has the timeout, and the request's signal`, async () => {
    const page = await newPage();
    const drm = await page.client({ [name]: never, timeout: 20, retry: { attempts: 1 } });
    const late = await failure(drm.requestLicense("fairplay", MESSAGES.fairplay));
    assert.equal(late.code, "timeout");
    assert.match(late.message, new RegExp(`^${name} did not respond within 20 ms`));
    const patient = await page.client({ [name]: never });
    const controller = new AbortController();
    const asked = failure(patient.requestLicense("fairplay", MESSAGES.fairplay, { signal: controller.signal }));
    setTimeout(() => controller.abort(), 5);
    assert.equal((await asked).code, "aborted");
  });
}

test("a contentId callback may be asynchronous", async () => {
  const page = await newPage({ answers: [license] });
  let told;
  const drm = await page.client({
    contentId: async ({ keyIds }) => `film-${keyIds.length}`,
    customData: ({ contentId }) => {
      told = contentId;
      return "dG9rZW4=";
    },
  });
  await ask(drm);
  assert.equal(told, "film-0");
});

test("no timer and no listener is left after an exchange, whether granted or refused", async () => {
  const page = await newPage({
    answers: [
      license,
      answer("", 404),
      () => {
        throw new TypeError("Failed to fetch");
      },
    ],
  });
  const drm = await page.client({
    retry: { attempts: 1 },
    licenseUrl: async () => "https://license.example/",
    headers: async () => ({}),
  });
  const { signal } = new AbortController();
  const listeners = new Set();
  const { addEventListener, removeEventListener } = AbortSignal.prototype;
  signal.addEventListener = (type, listener) => {
    listeners.add(listener);
    addEventListener.call(signal, type, listener);
  };
  signal.removeEventListener = (type, listener) => {
    listeners.delete(listener);
    removeEventListener.call(signal, type, listener);
  };
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  await ask(drm, { signal });
  await failure(ask(drm, { signal }));
  await failure(ask(drm, { signal }));
  assert.equal(listeners.size, 0);
  // Another test's may end in the meantime.
  assert.ok(timers() <= before);
});

// ---- realms, and changes by a page to fetch and to its own bytes
const REALM = runInNewContext("({ Uint8Array, ArrayBuffer, Error })");

test("a fetch that rejects with anything, or resolves with another realm's Response, does not affect other requests", async () => {
  let release;
  const slow = () =>
    new Promise((resolve) => {
      release = () => resolve(license());
    });
  const oddities = [undefined, null, "text", Symbol("s"), 1, {}, Object.create(null), new REALM.Error("foreign")].map(
    (thrown) => () => Promise.reject(thrown),
  );
  const page = await newPage({
    answers: [
      slow,
      ...oddities,
      () => ({ status: 200 }),
      () => undefined,
      () => {
        throw 1;
      },
    ],
  });
  const drm = await page.client({ retry: { attempts: 1 } });
  const waiting = ask(drm);
  while (!release) await new Promise(setImmediate);
  for (let left = page.answers.length; left > 0; left -= 1) assert.equal((await failure(ask(drm))).code, "network");
  class Response {
    get [Symbol.toStringTag]() {
      return "Response";
    }
    status = 200;
    url = "";
    type = "basic";
    headers = new Headers();
    body = null;
    async arrayBuffer() {
      return new REALM.Uint8Array(LICENSES.widevine).buffer;
    }
  }
  page.answers.push(() => new Response());
  assert.deepEqual((await ask(drm)).data, LICENSES.widevine);
  release();
  assert.deepEqual((await waiting).data, LICENSES.widevine);
});

test("the CDM's message and the init data are copied when they are passed", async () => {
  const page = await newPage({ answers: [answer("", 503), license] });
  const contexts = [];
  const drm = await page.client({
    customData: (context) => {
      contexts.push(context);
      return "dG9rZW4=";
    },
  });
  const message = MESSAGES.widevine.slice();
  const initData = film.slice();
  const asked = ask(drm, { initData, initDataType: "cenc" });
  const given = drm.requestLicense("widevine", message);
  message.fill(0);
  initData.fill(0);
  structuredClone(message.buffer, { transfer: [message.buffer] });
  page.answers.push(license);
  await Promise.all([asked, given]);
  for (const { body } of page.sent) assert.deepEqual(new Uint8Array(body), MESSAGES.widevine);
  assert.deepEqual([contexts[0].contentId, contexts[0].initData], ["film", film]);
});

test("bytes of another realm are accepted", async () => {
  const page = await newPage({ answers: [license] });
  const drm = await page.client({ certificate: { fairplay: new REALM.Uint8Array(DER).buffer } });
  const own = (octets) => new REALM.Uint8Array(octets);
  assert.deepEqual(
    (await drm.requestLicense("widevine", own(MESSAGES.widevine), { initData: own(film), initDataType: "cenc" })).data,
    LICENSES.widevine,
  );
  assert.deepEqual(
    drm.readLicense("widevine", { status: 200, body: own(LICENSES.widevine).buffer }).data,
    LICENSES.widevine,
  );
  assert.deepEqual(await drm.certificate("fairplay"), DER);
});

test("misuse is reported with the argument's name", async () => {
  const page = await newPage();
  const drm = await page.client({ siteId: "DEMO" });
  const detached = new Uint8Array(4);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const CASES = [
    [() => ask(drm, null), "argument-invalid", /context is not an object/],
    [() => ask(drm, { signal: {} }), "argument-invalid", /context\.signal is not an AbortSignal/],
    [() => ask(drm, { signal: 1 }), "argument-invalid", /context\.signal/],
    [() => ask(drm, { initData: "text" }), "argument-invalid", /context\.initData/],
    [() => drm.requestLicense(Symbol("widevine"), MESSAGES.widevine), "drm-invalid", /Symbol\(widevine\)/],
    [() => drm.requestLicense(null, MESSAGES.widevine), "drm-invalid", /null/],
    [() => drm.certificate("playready"), "drm-invalid", /playready/],
    [() => drm.requestLicense("widevine", detached), "challenge-invalid", /./],
    [() => drm.requestLicense("widevine", Symbol("s")), "challenge-invalid", /./],
    [() => drm.readLicense("widevine", null), "argument-invalid", /response is not an object/],
    [() => drm.readLicense("widevine", { status: 200, body: Symbol("s") }), "not-a-license", /body/],
  ];
  for (const [work, code, message] of CASES) {
    const error = await failure(work);
    assert.equal(error.code, code, `${work}`);
    assert.match(error.message, message);
    assert.equal(error.retryable, false);
  }
  assert.deepEqual(page.sent, []);
});

test("clients that request the same certificate in different ways share neither timeout nor headers nor credentials", async () => {
  const url = "https://cert.example/fps";
  const page = await newPage({ answers: [never, ...Array.from({ length: 3 }, () => answer(DER))] });
  const impatient = await page.client({ certificate: { fairplay: url && new URL(url) }, timeout: 10 });
  const others = [
    await page.client({ certificate: { fairplay: new URL(url) } }),
    await page.client({ certificate: { fairplay: { url, headers: { "x-app": "1" } } } }),
    await page.client({ certificate: { fairplay: new URL(url) }, withCredentials: true }),
    await page.client({ certificate: { fairplay: { url } } }),
  ];
  const late = failure(impatient.certificate("fairplay"));
  for (const drm of others) assert.deepEqual(await drm.certificate("fairplay"), DER);
  assert.equal((await late).code, "timeout");
  assert.deepEqual(
    page.sent.map(({ headers, credentials }) => [headers["x-app"], credentials]),
    [
      [undefined, "same-origin"],
      [undefined, "same-origin"],
      ["1", "same-origin"],
      [undefined, "include"],
    ],
  );
});

// ---- redirects
const from = (url) => answer(LICENSES.widevine, 200, {}, url);
const redirect = (location) => answer(null, 307, { location });
const opaque = () =>
  Object.defineProperties(new Response(null), { type: { value: "opaqueredirect" }, status: { value: 0 } });

test("a redirect is refused, with the target's origin if it is visible, and followed if allowRedirects lists it", async () => {
  const page = await newPage({
    answers: [
      redirect("https://evil.example/x?token=1"),
      redirect("/login"),
      opaque,
      from("https://evil.example/x"),
      from("https://cdn.example/x"),
      opaque,
    ],
  });
  const drm = await page.client({ siteId: "DEMO" });
  for (const named of [
    /to https:\/\/evil\.example,/,
    /to https:\/\/drm-license\.doverunner\.com,/,
    /to another URL,/,
  ]) {
    const error = await failure(ask(drm));
    assert.deepEqual([error.code, error.retryable], ["redirected", false]);
    assert.match(error.message, named);
  }
  const allowing = await page.client({ siteId: "DEMO", allowRedirects: ["https://cdn.example"] });
  assert.equal((await failure(ask(allowing))).code, "redirected");
  assert.deepEqual((await ask(allowing)).data, LICENSES.widevine);
  const refused = await failure(drm.certificate("fairplay"));
  assert.deepEqual([refused.code, refused.phase], ["redirected", "certificate"]);
});

test("if the player sends, a response of another origin is refused, and one of a listed origin is read", async () => {
  const page = await newPage();
  const drm = await page.client();
  const request = await drm.licenseRequest("widevine", MESSAGES.widevine);
  const body = LICENSES.widevine;
  const error = await failure(() =>
    drm.readLicense("widevine", { status: 200, body, url: "https://evil.example/?t=secret" }, request),
  );
  assert.equal(error.code, "redirected");
  assert.ok(!JSON.stringify(error).includes("secret"));
  assert.deepEqual(
    drm.readLicense("widevine", { status: 200, body, url: `${new URL(request.url).origin}/elsewhere` }, request).data,
    body,
  );
  const allowing = await page.client({ allowRedirects: ["https://cdn.example"] });
  assert.deepEqual(
    allowing.readLicense("widevine", { status: 200, body, url: "https://cdn.example/x" }, request).data,
    body,
  );
});

test("null for allowRedirects and maxResponseBytes counts as absent", async () => {
  const page = await newPage({ answers: [license, redirect("https://evil.example/"), answer(DER)] });
  const drm = await page.client({ siteId: "DEMO", allowRedirects: null, maxResponseBytes: null });
  assert.deepEqual((await ask(drm)).data, LICENSES.widevine);
  assert.equal((await failure(ask(drm))).code, "redirected");
  assert.deepEqual(await drm.certificate("fairplay"), DER);
  const request = await drm.licenseRequest("widevine", MESSAGES.widevine);
  assert.equal(
    (
      await failure(() =>
        drm.readLicense("widevine", { status: 200, body: LICENSES.widevine, url: "https://evil.example/" }, request),
      )
    ).code,
    "redirected",
  );
});

test("allowRedirects accepts only origins", async () => {
  const page = await newPage();
  for (const allowRedirects of [["https://cdn.example/path"], ["cdn.example"], "https://cdn.example", [1]]) {
    assert.equal((await failure(page.client({ allowRedirects }))).code, "options-invalid");
  }
});

// ---- secrets
test("an invalid license URL is options-invalid, not retried, and not shown with a token", async () => {
  for (const licenseUrl of ["https://[", "https://user:pass@license.example/", "license?x=1"]) {
    const page = await newPage();
    const drm = await page.client({ licenseUrl, carrier: "url", customData: () => "c2VjcmV0" });
    const error = await failure(ask(drm));
    assert.deepEqual([error.code, error.cause], ["options-invalid", undefined]);
    assert.match(error.message, /^licenseUrl is not/);
    assert.ok(!/c2VjcmV0|:pass/.test(`${JSON.stringify(error)} ${error.stack}`));
    assert.deepEqual(
      page.events.filter(({ type }) => type === "retry"),
      [],
    );
  }
});

test("an invalid header is options-invalid, and its value is not shown", async () => {
  for (const headers of [{ "bad name": "c2VjcmV0" }, { "x-app": "c2VjcmV0\n" + "x: y" }]) {
    const page = await newPage();
    const drm = await page.client({ headers });
    const error = await failure(ask(drm));
    assert.equal(error.code, "options-invalid");
    assert.ok(!/c2VjcmV0/.test(`${JSON.stringify(error)} ${error.stack} ${error.cause}`));
  }
});

test("JSON of a client contains no token and no header", async () => {
  const page = await newPage();
  const drm = await page.client({ siteId: "DEMO", customData: "c2VjcmV0", headers: { authorization: "c2VjcmV0" } });
  assert.deepEqual(JSON.parse(JSON.stringify(drm)), { siteId: "DEMO" });
});

test("a URL in an event or error has no query, fragment, user or password, whatever they contain", async () => {
  const { core } = await newPage();
  for (const secret of [
    "https://a.example/p?x=secret",
    "https://a.example/p#secret",
    "https://a.example/p?a\nsecret",
    "https://user:secret@a.example/p",
    "https://user:se@cret@a.example/p",
    "HTTPS://secret:@a.example/p",
  ]) {
    assert.match(core.redactUrl(secret), /^https:\/\/a\.example\/p$/i, secret);
  }
});

test("a network error includes the problems of the token and the key system", async () => {
  const page = await newPage({
    answers: [
      () => {
        throw new TypeError("Failed to fetch");
      },
    ],
  });
  const drm = await page.client({ siteId: "DEMO", retry: { attempts: 1 } });
  const error = await failure(ask(drm, { keySystem: "com.widevine.alpha" }));
  assert.deepEqual([error.code, error.keySystem, error.problems.length > 0], ["network", "com.widevine.alpha", true]);
});

test("2,000 exchanges of every kind do not change the size of wasm memory", async (t) => {
  const kinds = [
    license,
    answer("", 404),
    answer("<html>no</html>"),
    answer('{"errorCode":"7011","message":"no"}'),
    answer(bytes()),
  ];
  // These are slow, and a single one reveals a leak.
  const large = [answer(new Uint8Array(300_000)), answer(utf8("x".repeat(900_000)))];
  const kindOf = (index) => (index % 25 === 24 ? large[((index - 24) / 25) % 2] : kinds[index % kinds.length]);
  const page = await newPage({ answers: [] });
  const drm = await page.client({ retry: { attempts: 1 } });
  const round = async (index) => {
    page.answers.push(kindOf(index));
    await ask(drm, { initData: film, initDataType: "cenc" }).catch(({ code }) => assert.notEqual(code, "internal"));
    page.events.length = 0;
    page.sent.length = 0;
  };
  for (let index = 0; index < 150; index += 1) await round(index);
  const before = page.core.memory().length;
  for (let index = 0; index < 2000; index += 1) await round(index);
  assert.equal(page.core.memory().length, before);
  t.diagnostic(`wasm memory after 2,000 exchanges: ${before} bytes`);
});
