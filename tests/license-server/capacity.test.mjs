import assert from "node:assert/strict";
import { test } from "node:test";
import { Capacity, parseLimits } from "../../www/license-server/capacity.mjs";
import { VIDEO, bytesOf, openWidevine, post, start, widevine } from "./support.mjs";

/** The result of `admit`: the wait, or the refusal's status. */
function admitted(capacity, now) {
  try {
    return capacity.admit(now);
  } catch (error) {
    return `${error.status} ${error.headers?.["retry-after"] ?? "-"}`;
  }
}

test("requests take turns, some wait, the rest are refused", () => {
  const capacity = new Capacity({ perSecond: 10, queue: 2, retryAfter: 5 });
  assert.deepEqual(
    [0, 0, 0, 0].map((now) => admitted(capacity, now)),
    [100, 200, 300, "503 5"],
  );
  assert.equal(capacity.report(0).waiting, 3, "including the one being served");
  assert.deepEqual(
    [100, 100].map((now) => admitted(capacity, now)),
    [300, "503 5"],
    "one was served, so there is one place",
  );
  assert.equal(admitted(capacity, 1000), 100, "after a pause the queue is empty");
  const { served, refused, longestQueue } = capacity.report(1000);
  assert.deepEqual([served, refused, longestQueue], [5, 2, 2]);
});

test("without a queue only one request at a time; without limits all, immediately", () => {
  const none = new Capacity({ perSecond: 1, queue: 0 });
  assert.deepEqual(
    [0, 999, 1000].map((now) => admitted(none, now)),
    [1000, "503 -", 1000],
  );
  const unlimited = new Capacity();
  assert.deepEqual(
    Array.from({ length: 1000 }, () => admitted(unlimited, 0)),
    Array(1000).fill(0),
  );
  assert.deepEqual([unlimited.report(0).perSecond, unlimited.report(0).queue], [null, null]);
});

test("arrivals are counted by the second, for an hour", () => {
  const capacity = new Capacity();
  for (const at of [5000, 5999, 6000, 9500, 5000 + 3_600_000]) capacity.arrive(at);
  assert.deepEqual(capacity.report(10_000).arrivals, [2, 1, 0, 0, 1]);
});

test("limits are validated", () => {
  assert.deepEqual(parseLimits({ perSecond: 0.5, queue: 0, retryAfter: 0 }), {
    perSecond: 0.5,
    queue: 0,
    retryAfter: 0,
  });
  assert.equal(parseLimits({ perSecond: 1 }).queue, Number.POSITIVE_INFINITY);
  for (const bad of [
    {},
    null,
    [],
    { perSecond: 0 },
    { perSecond: "1" },
    { perSecond: 1, queue: -1 },
    { perSecond: 1, retryAfter: 1.5 },
    { perSecond: 1, rate: 2 },
  ]) {
    assert.throws(() => parseLimits(bad), { status: 400 }, JSON.stringify(bad));
  }
});

test("a run at its capacity refuses with 503, other runs are not affected, faults take no turn", async (t) => {
  const { server, base, token, faults, requests } = await start(t);
  const body = () => widevine([VIDEO.keyId]);
  const customData = await token("widevine");
  const ask = (at = base) => post(at, { body: body(), token: customData });
  const set = (limits, at = base) => fetch(`${at}/api/capacity`, { method: "POST", body: JSON.stringify(limits) });
  assert.equal((await set({ perSecond: 0 })).status, 400);
  // The test's clock does not advance, so every turn remains taken.
  assert.equal((await set({ perSecond: 100, queue: 1, retryAfter: 7 })).status, 200);
  const [first, second, third] = [await ask(), await ask(), await ask()];
  for (const license of [first, second]) assert.equal(openWidevine(await bytesOf(license)).keys.length, 1);
  assert.deepEqual([third.status, third.headers.get("retry-after")], [503, "7"]);
  await faults({ on: "license", fault: "error:2001", times: 1 });
  assert.equal((await (await ask()).json()).errorCode, "2001", "a fault replaces the response");
  assert.equal((await ask(`${server.url}/r/other`)).status, 200);
  const report = await (await fetch(`${base}/api/capacity`)).json();
  assert.deepEqual(report, {
    perSecond: 100,
    queue: 1,
    retryAfter: 7,
    served: 2,
    refused: 1,
    longestQueue: 1,
    waiting: 2,
    arrivals: [4],
  });
  assert.deepEqual(
    (await requests()).filter(({ kind }) => kind === "license").map(({ status }) => status),
    [200, 200, 503, 200],
  );
  await fetch(`${base}/api/capacity`, { method: "DELETE" });
  assert.equal((await ask()).status, 200);
});

test("capacity of all runs, and of one run", async (t) => {
  const { base, token } = await start(t, { capacity: { perSecond: 100, queue: 0 } });
  const customData = await token("widevine");
  const ask = async () => (await post(base, { body: widevine([VIDEO.keyId]), token: customData })).status;
  assert.deepEqual([await ask(), await ask()], [200, 503]);
  await fetch(`${base}/api/capacity`, { method: "POST", body: '{"perSecond":100,"queue":5}' });
  assert.deepEqual([await ask(), await ask()], [200, 200]);
});
