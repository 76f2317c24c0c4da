// What ships must run where viewers are: syntax of ES2017, and `import.meta` in modules only.
import { parse } from "acorn";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/paths.mjs";
import { Stop } from "../lib/say.mjs";

/** Runs on a developer's machine, not on a viewer's. */
const NODE_ONLY = new Set(["cli.js"]);

export async function checkShipped() {
  const dist = join(root, "dist");
  for (const file of readdirSync(dist).filter((name) => name.endsWith(".js") && !NODE_ONLY.has(name))) {
    const source = readFileSync(join(dist, file), "utf8");
    const classic = file.endsWith(".global.js");
    // `import.meta.url` is how every bundler finds the .wasm; in a module it is the one thing newer than ES2017.
    const text = classic ? source : source.replaceAll("import.meta.url", "importMetaUrl");
    try {
      parse(text, { ecmaVersion: 2017, sourceType: classic ? "script" : "module" });
    } catch (error) {
      throw new Stop(`dist/${file} is not ES2017: ${error.message}`, "Write it another way, or let esbuild lower it (target in scripts/build/scripts.mjs).");
    }
  }
}
