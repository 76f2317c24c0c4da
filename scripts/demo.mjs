// Bundles the demo page into build/demo/, one chunk a player.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bundlePage } from "./lib/bundle.mjs";
import { buildDir, root } from "./lib/paths.mjs";
import { Stop, main } from "./lib/say.mjs";

const source = join(root, "www/demo");
const output = join(buildDir, "demo");

await main(async () => {
  if (!existsSync(join(root, "dist"))) throw new Stop("The package is not built.", "npm run build");
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  await bundlePage(join(source, "main.js"), output, { minify: true });
  for (const name of readdirSync(source)) if (/\.(html|css|svg)$/.test(name)) cpSync(join(source, name), join(output, name));
});
