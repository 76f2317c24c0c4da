// `npm run mutants` takes half an hour and runs now and then. This keeps its list from rotting meanwhile: each bug
// still has its place in the sources and its tests, and the document lists them all.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { mutated, readMutants } from "../mutants/list.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("every deliberate bug can be put in, has a test file, and is in docs/adapter-bugs.md", async () => {
  const mutants = await readMutants();
  for (const mutant of mutants) {
    for (const [file, text] of mutated(mutant))
      assert.notEqual(text, readFileSync(join(root, file), "utf8"), mutant.name);
    assert.ok(existsSync(join(root, "tests/e2e", `${mutant.spec}.mjs`)), `${mutant.name}: ${mutant.spec}`);
  }
  const rows = readFileSync(join(root, "docs/adapter-bugs.md"), "utf8").matchAll(/^\| (\w+) \| (.+?) \| \S+: .* \|$/gm);
  assert.deepEqual(
    Array.from(rows, ([, adapter, bug]) => `${adapter}: ${bug.replaceAll("\\|", "|")}`).sort(),
    mutants.map(({ name }) => name).sort(),
  );
});
