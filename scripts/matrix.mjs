// npm run matrix: the packed package in fresh projects of every bundler, framework, runtime and test runner. Prints a
// table.
//   npm run matrix -- --only vite,next    cells whose names begin with these
//   npm run matrix -- --write             also writes what it ran into the table in docs/install.md, and the recipes
import { options } from "./lib/args.mjs";
import { ensureBrowsers } from "./setup/browsers.mjs";
import { ensureBuilt } from "./setup/build.mjs";
import { ensurePackages } from "./setup/npm.mjs";
import { UserError, elapsed, log, main, seconds, step, table } from "./lib/log.mjs";

function asked() {
  const { values } = options("npm run matrix", {
    only: { type: "string", value: "vite,next" },
    write: { type: "boolean" },
  });
  return { only: values.only?.split(","), write: values.write };
}

await main(async () => {
  const { only, write } = asked();
  await ensurePackages();
  await ensureBuilt("package");
  await ensureBrowsers();
  const { packPackage } = await import("../tests/matrix/install.mjs");
  const { readCells, runCell } = await import("../tests/matrix/run.mjs");
  const { closeBrowser } = await import("../tests/matrix/browser.mjs");
  const { HEAD, rowOf, writeDocument } = await import("../tests/matrix/docs.mjs");
  const all = await readCells();
  const cells = only ? all.filter(({ name }) => only.some((start) => name.startsWith(start))) : all;
  if (cells.length === 0)
    throw new UserError("No cell has this name.", `There are ${all.map(({ name }) => name).join(", ")}.`);

  const packed = await packPackage();
  const rows = [];
  let failed = 0;
  try {
    for (const cell of cells) {
      const started = Date.now();
      step(`${cell.name}`);
      for (const { title, error } of await runCell(cell, packed)) {
        if (error) failed += 1;
        log(`    ${title}: ${error ?? "works"}`);
        rows.push(rowOf(cell, title, error));
      }
      log(`    ${seconds(Date.now() - started)}`);
    }
  } finally {
    await closeBrowser();
  }
  log(`\n${table([HEAD, ...rows])}\n`);
  if (write) writeDocument(rows, all);
  log(`${rows.length - failed} passed, ${failed} failed in ${elapsed()}`);
  return failed === 0 ? 0 : 1;
});
