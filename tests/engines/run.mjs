// Runs the checks in one engine, each in a new browser with its own run at the license server.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createLicenseServer } from "../../www/license-server/server.mjs";
import { withPage } from "./browser.mjs";
import { CHECKS } from "./checks.mjs";

const folder = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * @returns {Promise<object>} the license server, listening; it also serves the pages, the package, media and players
 */
export async function startServer() {
  const server = createLicenseServer({
    roots: {
      "/engines/": folder("tests/engines/page"),
      "/webm/": folder("tests/engines/media"),
      "/media/": folder("www/media"),
      "/dist/": folder("dist"),
      "/node_modules/": folder("node_modules"),
    },
    catalog: folder("www/media/catalog.json"),
  });
  await server.listen(0, "127.0.0.1");
  return server;
}

/**
 * @param {object} engine from scripts/setup/engines.mjs
 * @param {string} home its folder
 * @param {(result: {check: string, cell: string, absent?: boolean, error?: Error}) => void} report called after each
 * check
 */
export async function runChecks(engine, home, server, report) {
  const bridge = readFileSync(folder("build/bridge/bridge.js"), "utf8");
  let runs = 0;
  const open = (form, options, work) =>
    withPage(home, async (page) => {
      const root = `${server.url}/r/chromium-${engine.chromium}-${(runs += 1)}/`;
      if (options.bridge) await page.addScript(bridge);
      await page.open(`${root}engines/${form}`);
      const faults = async (...list) => {
        const response = await fetch(`${root}api/faults`, { method: "POST", body: JSON.stringify(list) });
        if (!response.ok) throw new Error(`faults: ${response.status} ${await response.text()}`);
      };
      return work({ ...page, faults });
    });
  for (const { name, run } of CHECKS) {
    try {
      const cell = await run({ engine, open });
      report({ check: name, cell: cell.absent ?? cell, absent: Boolean(cell.absent) });
    } catch (error) {
      report({ check: name, cell: "FAILS", error });
    }
  }
}
