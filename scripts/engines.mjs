// npm run engines: the package in old Chromium, of the age of TV engines (scripts/setup/engines.mjs). Prints a table.
//   npm run engines -- --only 64,78    only these engines
//   npm run engines -- --write         also writes the table to docs/players.md
import { join } from "node:path";
import { options } from "./lib/args.mjs";
import { markdownTable, writeBetween } from "./lib/markdown.mjs";
import { root } from "./lib/paths.mjs";
import { UserError, elapsed, main, log, seconds, step, table } from "./lib/log.mjs";
import { ensureBuilt } from "./setup/build.mjs";
import { ENGINES, enginesRunHere, ensureEngine } from "./setup/engines.mjs";
import { ensurePackages } from "./setup/npm.mjs";

const DOCUMENT = join(root, "docs/players.md");
const MARK = "<!-- npm run engines -- --write -->";

function readOptions() {
  const { values } = options("npm run engines", {
    only: { type: "string", value: "64,78" },
    write: { type: "boolean" },
  });
  const wanted = values.only?.split(",").map(Number);
  const engines = ENGINES.filter(({ chromium }) => !wanted || wanted.includes(chromium));
  if (wanted && engines.length !== wanted.length)
    throw new UserError(`The available engines are Chromium ${ENGINES.map(({ chromium }) => chromium).join(", ")}.`);
  if (values.write && wanted)
    throw new UserError("The table in docs/players.md covers every engine.", "Use --write without --only.");
  return { engines, write: values.write };
}

await main(async () => {
  const { engines, write } = readOptions();
  if (!enginesRunHere)
    throw new UserError(
      "The old engines are Linux programs for x64.",
      "Run this on such a machine, or in a container.",
    );
  await ensurePackages();
  await ensureBuilt("viewers");
  await ensureBuilt("bridge");
  const { CHECKS } = await import("../tests/engines/checks.mjs");
  const { runChecks, startServer } = await import("../tests/engines/run.mjs");
  const server = await startServer();
  const count = { passed: 0, failed: 0 };
  const columns = [];
  try {
    for (const engine of engines) {
      const home = await ensureEngine(engine);
      step(`Chromium ${engine.chromium}, near ${engine.near}`);
      const started = Date.now();
      const cells = [];
      await runChecks(engine, home, server, ({ check, cell, absent, error }) => {
        cells.push(cell);
        if (!absent) count[error ? "failed" : "passed"] += 1;
        log(`    ${check}: ${cell}${error ? `\n${error.message.replace(/^/gm, "      ")}` : ""}`);
      });
      log(`    ${seconds(Date.now() - started)}`);
      columns.push([`Chromium ${engine.chromium}`, engine.near, ...cells]);
    }
  } finally {
    await server.close();
  }
  const heads = ["", "near the engine of", ...CHECKS.map(({ name }) => name)];
  const rows = heads.map((head, i) => [head, ...columns.map((column) => column[i])]);
  log(`\n${table(rows)}\n`);
  if (write && count.failed === 0) writeBetween(DOCUMENT, MARK, markdownTable(rows));
  log(`${count.passed} passed, ${count.failed} failed in ${elapsed()}`);
  return count.failed === 0 ? 0 : 1;
});
