// The bench's own arithmetic, and how its tables get into the document.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FILE, markdown, replacePart } from "../../benches/lib/report.mjs";
import { duration, quantile, ratios, rotated, summary, times } from "../../benches/lib/stats.mjs";

test("quantiles are interpolated, whatever the order of the numbers", () => {
  assert.equal(quantile([9, 1, 5], 0.5), 5);
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.deepEqual(summary([50, 10, 20, 40, 30]), { median: 30, low: 20, high: 40 });
  assert.throws(() => quantile([], 0.5));
});

test("a ratio is computed within its round, so a slow phase of the machine cancels out", () => {
  const ours = [10, 100, 10];
  assert.deepEqual(ratios([20, 200, 20], ours), { median: 2, low: 2, high: 2 });
  assert.throws(() => ratios([1], ours), /1 measurements beside 3/);
});

test("over enough rounds each item comes first, and before and after each other", () => {
  const items = ["a", "b"];
  assert.deepEqual(
    [0, 1, 2, 3].map((round) => rotated(items, round).join("")),
    ["ab", "ba", "ba", "ab"],
  );
  assert.deepEqual(new Set([0, 1, 2].map((round) => rotated(["a", "b", "c"], round)[0])), new Set(["a", "b", "c"]));
  assert.deepEqual(items, ["a", "b"], "the list itself is unchanged");
});

test("numbers keep about three digits, and their unit", () => {
  assert.deepEqual([7, 999, 1000, 53_210, 999_600, 2.5e6, -1500].map(duration), [
    "7 ns",
    "999 ns",
    "1.00 µs",
    "53.2 µs",
    "1.00 ms",
    "2.50 ms",
    "−1.50 µs",
  ]);
  assert.equal(times({ median: 1.234, low: 0.9, high: 12.34 }), "1.23× (0.90–12.3)");
  assert.equal(times({ median: 0.0123, low: 0.002, high: 0.104 }), "0.01× (0.002–0.10)");
});

test("a part replaces the text between its markers, and nothing else", () => {
  const document = "prose\n<!-- bench:a -->\nold\n<!-- /bench:a -->\nmore <!-- bench:b -->\n<!-- /bench:b -->\n";
  const written = replacePart(document, "a", "new");
  assert.equal(written, "prose\n<!-- bench:a -->\nnew\n<!-- /bench:a -->\nmore <!-- bench:b -->\n<!-- /bench:b -->\n");
  assert.equal(replacePart(written, "a", "new"), written);
  assert.throws(() => replacePart(document, "c", ""), /bench:c/);
  assert.throws(() => replacePart("<!-- /bench:a --> <!-- bench:a -->", "a", ""), /after it/);
});

test("a table becomes Markdown: text to the left, numbers to the right", () => {
  assert.equal(
    markdown([
      {
        title: "T",
        rows: [
          ["", "x"],
          ["a|b", 1],
        ],
      },
    ]),
    "**T**\n\n|  | x |\n|---|---:|\n| a\\|b | 1 |",
  );
});

test("docs/performance.md has a filled place for each part", () => {
  const document = readFileSync(FILE, "utf8");
  for (const part of ["machine", "parsing", "size", "license", "start", "memory"]) {
    assert.match(document, new RegExp(`<!-- bench:${part} -->\\n[^]*\\|---[^]*<!-- /bench:${part} -->`), part);
  }
});
