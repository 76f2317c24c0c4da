// Durations and tables as the scripts print them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { seconds, table } from "../../scripts/lib/log.mjs";

test("a duration is short and never has sixty seconds", () => {
  const cases = [
    [0, "0.0 s"],
    [9_940, "9.9 s"],
    [9_960, "10 s"],
    [89_400, "89 s"],
    [89_600, "1 min 30 s"],
    [239_700, "4 min 0 s"],
    [3_600_000, "60 min 0 s"],
  ];
  for (const [ms, text] of cases) assert.equal(seconds(ms), text);
});

test("numbers are right-aligned", () => {
  assert.equal(
    table([
      ["a", "n"],
      ["long", 7],
      ["b", 10],
    ]),
    "a     n\nlong   7\nb     10",
  );
});
