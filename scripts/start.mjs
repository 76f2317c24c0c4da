// npm start: from a fresh clone to the demo page. Installs the pinned Rust and npm's packages, builds, and serves the
// page with its license server. If it cannot install that Rust, it builds with any stable one and reports that.
//   npm start -- --port 9000
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { options } from "./lib/args.mjs";
import { root } from "./lib/paths.mjs";
import { UserError, elapsed, main, log } from "./lib/log.mjs";
import { ensureBuilt } from "./setup/build.mjs";
import { ensurePackages } from "./setup/npm.mjs";

const DEFAULT_PORT = 8080;

const isFree = (number) =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(number, "127.0.0.1", () => probe.close(() => resolve(true)));
  });

await main(async () => {
  const { port: wanted } = options("npm start", { port: { type: "number" } }).values;
  if (wanted > 65_535)
    throw new UserError(`There is no port ${wanted}.`, "A port is 65535 at most; 0 is any free one.");
  await ensurePackages();
  await ensureBuilt("viewers");
  await ensureBuilt("bridge");
  await ensureBuilt("demo");

  // An explicit port is either used or an error; the default falls back to another one.
  const number = wanted ?? ((await isFree(DEFAULT_PORT)) ? DEFAULT_PORT : 0);
  log(`\nReady after ${elapsed()}. Press Ctrl+C to stop.`);
  const server = spawn(process.execPath, [join(root, "www/license-server/main.mjs"), "--port", String(number)], {
    cwd: root,
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
  return await new Promise((resolve) => {
    server.once("error", () => resolve(1));
    server.once("exit", (code, signal) => resolve(signal ? 0 : (code ?? 1)));
  });
});
