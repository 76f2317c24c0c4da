// npm run players: every player with every DRM in every case, in Chromium; playback and a refusal in Firefox; and the
// oldest and newest versions (tests/e2e/players/cells.mjs). Prints tables. Then runs the tests that are too many for
// npm test.
//   npm run players -- --only shaka,hls    only these players
//   npm run players -- --write             also writes the tables to docs/players.md
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PLAYERS, cells } from "../tests/e2e/players/cells.mjs";
import { options } from "./lib/args.mjs";
import { playwright, settle } from "./lib/count.mjs";
import { markdownTable, writeBetween } from "./lib/markdown.mjs";
import { logDir, root } from "./lib/paths.mjs";
import { shownIn, tablesOf } from "./lib/players.mjs";
import { playwrightTest, run } from "./lib/run.mjs";
import { UserError, elapsed, main, log, seconds, step, table } from "./lib/log.mjs";
import { ensureBrowsers } from "./setup/browsers.mjs";
import { checkPlayback } from "./setup/decode.mjs";
import { ensureBuilt } from "./setup/build.mjs";
import { ensurePackages } from "./setup/npm.mjs";

const DOCUMENT = join(root, "docs/players.md");
const MARK = "<!-- npm run players -- --write -->";
const BROWSERS = { chromium: "Chromium", firefox: "Firefox" };
const SPEC = "players.spec.mjs";

function readOptions() {
  const { values } = options("npm run players", {
    only: { type: "string", value: "shaka,hls" },
    write: { type: "boolean" },
  });
  const known = Object.keys(PLAYERS);
  const players = values.only?.split(",") ?? known;
  const unknown = players.find((name) => !known.includes(name));
  if (unknown) throw new UserError(`There is no player ${unknown}.`, `There are ${known.join(", ")}.`);
  const all = players.length === known.length;
  if (values.write && !all)
    throw new UserError("The tables in docs/players.md cover every player.", "Use --write without --only.");
  return { players, all, write: values.write };
}

const quote = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** Runs tests in a browser; resolves with the number that passed, and the text of each cell, by title. */
async function tests(label, project, args) {
  const report = join(logDir, `players-${project}.json`);
  rmSync(report, { force: true });
  const command = playwrightTest("tests/e2e/playwright.config.mjs", project, "--reporter", "list,json", ...args);
  const result = await run(label, command, {
    log: `players-${project}`,
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report, PALLYCON_MATRIX: "1" },
    timeout: 60 * 60_000,
  });
  const written = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : {};
  const count = settle(playwright(written), result.ok);
  log(`    ${count.passed} passed, ${count.failed} failed, ${seconds(result.duration)}`);
  if (count.failed > 0) log(`${result.tail}\n    → ${result.log}`);
  return { count, shown: shownIn(written.suites ?? []) };
}

await main(async () => {
  const { players, all, write } = readOptions();
  await ensurePackages();
  await ensureBuilt("package");
  await ensureBuilt("bridge");
  await ensureBuilt("demo");
  await ensureBrowsers();
  step("Can the browsers decode what the tests play?");
  await checkPlayback();

  const wanted = cells().filter(({ player }) => players.includes(player));
  const versions = [...new Set(wanted.map(({ player, version }) => version || player))];
  const grep = `(^|\\s)(${versions.map(quote).join("|")}), \\w+: `;
  const results = {};
  const counts = [];
  for (const [project, browser] of Object.entries(BROWSERS)) {
    step(`The matrix in ${browser}`);
    const { count, shown } = await tests(`matrix in ${browser}`, project, ["-g", grep, `[\\\\/]${quote(SPEC)}$`]);
    results[project] = shown;
    counts.push(count);
  }
  if (all) {
    step("The tests that npm test leaves out, in Chromium");
    const others = readdirSync(join(root, "tests/e2e")).filter((name) => name.endsWith(".spec.mjs") && name !== SPEC);
    const { count } = await tests("the rest", "chromium", [
      "-g",
      "@matrix",
      ...others.map((name) => `[\\\\/]${quote(name)}$`),
    ]);
    counts.push(count);
  }

  const tables = tablesOf(players, results);
  for (const [name, rows] of tables) log(`\n${name}\n${table(rows)}`);
  const total = (name) => counts.reduce((sum, count) => sum + count[name], 0);
  if (write && total("failed") === 0) {
    writeBetween(DOCUMENT, MARK, tables.map(([name, rows]) => `\n**${name}**\n\n${markdownTable(rows)}`).join(""));
  }
  log(`\n${total("passed")} passed, ${total("failed")} failed in ${elapsed()}`);
  return total("failed") === 0 ? 0 : 1;
});
