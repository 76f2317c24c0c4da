// The deliberate bugs of tests/mutants/ are run now and then; their places in the sources are looked at here, so that the list
// cannot rot meanwhile.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { mutated, readMutants } from "../../scripts/lib/mutants.mjs";
import { root } from "../../scripts/lib/paths.mjs";

const mutants = await readMutants();
const ADAPTERS = ["client", "dash", "hls", "media", "rx", "shaka", "videojs"];

test("every adapter has its bugs, each under a name of its own", () => {
  assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
  assert.deepEqual([...new Set(mutants.map(({ name }) => name.split(": ")[0]))].sort(), ADAPTERS);
});

for (const mutant of mutants) {
  test(`${mutant.name}: its place is there once, and it changes something`, () => {
    for (const [file, text] of mutated(mutant)) assert.notEqual(text, readFileSync(join(root, file), "utf8"));
    assert.ok(existsSync(join(root, "tests/e2e", `${mutant.spec}.mjs`)), mutant.spec);
  });
}

test("a bug whose place has gone is told", () => {
  assert.throws(
    () => mutated({ name: "x", edits: [["js/index.ts", "this is nowhere", ""]] }),
    /x: its place is in js\/index\.ts 0 times/,
  );
});

test("the document lists all of them, and no other", () => {
  const rows = readFileSync(join(root, "docs/adapter-bugs.md"), "utf8")
    .split("\n")
    .filter((line) => /^\| \w+ \|/.test(line))
    .slice(1);
  assert.deepEqual(
    rows.map((row) => row.split(" | ").slice(0, 2).join(": ").slice(2).replaceAll("\\|", "|")).sort(),
    mutants.map(({ name }) => name).sort(),
  );
});
