// npm run lint: formatting and linting of JavaScript and Rust (for native and for each wasm module), TypeScript's
// checks, the browser APIs in use, and the wording. `npm run format` formats everything.
// Each counts as one test.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeErrors } from "./build/errors.mjs";
import { MODULES } from "./build/modules.mjs";
import { commit } from "./lib/manifest.mjs";
import { logDir, root } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { main, log, seconds, step } from "./lib/log.mjs";
import { SIMULATE_CLIPPY } from "./lib/simulate.mjs";
import { ensurePackages } from "./setup/npm.mjs";
import { WASM_TARGET, ensureRust } from "./setup/rust.mjs";

const clippy = (...args) => ["cargo", "clippy", "--quiet", ...args, "--", "-D", "warnings"];
const rustdoc = (...args) => [
  "cargo",
  "rustdoc",
  "--lib",
  "--features",
  MODULES.join(),
  ...args,
  "--",
  "-D",
  "warnings",
];
const tsc = (...args) => [process.execPath, "node_modules/typescript/bin/tsc", "--noEmit", ...args];

/** Biome's settings are biome.jsonc. A warning fails, too. */
const biome = (...args) => [process.execPath, "node_modules/@biomejs/biome/bin/biome", ...args];

const CHECKS = [
  ["Biome: format and lint", biome("check", "--assist-enabled=false", "--error-on-warnings")],
  ["rustfmt", ["cargo", "fmt", "--check"]],
  ["clippy, native", clippy("--all-targets", "--features", MODULES.join())],
  // One feature at a time: each is a separate wasm module and must build without the others.
  ...MODULES.map((name) => [`clippy, wasm ${name}`, clippy("--target", WASM_TARGET, "--features", name)]),
  ["rustdoc, native", rustdoc()],
  ["rustdoc, wasm", rustdoc("--target", WASM_TARGET)],
  ["rustfmt, simulator", ["cargo", "fmt", "--check", "--manifest-path", "xtask/simulate/Cargo.toml"]],
  ["clippy, simulator", SIMULATE_CLIPPY],
  ["tsc", tsc("-p", "tsconfig.json"), "tsconfig.json"],
  ["tsc, site", tsc("-p", "www/demo/tsconfig.json"), "www/demo/tsconfig.json"],
  ["APIs that TVs have", [process.execPath, "scripts/apis.mjs"]],
  ["language", [process.execPath, "scripts/language.mjs"]],
];

await main(async () => {
  mkdirSync(logDir, { recursive: true });
  await ensurePackages();
  await ensureRust();
  writeErrors();
  const count = { passed: 0, failed: 0 };
  for (const [name, command, needs] of CHECKS) {
    if (needs && !existsSync(join(root, needs))) continue;
    step(name);
    const result = await run(name, command, { log: `lint-${name.replace(/\W+/g, "-")}`, timeout: 20 * 60_000 });
    count[result.ok ? "passed" : "failed"] += 1;
    if (!result.ok) log(result.tail);
    log(`    ${result.ok ? "passed" : "failed"}, ${seconds(result.duration)}`);
  }
  writeFileSync(join(logDir, "lint.json"), JSON.stringify({ commit: commit(), complete: true, ...count }));
  return count.failed === 0 ? 0 : 1;
});
