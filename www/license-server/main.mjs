#!/usr/bin/env node
/** The command line of the license server. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseLimits } from "./capacity.mjs";
import { createLicenseServer } from "./server.mjs";

const HELP = `Serves the demo, its media, license tokens and licenses on this machine.

  node www/license-server/main.mjs [options]

  --port N            default 8080; 0 takes any free port
  --host ADDRESS      default 127.0.0.1: other machines cannot reach it
  --root PREFIX=DIR   serve DIR below the URL path PREFIX, e.g. --root /=build/demo (may be repeated)
  --catalog FILE      default www/media/catalog.json
  --capacity N        licenses a second; default: no limit
  --queue N           requests that may wait, with --capacity; default: no limit. Further ones are refused with 503
  --retry-after S     Retry-After of that refusal, in seconds; default: none
  --quiet             do not log requests
  --help
`;

const project = (/** @type {string} */ path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** @type {import("./static.mjs").Roots} */
const ROOTS = {
  "/": project("build/demo"),
  "/media/": project("www/media"),
  "/bridge/": [project("build/bridge"), project("www/bridge")],
  "/dist/": project("dist"),
};

/** @param {string[]} argv */
async function main(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      port: { type: "string", default: "8080" },
      host: { type: "string", default: "127.0.0.1" },
      root: { type: "string", multiple: true, default: [] },
      catalog: { type: "string", default: project("www/media/catalog.json") },
      capacity: { type: "string" },
      queue: { type: "string" },
      "retry-after": { type: "string" },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port ${values.port} is not a port`);
  const roots = { ...ROOTS };
  for (const root of values.root) {
    const [, prefix, folder] = /^(\/(?:.*\/)?)=(.+)$/.exec(root) ?? [];
    if (folder === undefined) throw new Error(`--root ${root} is not PREFIX=DIR with slashes around the prefix`);
    roots[prefix] = folder;
  }
  const capacity = limits(values);
  const found = existsSync(values.catalog);
  if (!found)
    process.stderr.write(`No media catalog at ${values.catalog}: the server only knows keys of its own key server.\n`);
  const log = values.quiet ? undefined : (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
  const server = createLicenseServer({ roots, catalog: found ? values.catalog : [], capacity, log });
  process.stdout.write(`${await server.listen(port, values.host)}\n`);
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.once(signal, () => void server.close());
}

/**
 * @param {{ capacity?: string, queue?: string, "retry-after"?: string }} values
 * @returns {import("./capacity.mjs").Limits | undefined}
 */
function limits({ capacity, queue, "retry-after": retryAfter }) {
  if (capacity === undefined) {
    if (queue ?? retryAfter) throw new Error("--queue and --retry-after require --capacity");
    return undefined;
  }
  const given = { perSecond: capacity, queue, retryAfter };
  return parseLimits(
    Object.fromEntries(
      Object.entries(given)
        .filter(([, text]) => text !== undefined)
        .map(([name, text]) => [name, Number(text)]),
    ),
  );
}

main(process.argv.slice(2)).catch((error) => {
  const inUse =
    error.code === "EADDRINUSE" ? " Another program uses the port: choose one with --port, or 0 for any." : "";
  process.stderr.write(`${error.message}${inUse}\n`);
  process.exitCode = 1;
});
