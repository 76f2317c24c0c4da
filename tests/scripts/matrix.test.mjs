// npm run matrix: which warnings count, and that docs/install.md shows the files that the cells build.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DOCUMENT, NEEDS, withRecipes } from "../matrix/docs.mjs";
import { readCells } from "../matrix/run.mjs";
import { TOOLS } from "../matrix/tools.mjs";
import { warningsAbout } from "../matrix/warnings.mjs";

test("a warning counts if it or the lines after it name the package", () => {
  const output = [
    "vite v5.4.21 building for production...",
    "(!) Warning: some chunks are larger than 500 kB",
    "node_modules/shaka-player/dist/shaka.js",
    '▲ [WARNING] "import.meta" is not available with the "iife" output format [empty-import-meta]',
    "",
    "    node_modules/pallycon-drm/dist/core.js:1:2:",
  ].join("\n");
  assert.deepEqual(warningsAbout(output), [
    '▲ [WARNING] "import.meta" is not available with the "iife" output format [empty-import-meta]',
  ]);
  assert.deepEqual(
    warningsAbout("warning: \u001b[33munresolved\u001b[39m\n  in ./node_modules/pallycon-drm/dist/core.js"),
    ["warning: unresolved in ./node_modules/pallycon-drm/dist/core.js"],
  );
  assert.deepEqual(warningsAbout("dist/assets/player-1234.wasm  48.5 kB"), []);
});

test("every cell has a name of its own, a known tool, and a section for what it needs", async () => {
  const cells = await readCells();
  const names = cells.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
  for (const { name, tool, needs, rows } of cells) {
    assert.ok(TOOLS[tool], `${name}: ${tool}`);
    assert.ok(Object.keys(rows).length > 0, name);
    if (needs) assert.ok(NEEDS[needs], `${name}: ${needs}`);
  }
});

test("docs/install.md has the recipes as the cells build them, and the sections that its table links to", () => {
  const markdown = readFileSync(DOCUMENT, "utf8");
  assert.equal(withRecipes(markdown), markdown, "run npm run matrix -- --write");
  const anchors = [...markdown.matchAll(/^## (.*)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
  for (const [, anchor] of Object.values(NEEDS).map((link) => /#([\w-]+)/.exec(link)))
    assert.ok(anchors.includes(anchor), anchor);
});
