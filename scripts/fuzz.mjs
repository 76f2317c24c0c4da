// npm run fuzz -- [--seconds N | --runs N] [--target T] [--seed N] [--write]: runs the fuzz targets one after the
// other, and prints what each did. `--write` writes that to docs/fuzzing.md. A finding ends the run with its input's
// file. Targets are in fuzz/targets, seeds in fuzz/seeds.json (all made for this project).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { options } from "./lib/args.mjs";
import { root } from "./lib/paths.mjs";
import { ask, run } from "./lib/run.mjs";
import { UserError, main, log, seconds, step, table } from "./lib/log.mjs";
import { hasNightly } from "./setup/rust.mjs";
import { ensureTool } from "./setup/tools.mjs";

const fuzzDir = join(root, "fuzz");
const seeds = JSON.parse(readFileSync(join(fuzzDir, "seeds.json"), "utf8"));
// The size of real inputs; longer ones only slow down a run. Other tests prove linear work, by counting steps.
const MAX_LENGTH = 1024;

const OPTIONS = {
  seconds: { type: "number", default: 60 },
  runs: { type: "number", default: 0 },
  seed: { type: "number", default: 1 },
  target: { type: "string", value: Object.keys(seeds).join("|") },
  write: { type: "boolean" },
};

/** Seeds as files, next to the findings of earlier runs. */
function corpus(target) {
  const folder = join(fuzzDir, "corpus", target);
  mkdirSync(folder, { recursive: true });
  seeds[target].forEach((seed, i) =>
    writeFileSync(join(folder, `seed-${i}`), typeof seed === "string" ? seed : Buffer.from(seed.hex, "hex")),
  );
  return folder;
}

/** Writes the results to docs/fuzzing.md; rows of targets that were not run are kept. */
function record(rows) {
  const path = join(root, "docs/fuzzing.md");
  const mark = "<!-- run: written by npm run fuzz -- --write -->";
  const [before, after = ""] = readFileSync(path, "utf8").split(mark);
  const cells = (line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
  const found = new Map(
    after
      .split("\n")
      .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
      .map(cells)
      .map((row) => [row[0], row]),
  );
  const commit = ask(["git", "-C", root, "rev-parse", "--short", "HEAD"]);
  const [head, ...done] = rows;
  for (const row of done) found.set(row[0], [...row.map(String), commit]);
  const targets = Object.keys(seeds)
    .filter((target) => found.has(target))
    .map((target) => found.get(target));
  const total = targets.reduce((sum, row) => sum + Number(row[1]), 0);
  const lines = [[...head, "commit"], [...head, ""].map(() => "---"), ...targets].map(
    (row) => `| ${row.join(" | ")} |`,
  );
  const compiler = ask(["rustup", "run", "nightly", "rustc", "--version"]);
  writeFileSync(
    path,
    `${before}${mark}\n${total} executions in all, without a finding. ${compiler}.\n\n${lines.join("\n")}\n`,
  );
}

await main(async () => {
  const { seconds: time, runs, seed, target: only, write } = options("npm run fuzz", OPTIONS).values;
  const targets = Object.keys(seeds).filter((target) => !only || target === only);
  if (targets.length === 0) throw new UserError(`There is no target ${only}.`, OPTIONS.target.value);
  if (!hasNightly())
    throw new UserError("Fuzzing needs Rust nightly.", "rustup toolchain install nightly --profile minimal");
  const paths = [await ensureTool("cargo-fuzz")];
  // Safe Rust without a line of unsafe: an address sanitizer would find nothing and halve the speed.
  const common = ["--fuzz-dir", fuzzDir, "--sanitizer", "none"];
  step("Building the targets");
  const built = await run("fuzz build", ["cargo", "+nightly", "fuzz", "build", ...common], {
    log: "fuzz-build",
    paths,
  });
  if (!built.ok) throw new UserError(`The targets do not build.\n${built.tail}`);
  const rows = [["target", "executions", "time", "seed", "last line"]];
  let failed = 0;
  for (const target of targets) {
    step(`${target}: ${runs ? `${runs} executions` : seconds(time * 1000)}`);
    const limit = runs ? `-runs=${runs}` : `-max_total_time=${time}`;
    const command = [
      "cargo",
      "+nightly",
      "fuzz",
      "run",
      target,
      corpus(target),
      ...common,
      "--",
      limit,
      `-seed=${seed}`,
      `-max_len=${MAX_LENGTH}`,
      "-timeout=10",
      "-print_final_stats=1",
    ];
    const result = await run(`fuzz ${target}`, command, { log: `fuzz-${target}`, paths });
    const executions = Number(/stat::number_of_executed_units:\s+(\d+)/.exec(result.output)?.[1] ?? 0);
    const done = /^Done .*$/m.exec(result.output)?.[0] ?? "no last line";
    rows.push([target, executions, seconds(result.duration), seed, result.ok ? done : "FOUND SOMETHING"]);
    if (!result.ok || executions === 0) {
      failed += 1;
      log(result.tail);
      if (existsSync(join(fuzzDir, "artifacts", target)))
        log(`    the input is in ${join(fuzzDir, "artifacts", target)}`);
    }
  }
  log(`\n${table(rows)}`);
  log(`\n${targets.length - failed} passed, ${failed} failed`);
  if (write && failed === 0) record(rows);
  return failed === 0 ? 0 : 1;
});
