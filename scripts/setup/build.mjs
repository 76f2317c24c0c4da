// The build steps, each skipped while its inputs and outputs are unchanged.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isFresh, markFresh } from "../lib/fresh.mjs";
import { root } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";
import { UserError, log, seconds, step } from "../lib/log.mjs";

const STEPS = {
  package: {
    what: "Building the package (Rust to wasm, TypeScript to JavaScript)",
    script: "scripts/build.mjs",
    inputs: [
      "src",
      "js",
      "build.rs",
      "errors.json",
      "Cargo.toml",
      "Cargo.lock",
      "rust-toolchain.toml",
      "package.json",
      "package-lock.json",
      "tsconfig.json",
      "tsconfig.build.json",
      "xtask/bindgen",
      "scripts/build.mjs",
      "scripts/build",
    ],
    outputs: ["dist"],
  },
  // The same for the demo only. A full build also satisfies it.
  viewers: {
    what: "Building the page's scripts (Rust to wasm, TypeScript to JavaScript)",
    script: "scripts/build.mjs",
    args: ["--for-viewers", "--allow-plain"],
    instead: "package",
  },
  bridge: {
    what: "Building the CDM bridge",
    script: "scripts/bridge.mjs",
    inputs: ["www/bridge", "scripts/bridge.mjs", "package-lock.json"],
    outputs: ["build/bridge"],
  },
  demo: {
    what: "Building the demo page",
    script: "scripts/demo.mjs",
    inputs: [
      "www/demo",
      "www/media/catalog.json",
      "www/license-server/catalog.mjs",
      "errors.json",
      "scripts/demo.mjs",
      "scripts/lib/bundle.mjs",
      "scripts/lib/site.mjs",
      "package-lock.json",
      "dist",
    ],
    outputs: ["build/demo"],
  },
  pages: {
    what: "Bundling the pages of the end-to-end tests",
    script: "tests/e2e/bundle.mjs",
    inputs: [
      "tests/e2e/bundle.mjs",
      "tests/e2e/page",
      "tests/e2e/players",
      "tests/e2e/compare",
      "scripts/lib/bundle.mjs",
      "package-lock.json",
      "dist",
    ],
    outputs: ["build/pages"],
  },
};

/** @param {keyof typeof STEPS} name */
export async function ensureBuilt(name) {
  const { what, script, args = [], instead } = STEPS[name];
  const { inputs, outputs } = STEPS[instead ?? name];
  if (!existsSync(join(root, script))) throw new UserError(`${script} is missing.`, "Restore it from git.");
  if (isFresh(name, inputs, outputs) || (instead && isFresh(instead, inputs, outputs))) return;
  step(what);
  const result = await run(`build ${name}`, [process.execPath, script, ...args], { log: `build-${name}`, live: true });
  if (!result.ok) throw new UserError(`${what} failed: the output is above, and in ${result.log}.`);
  markFresh(name, inputs, outputs);
  log(`    done in ${seconds(result.duration)}`);
}
