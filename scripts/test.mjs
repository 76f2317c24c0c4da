// npm test: sets up the tests' requirements, builds, runs every suite, and prints the results.
//   npm test -- --only rust,e2e     groups or suite names
//   npm test -- --changed           the suites that read what has changed since main; `--since COMMIT`: since another commit
//   npm test -- --vectors FOLDER    also runs the conformance cases in it
//   npm test -- --verbose           shows the suites' own output as it arrives
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { options } from "./lib/args.mjs";
import { settle } from "./lib/count.mjs";
import { commit } from "./lib/manifest.mjs";
import { logDir } from "./lib/paths.mjs";
import { UserError, elapsed, main, log, seconds, step, table } from "./lib/log.mjs";
import { ask } from "./lib/run.mjs";
import { SUITES, touchedBy } from "./lib/suites.mjs";
import { ensureBrowsers } from "./setup/browsers.mjs";
import { checkPlayback } from "./setup/decode.mjs";
import { ensureBuilt } from "./setup/build.mjs";
import { ensurePackages } from "./setup/npm.mjs";
import { ensureRust } from "./setup/rust.mjs";
import { ensureGit } from "./setup/system.mjs";

/** The suites that read files changed since this branch left REF. */
function suitesSince(ref) {
  const base = ask(["git", "merge-base", ref, "HEAD"]);
  if (!base) throw new UserError(`git does not know "${ref}".`, "npm test -- --since COMMIT");
  const lists = [
    ["diff", "--name-only", base],
    ["ls-files", "--others", "--exclude-standard"],
  ].map((command) => ask(["git", ...command]) ?? "");
  const files = lists.join("\n").split("\n").filter(Boolean);
  if (files.length === 0) throw new UserError(`Nothing has changed since ${ref}.`, "npm test runs everything.");
  const suites = touchedBy(files);
  log(`${files.length} files have changed since ${base.slice(0, 9)}: ${suites.join(", ")}`);
  return suites;
}

function asked() {
  const { only, changed, since, vectors, verbose } = options("npm test", {
    only: { type: "string", value: "GROUP,…" },
    changed: { type: "boolean" },
    since: { type: "string", value: "COMMIT" },
    vectors: { type: "string", value: "FOLDER" },
    verbose: { type: "boolean" },
  }).values;
  if (vectors) process.env.PALLYCON_VECTORS = vectors;
  if (verbose) process.env.PALLYCON_VERBOSE = "1";
  for (const name of ["PALLYCON_VECTORS", "PALLYCON_CONTRACT"])
    if (process.env[name]) process.env[name] = resolve(process.env[name]);
  return { only: changed || since ? suitesSince(since ?? "main") : only?.split(",") };
}

/** Suites that need a failed build have failed too; the others still run. */
const builds = new Map();
async function prepare(needs) {
  for (const need of needs) {
    if (!builds.has(need)) builds.set(need, ensureBuilt(need));
    await builds.get(need);
  }
}

async function runSuite(suite) {
  step(suite.title);
  const started = Date.now();
  try {
    await prepare(suite.needs ?? []);
    const result = await suite.run();
    const count = settle(result.count, result.ok);
    if (count.failed > 0) log(`${result.tail}\n    → ${result.log}`);
    return { passed: count.passed, failed: count.failed, note: result.note, duration: Date.now() - started };
  } catch (error) {
    // A suite's error does not affect the others: it is reported and counted, and the run continues.
    log(
      error instanceof UserError
        ? `  ! ${error.message}${error.hint ? ` ${error.hint}` : ""}`
        : `  ! ${error?.stack ?? error}`,
    );
    return { passed: 0, failed: 1, duration: Date.now() - started };
  }
}

await main(async () => {
  const { only } = asked();
  const wanted = SUITES.filter((suite) => !only || only.includes(suite.group) || only.includes(suite.id));
  const unknown = (only ?? []).filter((name) => !SUITES.some(({ group, id }) => name === group || name === id));
  if (unknown.length > 0)
    throw new UserError(
      `Unknown suite: ${unknown.join(", ")}.`,
      `Groups: ${[...new Set(SUITES.map((suite) => suite.group))].join(", ")}.`,
    );
  const suites = wanted.filter((suite) => suite.present());
  mkdirSync(logDir, { recursive: true });
  const summary = join(logDir, "summary.json");
  rmSync(summary, { force: true });

  await ensurePackages();
  await ensureRust();
  await ensureGit();
  if (suites.some((suite) => suite.group === "wasm" || suite.group === "e2e")) await ensureBrowsers();
  if (suites.some((suite) => suite.group === "e2e")) {
    step("Can the browsers decode what the tests play?");
    await checkPlayback();
  }

  const results = new Map();
  const runAll = async (those) => {
    for (const suite of those) {
      const result = await runSuite(suite);
      results.set(suite, { id: suite.id, title: suite.title, ...result });
      const note = result.note ? ` (${result.note})` : "";
      log(`    ${suite.title}: ${result.passed} passed, ${result.failed} failed${note}, ${seconds(result.duration)}`);
    }
  };
  const [last, parallel] = [suites.filter((suite) => suite.last), suites.filter((suite) => !suite.last)];
  const inBrowsers = ({ group }) => group === "e2e";
  const lanes = [parallel.filter(inBrowsers), parallel.filter((suite) => !inBrowsers(suite))];
  if (availableParallelism() > 1) await Promise.all(lanes.map(runAll));
  else for (const lane of lanes) await runAll(lane);
  await runAll(last);
  const inOrder = suites.map((suite) => results.get(suite));
  const total = inOrder.reduce(
    (sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }),
    { passed: 0, failed: 0 },
  );
  writeFileSync(
    summary,
    JSON.stringify({ commit: commit(), complete: !only, ...total, suites: inOrder }, undefined, 2),
  );
  log(
    `\n${table([["suite", "passed", "failed", "time"], ...inOrder.map((r) => [r.title, r.passed, r.failed, seconds(r.duration)])])}`,
  );
  log(`\n${total.passed} passed, ${total.failed} failed in ${elapsed()}`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
});
