// Delivery as a page sees it: all attempts at a license, the circuit, an offline browser, the time within a rotation,
// and the records. The decisions are tested in src/delivery.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import {
  LICENSES,
  MESSAGES,
  answer,
  failure,
  film,
  leavePages,
  live,
  never,
  newPage,
  refusal,
  unreachable,
  widevine,
} from "./support.mjs";

after(leavePages);

const { now } = Date;
const { random } = Math;
const busy = answer("", 503);
const license = answer(LICENSES.widevine);
const ask = (drm, more) => drm.requestLicense("widevine", MESSAGES.widevine, more);
const of = (page, wanted) => page.events.filter(({ type }) => type === wanted).map(({ at, type, ...event }) => event);
/** Advances the clock. */
const later = (ms) => {
  const before = Date.now;
  Date.now = () => before() + ms;
};

/** A browser that is offline until `connect()` is called. */
function offline() {
  const listeners = new Set();
  const given = { onLine: false };
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: given });
  globalThis.addEventListener = (type, listener) => {
    if (type === "online") listeners.add(listener);
  };
  globalThis.removeEventListener = (_type, listener) => listeners.delete(listener);
  return {
    listeners,
    connect() {
      given.onLine = true;
      for (const listener of listeners) listener();
    },
  };
}
const browser = Object.getOwnPropertyDescriptor(globalThis, "navigator");

afterEach(() => {
  Date.now = now;
  Math.random = random;
  if (browser) Object.defineProperty(globalThis, "navigator", browser);
  else delete globalThis.navigator;
  delete globalThis.addEventListener;
  delete globalThis.removeEventListener;
});

test("retry.total: no attempt starts after it", async () => {
  const page = await newPage({ answers: [answer("", 503, { "Retry-After": "1" })] });
  const error = await failure(() => page.client({ retry: { attempts: 9, total: 900 } }).then(ask));
  assert.deepEqual([error.code, page.sent.length, of(page, "retry")], ["server-unavailable", 1, []]);
});

test("retry.total: neither an attempt nor its token gets more time than is left", async () => {
  for (const options of [{}, { customData: never }]) {
    const page = await newPage({ answers: [never] });
    const error = await failure(() => page.client({ ...options, retry: { total: 30 } }).then(ask));
    assert.deepEqual(
      [error.code, /within (\d+) ms/.exec(error.message)?.[1] <= 30, page.sent.length],
      ["timeout", true, options.customData ? 0 : 1],
    );
  }
});

test("the circuit opens after refusals in a row; then neither a token nor a license is requested until its pause is over", async () => {
  const page = await newPage({ answers: [busy, unreachable, license, license] });
  let tokens = 0;
  const drm = await page.client({
    customData: () => {
      tokens += 1;
      return "dG9rZW4=";
    },
    retry: { attempts: 1, circuit: { refusals: 2, pause: 60_000 } },
  });
  assert.deepEqual(
    [(await failure(() => ask(drm))).code, (await failure(() => ask(drm))).code, page.sent.length, tokens],
    ["server-unavailable", "network", 2, 2],
  );
  const [paused] = of(page, "delivery");
  assert.deepEqual([paused.state, paused.reason], ["paused", "circuit-open"]);
  assert.ok(paused.until - now() > 25_000 && paused.until - now() <= 60_000);
  const error = await failure(() => ask(drm, { keySystem: "com.widevine.alpha" }));
  assert.deepEqual(
    [error.code, error.retryable, error.cause.code, error.keySystem],
    ["circuit-open", true, "network", "com.widevine.alpha"],
  );
  assert.match(error.message, /another [2-6]\d s.*\(network\)/);
  assert.deepEqual(
    [page.sent.length, tokens, page.errors()],
    [2, 2, ["server-unavailable", "network", "circuit-open"]],
  );
  later(60_000);
  await ask(drm);
  await ask(drm);
  assert.deepEqual(of(page, "delivery").slice(1), [{ state: "resumed", reason: "circuit-open" }]);
});

test("half-open: one request, and only one, finds out whether it works again", async () => {
  let reply;
  const page = await newPage({
    answers: [
      busy,
      () =>
        new Promise((resolve) => {
          reply = resolve;
        }),
      license,
    ],
  });
  const drm = await page.client({ retry: { attempts: 1, circuit: { refusals: 1, pause: 60_000 } } });
  await failure(() => ask(drm));
  later(60_000);
  const probe = ask(drm);
  while (!reply) await new Promise(setImmediate);
  assert.equal((await failure(() => ask(drm))).code, "circuit-open");
  reply(busy());
  assert.equal((await failure(probe)).code, "server-unavailable");
  assert.equal((await failure(() => ask(drm))).code, "circuit-open", "and it does not");
  later(60_000);
  const controller = new AbortController();
  page.answers.unshift(() => {
    controller.abort();
    return never();
  });
  assert.equal((await failure(() => ask(drm, { signal: controller.signal }))).code, "aborted");
  assert.deepEqual((await ask(drm)).data, LICENSES.widevine, "the next one is the probe");
});

test("a failing token backend opens the circuit as well; refusals of one content only count for that content", async () => {
  const page = await newPage({ answers: [] });
  let fails = true;
  const circuit = { refusals: 2, pause: 60_000 };
  const tokens = await page.client({
    customData: () => (fails ? Promise.reject(new Error("down")) : "dG9rZW4="),
    retry: { circuit },
  });
  for (const code of ["custom-data-failed", "custom-data-failed", "circuit-open"])
    assert.equal((await failure(() => ask(tokens))).code, code);
  fails = false;
  later(60_000);
  page.answers.push(license);
  await ask(tokens);
  const drm = await page.client({ retry: { circuit } });
  const content = (initData) => ask(drm, { initData, initDataType: "cenc" });
  page.answers.push(answer(refusal("7012")), answer(refusal("7012")), license);
  for (const code of ["content-id-mismatch", "content-id-mismatch", "circuit-open"])
    assert.equal((await failure(() => content(film))).code, code);
  await content(widevine({ contentId: "other" }));
});

test("an offline browser waits to be online, and no attempt is counted", async () => {
  const { connect, listeners } = offline();
  const page = await newPage({ answers: [unreachable, license] });
  const drm = await page.client({ retry: { attempts: 1 } });
  const promise = ask(drm);
  while (!listeners.size) await new Promise(setImmediate);
  assert.equal(page.sent.length, 1);
  connect();
  assert.deepEqual((await promise).data, LICENSES.widevine);
  assert.deepEqual(
    of(page, "request").map(({ attempt }) => attempt),
    [1, 1],
  );
  assert.deepEqual(of(page, "delivery"), [
    { state: "paused", reason: "offline" },
    { state: "resumed", reason: "offline" },
  ]);
  assert.deepEqual([listeners.size, page.errors()], [0, []]);
  const { codes, waited, attempts } = of(page, "license")[0].record;
  assert.deepEqual([codes, attempts, waited >= 0], [["network"], 1, true]);
});

test("offline for as long as retry.total is `offline`, with the first failure as its cause; an abort ends it, too", async () => {
  const { listeners } = offline();
  const page = await newPage({ answers: [unreachable, unreachable] });
  const error = await failure(() => page.client({ retry: { total: 40 } }).then(ask));
  assert.deepEqual(
    [error.code, error.retryable, error.cause.code, page.errors(), page.sent.length, listeners.size],
    ["offline", true, "network", ["offline"], 1, 0],
  );
  const controller = new AbortController();
  const aborted = failure(page.client().then((drm) => ask(drm, { signal: controller.signal })));
  while (!listeners.size) await new Promise(setImmediate);
  controller.abort();
  assert.deepEqual([(await aborted).code, page.errors(), listeners.size], ["aborted", ["offline"], 0]);
});

test("one record for each license request, whether it was licensed or refused", async () => {
  const page = await newPage({ answers: [busy, answer("", 429), license, answer(refusal("7012"))] });
  const drm = await page.client();
  const more = { initData: live(7), initDataType: "cenc", keySystem: "com.widevine.alpha", sessionId: "s" };
  await ask(drm, more);
  await failure(() => ask(drm, { ...more, messageType: "license-renewal" }));
  const { record } = of(page, "license")[0];
  const { duration, waited, spread, version, ...rest } = record;
  assert.ok(duration >= waited && waited >= 0 && /^\d+\.\d+\.\d+/.test(version));
  const about = {
    drm: "widevine",
    keySystem: "com.widevine.alpha",
    contentId: "live",
    keyPeriodIndex: 7,
    sessionId: "s",
  };
  assert.deepEqual(
    [rest, spread],
    [
      {
        ...about,
        messageType: "license-request",
        reason: "license",
        outcome: "licensed",
        attempts: 3,
        codes: ["server-unavailable", "rate-limited"],
      },
      0,
    ],
  );
  const { outcome, codes, attempts, reason, messageType } = of(page, "error")[0].record;
  assert.deepEqual(
    [outcome, codes, attempts, reason, messageType],
    ["content-id-mismatch", ["content-id-mismatch"], 1, "renewal", "license-renewal"],
  );
  assert.doesNotMatch(JSON.stringify(page.events.map((event) => event.record)), /dG9rZW4|https?:/);
});

/** A video with this much buffered, in seconds. */
function video(seconds) {
  const element = new EventTarget();
  return Object.assign(element, {
    currentTime: 5,
    playbackRate: 2,
    buffered: { length: 1, start: () => 0, end: () => 5 + seconds },
  });
}

test("a rotation is delayed within what is buffered, and not at all without an element, a buffer or the option", async () => {
  Math.random = () => 0.5;
  for (const [media, rotationSpread, expected, loading] of [
    [video(5), 500, 250],
    [video(4.1), 60_000, 25],
    [video(4), 60_000, 0],
    [video(0), 60_000, 0],
    [undefined, 60_000, 0],
    [video(60), 0, 0],
    [video(60), 60_000, 0, 28_000],
  ]) {
    const page = await newPage({ answers: [license, license] });
    const drm = await page.client({ rotationSpread });
    const rotate = (period) =>
      drm.requestLicense(
        "widevine",
        MESSAGES.widevine,
        { initData: live(period), initDataType: "cenc" },
        { media: () => media, ...(loading ? { loading: () => loading } : {}) },
      );
    await rotate(1);
    await rotate(2);
    const [first, second] = of(page, "license").map(({ record }) => record);
    assert.deepEqual([first.spread, second.reason], [0, "rotation"]);
    assert.ok(expected ? second.spread >= expected - 1 : second.spread === 0, `${second.spread} ms of ${expected}`);
  }
});

test("a delayed license is requested immediately when playback waits for it", async () => {
  Math.random = () => 0.999;
  for (const type of ["waiting", "waitingforkey", "seeking"]) {
    const page = await newPage({ answers: [license, license] });
    const drm = await page.client({ rotationSpread: 3_600_000 });
    const element = video(7200);
    let listening = 0;
    const { addEventListener } = element;
    element.addEventListener = (...args) => {
      listening += 1;
      addEventListener.apply(element, args);
    };
    const rotate = (period) =>
      drm.requestLicense(
        "widevine",
        MESSAGES.widevine,
        { initData: live(period), initDataType: "cenc" },
        { media: () => element },
      );
    await rotate(1);
    const promise = rotate(2);
    while (!listening) await new Promise(setImmediate);
    assert.equal(page.sent.length, 1);
    element.dispatchEvent(new Event(type));
    await promise;
    assert.equal(page.sent.length, 2, type);
  }
});
