// Loads TypeScript modules of www/demo/ in Node.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { buildDir, root } from "../../scripts/lib/paths.mjs";
import { siteModules } from "../../scripts/lib/site.mjs";

/** @param {string} path below www/demo/; the module must not import anything that needs a browser */
export async function load(path) {
  const outfile = join(buildDir, "demo-tests", `${path.replace(/\W+/g, "-")}.mjs`);
  mkdirSync(join(buildDir, "demo-tests"), { recursive: true });
  await build({
    entryPoints: [join(root, "www/demo", path)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "neutral",
    external: ["pallycon-drm", "pallycon-drm/*"],
    plugins: [siteModules],
    logLevel: "warning",
  });
  return import(pathToFileURL(outfile).href);
}
