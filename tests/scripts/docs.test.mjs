// Links in the documents work, and their statements match the project.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { codesOf, errorTable, hintOf } from "../../scripts/build/errors.mjs";
import { FILE, render } from "../../scripts/docs/errors.mjs";
import { projectFiles } from "../../scripts/lib/manifest.mjs";
import { blocks } from "../../scripts/lib/readme.mjs";
import { SUITES } from "../../scripts/lib/suites.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path) => readFileSync(join(root, path), "utf8");
const documents = projectFiles("*.md");

test("every relative link in a document leads to a file", () => {
  let seen = 0;
  for (const document of documents) {
    for (const [, target] of read(document).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      seen += 1;
      assert.ok(existsSync(join(root, dirname(document), target)), `${document} leads to ${target}`);
    }
  }
  assert.ok(seen >= 5, `${seen} links`);
});

test("docs/errors.md matches errors.json", () => {
  assert.ok(readFileSync(FILE, "utf8") === render(), "stale: node scripts/docs/errors.mjs");
});

test("every code has a cause and a hint, in sentences", () => {
  const table = errorTable();
  const codes = codesOf(table);
  assert.equal(new Set(codes.map(({ code }) => code)).size, codes.length, "each code once");
  for (const entry of codes) {
    assert.match(entry.code, /^[a-z]+(-[a-z0-9]+)*$/);
    assert.match(entry.cause, /^\S.*\.$/, `${entry.code}: cause`);
    assert.match(hintOf(table, entry), /^\S.*[.?]$/, `${entry.code}: hint`);
  }
});

test("every npm command that a document names exists", () => {
  const { scripts } = JSON.parse(read("package.json"));
  for (const document of documents) {
    for (const [, name] of read(document).matchAll(/npm run ([a-z][\w:-]*)/g))
      assert.ok(scripts[name], `${document}: npm run ${name}`);
  }
  for (const [name, command] of Object.entries(scripts)) {
    const script = /^node (\S+\.mjs)/.exec(command)?.[1];
    if (script) assert.ok(existsSync(join(root, script)), `${name}: ${script}`);
  }
});

test("CONTRIBUTING names every group of suites", () => {
  const contributing = read("CONTRIBUTING.md");
  for (const group of new Set(SUITES.map((suite) => suite.group)))
    assert.match(contributing, new RegExp(`\\b${group}\\b`));
});

test("only the JavaScript blocks between fences are examples", () => {
  assert.deepEqual(blocks("a\n```js\nlet a;\n```\n```sh\nls\n```\n```js\nlet b;\n```\n"), ["let a;\n", "let b;\n"]);
});
