// Writes docs/without-and-with.md: an app's errors when something fails, from each player set up as its documentation
// says, and with the package. No cell is typed by hand: each was observed on a page in a real browser in this run.
//   npm run showcase                   writes it (fifteen minutes)
//   npm run showcase -- --only TEXT    prints the cases with TEXT in their name
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { createLicenseServer } from "../../www/license-server/server.mjs";
import { PALLYCON_GROUPS } from "../../scripts/docs/errors.mjs";
import { options } from "../../scripts/lib/args.mjs";
import { bundlePage } from "../../scripts/lib/bundle.mjs";
import { root } from "../../scripts/lib/paths.mjs";
import { ensureBuilt } from "../../scripts/setup/build.mjs";
import { CHROMIUM_ARGS, findBrowser } from "../../scripts/setup/browsers.mjs";
import { CASES, NOT_PROVOKED, SECTIONS, STRANGER } from "../../www/demo/errors/cases.mjs";
import { reportedIssues } from "../support/reported-issues.mjs";
import { PLAYERS, PLAYS, NOTHING, LIMIT, observe } from "./record.mjs";

const folder = (path) => join(root, path);
export const FILE = folder("docs/without-and-with.md");
const versionIn = (path) => JSON.parse(readFileSync(folder(path), "utf8")).version;
const versionOf = (name) => versionIn(`node_modules/${name}/package.json`);
const row = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "&lt;")).join(" | ")} |`;

/**
 * The document's parts, in order; those without cases have a reason.
 * @returns {{level: number, title: string, cases:
 * object[], reason?: string}[]}
 */
export function parts() {
  const of = (name, value) => CASES.filter((one) => one[name] === value);
  const [control, ...sections] = SECTIONS.map(({ id, title }) => ({ level: 2, title, cases: of("section", id) }));
  return [
    control,
    { level: 2, title: "What users report", cases: [] },
    ...reportedIssues().map(({ report }, index) => ({
      level: 3,
      title: `${index + 1}. ${report}`,
      cases: of("pain", index + 1),
      reason: NOT_PROVOKED[index + 1],
    })),
    { level: 2, title: "PallyCon's codes", cases: [] },
    ...PALLYCON_GROUPS.map((title) => ({ level: 3, title, cases: of("group", title) })),
    ...sections,
  ];
}

/** The first cell of a case's rows. */
export const nameOf = ({ what, drm }) => `${what} (${drm})`;
/** The players for a case: EME alone cannot play a playlist. */
export const playersOf = ({ players = Object.keys(PLAYERS) }) => players;

/** @param {Map<object, Record<string, {without: string, with: string}>>} observed by case and player */
export function render(observed, versions) {
  const table = (cases) =>
    [
      ["what goes wrong", "", "without the package", "with it"],
      ["---", "---", "---", "---"],
      ...cases.flatMap((one) =>
        playersOf(one).map((player, index) => [
          index ? "" : nameOf(one),
          PLAYERS[player],
          observed.get(one)[player].without,
          observed.get(one)[player].with,
        ]),
      ),
    ]
      .map(row)
      .join("\n");
  const sections = parts().map(({ level, title, cases, reason }) =>
    [
      `${"#".repeat(level)} ${title}`,
      ...(cases.length ? [table(cases)] : []),
      ...(reason ? [`Not provoked here: ${reason}.`] : []),
    ].join("\n\n"),
  );
  return `<!-- Written by npm run showcase. -->
# Without the package, and with it

What an app observes when something goes wrong: the text of the player's own error, and with the package the hint after →. Several messages are separated by ·.
Each line was provoked in a real browser, through the [local license server](../www/license-server/README.md) and the [CDM bridge](simulated-drm.md),
all in one run; the setups are in [www/demo/errors/compare](../www/demo/errors/compare/stage.js), and the Error lab of the demo runs most of them live. "Without" is the setup of the player's documentation, and of Apple's
and the key systems' guides where there is no player. For hls.js the fatal errors are shown, or the others if none was fatal. The number of attempts and the time limits
are the same on both sides wherever the player has a setting for them. Messages of DRMs that the browser lacks are the bridge's, not a real CDM's. ${versions}

\`npm run showcase\` writes this page again. [When it does not play](when-it-does-not-play.md) starts from the symptom.

${summary([...observed.values()])}

Each row below is counted once for its player. The sums differ by player, because some cases are about a playlist, which EME alone does not have.

${sections.join("\n\n")}
`;
}

/** How often each kind of outcome occurred. */
function summary(observed) {
  const kinds = [
    ["it plays", (text) => text.startsWith(PLAYS)],
    ["an error that says what to do", (text) => text.includes("→")],
    ["an error of the player's or the CDM's own", (text) => text !== NOTHING],
    [`nothing at all in ${LIMIT / 1000} s`, () => true],
  ];
  const count = (player, side) => {
    const counts = kinds.map(() => 0);
    for (const one of observed.filter((by) => by[player]))
      counts[kinds.findIndex(([, is]) => is(one[player][side]))] += 1;
    return counts;
  };
  const columns = Object.keys(PLAYERS).flatMap((player) => [count(player, "without"), count(player, "with")]);
  return [
    ["outcome", ...Object.values(PLAYERS).flatMap((title) => [title, "with the package"])],
    ["---", ...columns.map(() => "--:")],
    ...kinds.map(([kind], index) => [kind, ...columns.map((counts) => String(counts[index]))]),
  ]
    .map(row)
    .join("\n");
}

/** Runs the cases, two at a time. */
async function listen(cases, { browser, origin }) {
  const observed = new Map(cases.map((one) => [one, {}]));
  const jobs = cases.flatMap((one) =>
    playersOf(one).map((player) => async () => {
      const without = await observe({ browser, origin, player, ours: false, ...one });
      const withUs = await observe({ browser, origin, player, ours: true, ...one });
      observed.get(one)[player] = { without, with: withUs };
      console.log(`${PLAYERS[player]} · ${nameOf(one)}\n  - ${without}\n  + ${withUs}`);
    }),
  );
  await Promise.all(
    [0, 1].map(async () => {
      while (jobs.length) await jobs.shift()();
    }),
  );
  return observed;
}

async function main() {
  const { only } = options("npm run showcase", { only: { type: "string", value: "TEXT", default: "" } }).values;
  for (const need of ["viewers", "bridge"]) await ensureBuilt(need);
  await bundlePage(folder("tests/e2e/compare/main.js"), folder("build/compare"));
  for (const name of ["index.html", "frame.html", "frame.js"])
    cpSync(folder(`tests/e2e/compare/${name}`), folder(`build/compare/${name}`));
  const server = createLicenseServer({
    roots: { "/compare/": folder("build/compare"), "/media/": folder("www/media") },
    catalog: folder("www/media/catalog.json"),
  });
  const origin = await server.listen(0, "127.0.0.1");
  const browser = await chromium.launch({
    executablePath: findBrowser("chromium"),
    args: [...CHROMIUM_ARGS, `--host-resolver-rules=MAP ${STRANGER} 127.0.0.1`],
  });
  try {
    const observed = await listen(
      CASES.filter((one) => nameOf(one).includes(only)),
      { browser, origin },
    );
    const versions = `Recorded with pallycon-drm ${versionIn("package.json")}, Chromium ${browser.version()}, Shaka Player ${versionOf("shaka-player")}, hls.js ${versionOf("hls.js")}; "no EME" is WebKitGTK.`;
    if (!only) writeFileSync(FILE, render(observed, versions));
  } finally {
    await browser.close();
    await server.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
