// Checks of the built package: it runs on viewers' devices, a page with a player loads one module, and no viewer
// downloads a cipher.
import { parse } from "acorn";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/paths.mjs";
import { ask } from "../lib/run.mjs";
import { UserError } from "../lib/log.mjs";
import { WASM_TARGET } from "../setup/rust.mjs";
import { MODULES } from "./modules.mjs";
import { wasmReachedFrom } from "./reach.mjs";
import { PLAYERS } from "./scripts.mjs";

const dist = join(root, "dist");
/** Runs on a developer's machine, not on a viewer's. */
const NODE_ONLY = new Set(["cli.js"]);

/** Syntax of ES2017; `import.meta` and `import()` in modules only, which Chromium has had since 64 and 63. */
export function checkSyntax() {
  for (const file of readdirSync(dist).filter((name) => name.endsWith(".js") && !NODE_ONLY.has(name))) {
    const source = readFileSync(join(dist, file), "utf8");
    const classic = file.endsWith(".global.js");
    // Bundlers find the .wasm by `import.meta.url`; adapters load rarely needed code with `import()`.
    const text = classic
      ? source
      : source.replaceAll("import.meta.url", "importMetaUrl").replaceAll(/\bimport\(/g, "importModule(");
    try {
      parse(text, { ecmaVersion: 2017, sourceType: classic ? "script" : "module" });
    } catch (error) {
      const hint = "Write it another way, or let esbuild lower it (target in scripts/build/scripts.mjs).";
      throw new UserError(`dist/${file} is not ES2017: ${error.message}`, hint);
    }
  }
}

/** A page loads player.wasm and nothing else, unless it imports the media adapter or the tools. */
export function checkMainEntry() {
  const entries = ["index", ...PLAYERS.filter((name) => name !== "media")].map((name) => `${name}.js`);
  const reached = wasmReachedFrom(entries.map((name) => join(dist, name)));
  if (reached.join() === "player.wasm") return;
  const found = reached.length > 0 ? reached.join(", ") : "no .wasm at all";
  const hint = `None of ${entries.join(", ")} may import anything that loads another module.`;
  throw new UserError(`The main entry must reach exactly player.wasm. It reaches ${found}.`, hint);
}

const CIPHER_CRATE = /^(aes|cbc|cipher|sha2) v/m;

/**
 * Only the server module may contain code that works with site keys. Searching for AES's S-box would prove nothing:
 * RustCrypto's AES is bitsliced on wasm, so not even server.wasm contains it. But a crate outside a module's dependency
 * graph cannot be in the module, so this uses cargo. The server module must have the ciphers: that proves that the
 * check works.
 */
export function checkCiphers() {
  const graph = ["--locked", "--edges", "normal", "--prefix", "none", "--target", WASM_TARGET];
  for (const name of MODULES) {
    const crates = ask(["cargo", "tree", ...graph, "--features", name]);
    if (crates === undefined) throw new UserError("cargo tree failed.", `To see why: cargo tree --features ${name}`);
    const expected = name === "server";
    if (CIPHER_CRATE.test(crates) === expected) continue;
    const message = expected ? "The server module has no cipher crate" : `The ${name} module contains a cipher crate`;
    throw new UserError(`${message}.`, "Cargo.toml: only the feature `server` may enable aes, cbc, cipher and sha2.");
  }
}
