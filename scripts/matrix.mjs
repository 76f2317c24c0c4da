// npm run matrix: the packed package in fresh projects of every bundler, framework, runtime and test runner. Prints a table.
//   npm run matrix -- --only vite,next    cells whose names begin so
//   npm run matrix -- --write             also writes the table and the recipes into docs/install.md
import { readFileSync, writeFileSync } from "node:fs";
import { ensureBrowsers } from "./setup/browsers.mjs";
import { ensureBuilt } from "./setup/build.mjs";
import { ensurePackages } from "./setup/npm.mjs";
import { markdownTable, writeBetween } from "./lib/markdown.mjs";
import { UserError, elapsed, log, main, seconds, step, table } from "./lib/log.mjs";

const MARK = "<!-- npm run matrix -- --write -->";

function options(args) {
  let only;
  let write = false;
  for (let i = 0; i < args.length; i += 1) {
    if (args[i] === "--write") write = true;
    else if (args[i] === "--only" && args[i + 1]) only = args[++i].split(",");
    else throw new UserError(`"${args[i]}" is not an option of npm run matrix.`, "--only vite,next  --write");
  }
  if (write && only) throw new UserError("The table in docs/install.md has every cell.", "Use --write without --only.");
  return { only, write };
}

await main(async () => {
  const { only, write } = options(process.argv.slice(2));
  await ensurePackages();
  await ensureBuilt("package");
  await ensureBrowsers();
  const { packPackage } = await import("../tests/matrix/install.mjs");
  const { readCells, runCell, versionOf } = await import("../tests/matrix/run.mjs");
  const { closeBrowser } = await import("../tests/matrix/browser.mjs");
  const { DOCUMENT, NEEDS, withRecipes } = await import("../tests/matrix/docs.mjs");
  const all = await readCells();
  const cells = only ? all.filter(({ name }) => only.some((start) => name.startsWith(start))) : all;
  if (cells.length === 0)
    throw new UserError("No cell has such a name.", `There are ${all.map(({ name }) => name).join(", ")}.`);

  const packed = await packPackage();
  const rows = [["with", "version", "", "configuration", "result"]];
  let failed = 0;
  try {
    for (const cell of cells) {
      const started = Date.now();
      step(`${cell.name}`);
      for (const { title, error } of await runCell(cell, packed)) {
        if (error) failed += 1;
        log(`    ${title}: ${error ?? "works"}`);
        rows.push([cell.title, versionOf(cell), title, NEEDS[cell.needs] ?? "", error ? `fails: ${error}` : "works"]);
      }
      log(`    ${seconds(Date.now() - started)}`);
    }
  } finally {
    await closeBrowser();
  }
  log(`\n${table(rows)}\n`);
  if (write) {
    writeBetween(DOCUMENT, MARK, `\n${markdownTable(rows)}\n`);
    writeFileSync(DOCUMENT, withRecipes(readFileSync(DOCUMENT, "utf8")));
  }
  log(`${rows.length - 1 - failed} passed, ${failed} failed in ${elapsed()}`);
  return failed === 0 ? 0 : 1;
});
