// docs/reported-issues.md: each report names tests that exist, and codes that exist.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { codesOf, errorTable } from "../../scripts/build/errors.mjs";
import { reportedIssues } from "../support/reported-issues.mjs";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const issues = reportedIssues();

test("a report without a plain browser test says why, and one with tests names them by their titles", () => {
  const levels = [...read("docs/reported-issues.md").matchAll(/^- \*(\w+)\*/gm)].map(([, level]) => level);
  const links = read("docs/reported-issues.md").split("](../").length - 1;
  assert.equal(issues.flatMap(({ tests }) => tests).length, links, "each link has a title behind it");
  for (const { report, level, reason, tests } of issues) {
    assert.ok(levels.includes(level), `${report}: ${level}`);
    assert.ok(level === "browser" || reason, `${report}: no reason for its level`);
    assert.equal(tests.length > 0, level !== "docs", report);
    for (const { file, title } of tests) assert.ok(read(file).includes(title), `${report}: ${file} has no "${title}"`);
  }
});

for (const page of ["docs/reported-issues.md", "docs/when-it-does-not-play.md"]) {
  test(`every code that ${page} names exists`, () => {
    const known = new Set(codesOf(errorTable()).map(({ code }) => code));
    // Key statuses, a policy's directives, and other words with a hyphen.
    const others = /^(internal-error|init-data|encrypted-media|script-src|connect-src|wasm-unsafe-eval)$/;
    const named = [...read(page).matchAll(/`([a-z]+(?:-[a-z0-9]+)+)`/g)].map(([, code]) => code);
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter((code) => !known.has(code) && !others.test(code)),
      [],
    );
  });
}
