// "When it does not play": reported issues, each with existing tests and codes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FILE, LEVELS, REPORTED_ISSUES, page } from "../../scripts/docs/reported-issues.mjs";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");

test("there are 25 issues, most of them tested in a browser, with a reason for those that are not", () => {
  assert.equal(REPORTED_ISSUES.length, 25);
  for (const [pain, answer, level, reason, tests] of REPORTED_ISSUES) {
    assert.ok(pain && answer && Object.hasOwn(LEVELS, level), pain);
    assert.ok(level === "browser" || reason, `${pain}: no reason for its level`);
    assert.equal(tests.length > 0, level !== "docs", pain);
  }
  assert.ok(
    REPORTED_ISSUES.filter(
      ([, , level, , tests]) =>
        ["browser", "bridge"].includes(level) && tests.some(([file]) => /\/e2e\/.*\.spec\.mjs$/.test(file)),
    ).length >= 15,
  );
});

test("every test that is named exists", () => {
  for (const [pain, , , , tests] of REPORTED_ISSUES) {
    for (const [file, title] of tests)
      assert.ok(title && read(file).includes(title), `${pain}: ${file} has no "${title}"`);
  }
});

test("the page contains the table, and every code in it exists", () => {
  const text = readFileSync(FILE, "utf8");
  assert.equal(text, page(text), "stale: node scripts/docs/reported-issues.mjs");
  const codes = new Set(
    JSON.parse(read("errors.json")).sections.flatMap((section) => section.codes.map(({ code }) => code)),
  );
  const statuses = [
    "expired",
    "internal-error",
    "released",
    "init-data",
    "encrypted-media",
    "script-src",
    "connect-src",
    "wasm-unsafe-eval",
  ];
  const named = [...text.matchAll(/`([a-z]+(?:-[a-z0-9]+)+)`/g)]
    .map(([, code]) => code)
    .filter((code) => !statuses.includes(code));
  assert.ok(named.length > 40);
  assert.deepEqual(
    named.filter((code) => !codes.has(code)),
    [],
  );
});
