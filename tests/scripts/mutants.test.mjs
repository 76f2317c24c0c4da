// The deliberate bugs of tests/mutants/ are only run occasionally; this checks that their places in the sources exist,
// so that the list stays current.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { mutated, readMutants } from "../../scripts/lib/mutants.mjs";
import { root } from "../../scripts/lib/paths.mjs";

const mutants = await readMutants();
const ADAPTERS = ["client", "dash", "hls", "media", "rx", "shaka", "videojs"];

test("every adapter has its bugs, each with its own name", () => {
  assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
  assert.deepEqual([...new Set(mutants.map(({ name }) => name.split(": ")[0]))].sort(), ADAPTERS);
});

for (const mutant of mutants) {
  test(`${mutant.name}: its place exists once, and it changes something`, () => {
    for (const [file, text] of mutated(mutant)) assert.notEqual(text, readFileSync(join(root, file), "utf8"));
    assert.ok(existsSync(join(root, "tests/e2e", `${mutant.spec}.mjs`)), mutant.spec);
  });
}

test("a bug whose place is missing is reported", () => {
  assert.throws(
    () => mutated({ name: "x", edits: [["js/index.ts", "this is nowhere", ""]] }),
    /x: its place is in js\/index\.ts 0 times/,
  );
});

test("the document lists all bugs, and no others", () => {
  const rows = readFileSync(join(root, "docs/adapter-bugs.md"), "utf8")
    .split("\n")
    .filter((line) => /^\| \w+ \|/.test(line))
    .slice(1);
  assert.deepEqual(
    rows.map((row) => row.split(" | ").slice(0, 2).join(": ").slice(2).replaceAll("\\|", "|")).sort(),
    mutants.map(({ name }) => name).sort(),
  );
});
