// npm run site: the site of www/demo in build/site/, ready to be copied to any file host, below any path. The local
// license server is not part of it; pages only offer features that need it if it exists.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildDir, root } from "./lib/paths.mjs";
import { main, log } from "./lib/log.mjs";
import { ensureBuilt } from "./setup/build.mjs";
import { ensurePackages } from "./setup/npm.mjs";

const output = join(buildDir, "site");

await main(async () => {
  await ensurePackages();
  for (const step of ["viewers", "bridge", "demo"]) await ensureBuilt(step);
  rmSync(output, { recursive: true, force: true });
  cpSync(join(buildDir, "demo"), output, { recursive: true, filter: (path) => !path.endsWith(".map") });
  // The media catalog contains their keys, and is not deployed.
  cpSync(join(root, "www/media"), join(output, "media"), {
    recursive: true,
    filter: (path) => !/catalog\.json$|\.md$/.test(path),
  });
  mkdirSync(join(output, "bridge"));
  cpSync(join(buildDir, "bridge/bridge.js"), join(output, "bridge/bridge.js"));
  log(`The site is in ${output}.`);
});
