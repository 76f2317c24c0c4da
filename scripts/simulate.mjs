// npm run simulate: an audience of a million against a license server, in a model that uses the shipped core.
//   npm run simulate -- --viewers N --seed N --only rotation,outage   (xtask/simulate has all options)
//   npm run simulate -- --write      also writes the tables and charts of docs/scale.md
//   npm run simulate -- --confirm    4 × 300 real sessions against the local license server, compared with the model; with
//                                    --write also in docs/scale.md
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markdown } from "../benches/lib/report.mjs";
import { root } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { UserError, elapsed, main, log, step, table } from "./lib/log.mjs";
import { SIMULATE } from "./lib/simulate.mjs";
import { ensureBuilt } from "./setup/build.mjs";
import { ensurePackages } from "./setup/npm.mjs";
import { ensureRust } from "./setup/rust.mjs";

async function simulate(args, live) {
  const result = await run("simulate", [...SIMULATE, ...args], { log: "simulate", live, timeout: 30 * 60_000 });
  if (!result.ok) throw new UserError(`The simulation failed: see ${result.log}.`, live ? undefined : result.tail);
  return result.output;
}

/** The comparison in docs/scale.md. */
function record(rows) {
  const file = join(root, "docs/scale.md");
  const [begin, end] = ["<!-- confirmed -->", "<!-- /confirmed -->"];
  const [before, , after] = readFileSync(file, "utf8").split(new RegExp(`(?<=${begin}\n)([\\s\\S]*)(?=${end})`));
  if (after === undefined) throw new UserError(`docs/scale.md must contain ${begin} and ${end}.`);
  writeFileSync(file, `${before}\n${markdown([{ rows }])}\n\n${after}`);
}

await main(async () => {
  const args = process.argv.slice(2);
  await ensureRust();
  if (args.includes("--confirm")) {
    await ensurePackages();
    await ensureBuilt("package");
    const { confirm } = await import("../tests/soak/confirm.mjs");
    step("What the model says");
    const prediction = JSON.parse((await simulate(["--predict"], false)).trim().split("\n").at(-1));
    step("Sessions of the package, about four minutes");
    const { ok, table: rows } = await confirm(prediction);
    log(`${table(rows)}\n${ok ? "The model agrees with the sessions." : "More than 15 % apart."}`);
    if (args.includes("--write")) record(rows);
    return ok ? 0 : 1;
  }
  if (args.includes("--write")) {
    mkdirSync(join(root, "docs/scale"), { recursive: true });
    args.splice(args.indexOf("--write") + 1, 0, join(root, "docs"));
  }
  await simulate(args, true);
  log(`done in ${elapsed()}`);
});
