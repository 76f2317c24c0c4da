// The parts of `npm run simulate -- --confirm`: a few viewers of the package against the local license server.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { compare } from "../soak/confirm.mjs";
import { measure, rotate, startServer } from "../soak/fleet.mjs";

let server;
before(async () => {
  server = await startServer();
});
after(() => server.close());

const OPTIONS = { timeout: 10_000, retry: { attempts: 8, base: 20, cap: 100 } };
const FEW = {
  viewers: 5,
  options: OPTIONS,
  polls: 10,
  ahead: 0,
  capacity: { perSecond: 1000, queue: 100 },
  outage: null,
};

test("every viewer gets the license of the coming key, with one request", async () => {
  const { licensed, requests, load, ends } = await rotate(server, "plain", FEW);
  assert.deepEqual([licensed, requests, load.served, load.refused], [5, 5, 5, 0], JSON.stringify(ends));
});

test("requests are spread within what is buffered", async () => {
  const { licensed, ends } = await rotate(server, "spread", {
    ...FEW,
    options: { ...OPTIONS, rotationSpread: 300 },
    ahead: 10_000,
    viewers: 8,
  });
  const first = ends.map(({ requests }) => requests[0]);
  assert.equal(licensed, 8);
  // Eight draws out of 300 ms lie within 30 ms in one of a hundred thousand runs.
  assert.ok(Math.max(...first) - Math.min(...first) > 30, JSON.stringify(first));
});

test("a full queue and an outage are refusals, and viewers retry", async () => {
  const full = await rotate(server, "full", { ...FEW, capacity: { perSecond: 50, queue: 0 } });
  assert.ok(full.load.refused > 0 && full.licensed === 5, JSON.stringify(full.load));
  const out = await rotate(server, "out", { ...FEW, outage: 50 });
  assert.equal(out.licensed, 5, JSON.stringify(out.ends));
  assert.equal(
    out.load.arrivals.reduce((sum, count) => sum + count, 0),
    out.requests,
  );
});

test("the peak counts any second, the percentile only viewers with a license", () => {
  const ends = [50, 500, 1049, 1050, 2050].map((at, index) => ({
    licensed: index < 4,
    requests: [at],
    at: at + 100 * (index + 1),
  }));
  assert.deepEqual(measure(ends), { peak: 3, requests: 5, p95: 0.4, licensed: 4 });
});

test("15 % is the limit, either way", () => {
  const expected = { peak: 100, requests: 100, p95: 2, licensed: 300 };
  const group = (peak) => ({ peak, requests: 100, p95: 2, licensed: 300 });
  assert.deepEqual(
    [
      [100, 128],
      [100, 132],
      [80, 92],
      [80, 88],
    ].map((peaks) => compare(expected, peaks.map(group)).every(({ ok }) => ok)),
    [true, false, true, false],
  );
});
