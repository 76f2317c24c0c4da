// Bundles www/bridge/src/ into one classic script, build/bridge/bridge.js: it must run before any module of the page.
//
//   node scripts/bridge.mjs
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);

export async function buildBridge() {
  const outfile = fileURLToPath(new URL("build/bridge/bridge.js", root));
  await build({
    entryPoints: [fileURLToPath(new URL("www/bridge/src/main.js", root))],
    outfile,
    bundle: true,
    format: "iife",
    target: "es2017",
    charset: "utf8",
    logLevel: "warning",
    banner: { js: "// Simulates Widevine, PlayReady and FairPlay on top of ClearKey. See www/bridge/README.md." },
  });
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildBridge());
