// From the recording to lanes and steps: assignment to sessions, gaps and attempts, and the scale.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { ticks, timelineOf } = await load("play/timeline.ts");
const T = 1_700_000_000_000;
const bytes = (length) => new Uint8Array(length);
const at = (time, event) => ({ at: T + time, ...event });
const start = at(0, { type: "start" });
const lanesOf = (events, now = T + 10_000) =>
  Object.fromEntries(
    timelineOf(events, now).lanes.map(({ id, steps }) => [
      id,
      steps.map(({ title, start: from, end }) => [title, from, end]),
    ]),
  );

const opened = (session, time, size) => [
  at(time, { type: "session", session }),
  at(time, { type: "generate-request", session, initDataType: "cenc", initData: bytes(80) }),
  at(time + 1, { type: "challenge", session, messageType: "license-request", message: bytes(size) }),
];
const licensed = (session, time, size) => [
  at(time, { type: "license", drm: "widevine", duration: 50, bytes: size }),
  at(time + 5, { type: "update", session, started: T + time + 1, response: bytes(size) }),
  at(time + 6, { type: "statuses", session, statuses: [{ keyId: `${session}`.repeat(32), status: "usable" }] }),
];
const request = (time, size, attempt = 1) =>
  at(time, { type: "request", drm: "widevine", url: "https://x", attempt, bytes: size });
const token = (time, started, more = {}) =>
  at(time, { type: "token", started: T + started, attemptReason: "license", ...more });

test("two sessions at once: each request, response and key is in the lane of its session", () => {
  const events = [
    start,
    ...opened(1, 10, 100),
    ...opened(2, 12, 90),
    token(40, 20),
    request(41, 90),
    token(45, 20),
    request(46, 100),
    ...licensed(2, 90, 300),
    ...licensed(1, 120, 310),
  ];
  const lanes = lanesOf(events);
  assert.deepEqual(
    lanes["session-1"].filter(([title]) => title.startsWith("License request")),
    [["License request, 100 bytes", 46, 120]],
  );
  assert.deepEqual(
    lanes["session-2"].filter(([title]) => title.startsWith("License request")),
    [["License request, 90 bytes", 41, 90]],
  );
  for (const id of ["session-1", "session-2"]) assert.equal(lanes[id].at(-1)[0], "1 key usable");
});

test("challenges of equal size: the response belongs to the session that gets it", () => {
  const events = [
    start,
    ...opened(1, 10, 100),
    ...opened(2, 12, 100),
    request(41, 100),
    request(46, 100),
    ...licensed(2, 90, 301),
    ...licensed(1, 120, 302),
  ];
  const lanes = lanesOf(events);
  assert.deepEqual(lanes["session-2"].find(([title]) => title.startsWith("License request")).slice(1), [46, 90]);
  assert.deepEqual(lanes["session-1"].find(([title]) => title.startsWith("License request")).slice(1), [41, 120]);
});

test("a token whose session is known goes into its lane", () => {
  const lanes = lanesOf([start, ...opened(1, 10, 100), ...opened(2, 12, 100), token(40, 20, { session: 2 })]);
  assert.ok(lanes["session-2"].some(([title]) => title === "Token"));
  assert.ok(!lanes["session-1"].some(([title]) => title === "Token"));
});

const error = { code: "server-unavailable", message: "busy", retryable: true, phase: "license" };

test("a retry: the refused request ends, the gap is a step, and the second attempt follows in the same lane", () => {
  const events = [
    start,
    ...opened(1, 10, 100),
    request(20, 100),
    at(60, { type: "retry", attempt: 1, delay: 500, error }),
    request(565, 100, 2),
    ...licensed(1, 600, 300),
  ];
  assert.deepEqual(lanesOf(events)["session-1"].slice(2, 5), [
    ["License request, 100 bytes: server-unavailable", 20, 60],
    ["Wait 500 ms, then attempt 2", 60, 560],
    ["License request, attempt 2, 100 bytes", 565, 600],
  ]);
});

test("a player's own second attempt, which is not announced, ends the first", () => {
  const events = [
    start,
    ...opened(1, 10, 100),
    token(19, 12),
    request(20, 100),
    token(90, 80, { attemptReason: "retry" }),
    request(91, 100, 2),
    ...licensed(1, 130, 300),
  ];
  const lanes = lanesOf(events);
  assert.deepEqual(
    lanes["session-1"].filter(([title]) => title.startsWith("License request")),
    [
      ["License request, 100 bytes: no license", 20, 80],
      ["License request, attempt 2, 100 bytes", 91, 130],
    ],
  );
  assert.deepEqual(lanes.page, []);
});

test("a refusal ends its request in its lane; a certificate's goes into the page's lane", () => {
  const refusal = {
    code: "token-expired",
    message: "PallyCon 7011",
    retryable: false,
    phase: "license",
    serverCode: "7011",
  };
  const lanes = lanesOf([
    start,
    ...opened(1, 10, 100),
    request(20, 100),
    at(50, { type: "error", error: refusal }),
    at(60, { type: "error", error: { ...refusal, phase: "certificate", message: "7301" } }),
  ]);
  assert.deepEqual(lanes["session-1"].slice(2), [
    ["License request, 100 bytes: token-expired", 20, 50],
    ["PallyCon 7011", 50, 50],
  ]);
  assert.deepEqual(lanes.page, [["7301", 60, 60]]);
});

test("an unfinished step has no end, and is drawn until now", () => {
  const timeline = timelineOf([start, ...opened(1, 10, 100), request(20, 100)], T + 3000);
  assert.equal(timeline.steps.at(-1).end, undefined);
  assert.equal(timeline.length, 3000);
});

test("a request without a challenge, and an event of another version, are in the page's lane", () => {
  const lanes = lanesOf([start, request(20, 100), at(30, { type: "delivery", state: "paused", reason: "offline" })]);
  assert.deepEqual(lanes.page, [
    ["License request, 100 bytes", 20, undefined],
    ["delivery, state paused, reason offline", 30, 30],
  ]);
});

test("repeated errors with the same text are one step with a count", () => {
  const told = (time) => at(time, { type: "player-error", message: "hls.js keySystemLicenseRequestFailed" });
  assert.deepEqual(lanesOf([start, told(5), told(6), told(9)]).page, [
    ["hls.js keySystemLicenseRequestFailed ×3", 5, 5],
  ]);
});

test("ids of steps stay the same as the recording grows", () => {
  const events = [
    start,
    ...opened(1, 10, 100),
    token(19, 12),
    request(20, 100),
    ...licensed(1, 90, 300),
    at(200, { type: "first-frame" }),
  ];
  const ids = (count) => timelineOf(events.slice(0, count), T + 999).steps.map(({ id }) => id);
  for (let count = 1; count < events.length; count++)
    for (const id of ids(count)) assert.ok(ids(events.length).includes(id), id);
});

test("hostile and odd recordings never throw", () => {
  for (const events of [
    [],
    [at(5, { type: "update", session: 9, started: T, response: bytes(0), failure: "TypeError" })],
    [at(0, { type: "retry", attempt: 7, delay: 1e9, error })],
    [at(3, { type: "statuses", session: 1, statuses: [] }), at(1, { type: "closed", session: 1 })],
  ]) {
    assert.ok(timelineOf(events, T + 5).length >= 1);
  }
});

test("the scale has round steps, as many as fit", () => {
  assert.deepEqual(ticks(1000, 5), [0, 200, 400, 600, 800, 1000]);
  assert.deepEqual(ticks(90, 4), [0, 50]);
  for (const length of [1, 7, 33, 480, 12_345, 9e6])
    for (const most of [3, 6, 10]) assert.ok(ticks(length, most).length <= most + 1, `${length} ${most}`);
});
