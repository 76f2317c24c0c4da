// `npm run bench`: builds what is measured, measures it next to the alternatives, prints the tables and writes them to
// docs/performance.md. Ratios first: machines differ. Nothing here fails a build.
//   npm run bench -- parsing size    only these parts: parsing, size, license, start, site, memory
import { ensureBrowsers, findBrowser } from "./setup/browsers.mjs";
import { ensureBuilt } from "./setup/build.mjs";
import { ensureBenchPackages, ensurePackages } from "./setup/npm.mjs";
import { ensureRust } from "./setup/rust.mjs";
import { UserError, elapsed, main, log, step } from "./lib/log.mjs";

const PARTS = {
  parsing: async () => (await import("../benches/parsing/parsing.mjs")).parsing(),
  size: async () => (await import("../benches/size.mjs")).size(),
  license: async () => (await import("../benches/license/license.mjs")).license(),
  start: async () => (await import("../benches/start/start.mjs")).start(),
  site: async () => (await import("../benches/site.mjs")).site(),
  memory: async () => (await import("../benches/memory.mjs")).memory(),
};

await main(async () => {
  const asked = process.argv.slice(2);
  for (const name of asked)
    if (!Object.hasOwn(PARTS, name))
      throw new UserError(`The bench has no part "${name}".`, `Its parts: ${Object.keys(PARTS).join(", ")}.`);
  await ensurePackages();
  await ensureRust();
  await ensureBuilt("package");
  await ensureBuilt("bridge");
  await ensureBuilt("demo");
  await ensureBenchPackages();
  if (!findBrowser("chromium")) await ensureBrowsers();
  const { plain, writePart } = await import("../benches/lib/report.mjs");
  const { machine } = await import("../benches/lib/machine.mjs");
  for (const name of asked.length ? asked : Object.keys(PARTS)) {
    step(`${name} (${elapsed()})`);
    const tables = await PARTS[name]();
    log(`\n${plain(tables)}\n`);
    writePart(name, tables);
  }
  writePart("machine", machine());
  log(`docs/performance.md is written (${elapsed()})`);
});
