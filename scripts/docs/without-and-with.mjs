// Writes docs/without-and-with.md: what an app hears when something goes wrong, from each player as its documentation
// sets it up and with the package. Nothing in it is typed: every cell is what a real browser's page was told in this run.
//   npm run build && node scripts/bridge.mjs && node scripts/docs/without-and-with.mjs
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { createLicenseServer } from "../../www/license-server/server.mjs";
import { bundlePage } from "../lib/bundle.mjs";
import { root } from "../lib/paths.mjs";
import { CHROMIUM_ARGS, findBrowser } from "../setup/browsers.mjs";
import { CASES, ENVIRONMENTS, STRANGER } from "./cases.mjs";
import { PLAYERS, SYSTEMS, CONTENT, hear } from "./hearing.mjs";

const folder = (path) => join(root, path);
const versionOf = (name) => JSON.parse(readFileSync(folder(`node_modules/${name}/package.json`), "utf8")).version;
const row = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;

/** `--only TEXT`: the cases that have it in their name, on the screen alone. */
const only = process.argv[2] === "--only" ? process.argv[3] ?? "" : "";

async function main() {
  await bundlePage(folder("tests/e2e/compare/main.js"), folder("build/compare"));
  for (const name of ["index.html", "frame.html", "frame.js"]) cpSync(folder(`tests/e2e/compare/${name}`), folder(`build/compare/${name}`));
  const server = createLicenseServer({ roots: { "/compare/": folder("build/compare"), "/media/": folder("www/media") }, catalog: folder("www/media/catalog.json") });
  const origin = await server.listen(0, "127.0.0.1");
  const browser = await chromium.launch({ executablePath: findBrowser("chromium"), args: [...CHROMIUM_ARGS, `--host-resolver-rules=MAP ${STRANGER} 127.0.0.1`] });
  const sections = [];
  try {
    for (const [player, { title, drms }] of Object.entries(PLAYERS)) {
      const rows = [];
      for (const { what, drm, ...conditions } of [...CASES, ...ENVIRONMENTS].filter((one) => one.what.includes(only))) {
        const used = (Array.isArray(drm) ? drm : [drm]).find((one) => drms.includes(one));
        if (!used) continue;
        const run = { player, drm: used, keySystem: SYSTEMS[used], contentId: CONTENT[used] };
        const without = await hear({ browser, origin, run: { ...run, ours: false }, ...conditions });
        const withUs = await hear({ browser, origin, run: { ...run, ours: true }, ...conditions });
        rows.push(row([`${what} (${used})`, without, withUs]));
        console.log(`${title} · ${what}\n  - ${without}\n  + ${withUs}`);
      }
      sections.push(`## ${title}\n\n${[row(["what goes wrong", "without the package", "with it"]), row(["---", "---", "---"]), ...rows].join("\n")}`);
    }
    if (only) return; // a look at one case is no table
    writeFileSync(folder("docs/without-and-with.md"), `<!-- Written by scripts/docs/without-and-with.mjs. -->
# Without the package, and with it

What an app hears when something goes wrong: the text of the player's own error, and with the package the hint. Each line was provoked in
a real browser, through the [local license server](../www/license-server/README.md) and the [CDM bridge](simulated-drm.md), in one run; the pages are in
[tests/e2e/compare](../tests/e2e/compare/main.js). "without" is the setup of the player's documentation. Chromium ${browser.version()}, Shaka Player ${versionOf("shaka-player")}, hls.js ${versionOf("hls.js")}.

${sections.join("\n\n")}
`);
  } finally {
    await browser.close();
    await server.close();
  }
}

await main();
