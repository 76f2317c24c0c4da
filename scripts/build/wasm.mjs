// Builds one wasm module from one feature of the crate: cargo, wasm-bindgen, wasm-opt.
//
// The glue is wasm-bindgen's own, unchanged. The module is lowered to WebAssembly's first version (MVP), because
// Chromium 85 (Tizen up to 6.5), some LG sets and iOS 16.0-16.3 refuse what Rust emits by default: reference types,
// sign extension, bulk memory. The result must validate as MVP and compile in Node.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { executable, root } from "../lib/paths.mjs";
import { run, runOrFail } from "../lib/run.mjs";
import { UserError, log } from "../lib/log.mjs";
import { WASM_TARGET } from "../setup/rust.mjs";
import { ensureTool } from "../setup/tools.mjs";
import { emptyTargetFeatures } from "./target-features.mjs";

const dist = join(root, "dist");
/** wasm-bindgen's output: pallycon_drm.js, its types, and the module before it is optimized. */
const glueDir = (name) => join(root, "build/wasm", name);

const wasmOpt = [process.execPath, join(root, "node_modules/binaryen/bin/wasm-opt")];
/** Everything that rustc and LLVM may use here; the lowering passes remove it. */
const INPUT_FEATURES = ["bulk-memory", "bulk-memory-opt", "sign-ext", "nontrapping-float-to-int", "mutable-globals"];
const LOWER = ["--llvm-memory-copy-fill-lowering", "--signext-lowering", "--llvm-nontrapping-fptoint-lowering"];
const STRIP = ["--strip-debug", "--strip-producers", "--strip-target-features"];
/**
 * Inlines fewer large functions that have one caller: more bytes, but fewer after brotli. Addresses below 1024 are
 * unused: Rust's stack ends there, far from its use.
 */
const ASSUME = ["--one-caller-inline-max-function-size=60", "--low-memory-unused"];
/** Flat code lets the second round find optimizations that the first could not. */
const OPTIMIZE = [
  ...INPUT_FEATURES.map((name) => `--enable-${name}`),
  ...ASSUME,
  "-Oz",
  ...LOWER,
  "--flatten",
  "--rereloop",
  "-Oz",
  "-Oz",
  ...STRIP,
];

/**
 * With bulk memory a copy is one instruction. wasm-opt lowers it to a short loop, smaller than the library's `memcpy`.
 */
const RUSTFLAGS = "-Ctarget-cpu=mvp -Ctarget-feature=+bulk-memory";
const RUSTFLAGS_VARIABLE = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";
/**
 * The release build also compiles the standard library: optimized for size, and with panics that trap immediately,
 * without code that formats their messages. Both are unstable options, which RUSTC_BOOTSTRAP enables on the pinned
 * compiler.
 */
const RELEASE = {
  arguments: ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"],
  env: {
    RUSTC_BOOTSTRAP: "1",
    [RUSTFLAGS_VARIABLE]: `${RUSTFLAGS} -Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none`,
  },
};
/** The standard library that rustup ships: same behavior, larger modules. */
const PLAIN = { arguments: [], env: { [RUSTFLAGS_VARIABLE]: RUSTFLAGS } };

function compile(name, profile, log) {
  const target = ["--target", WASM_TARGET, "--target-dir", join(root, "target")];
  // The crate is an rlib as well, for its tests. Cargo ignores `lto` for a crate that is built as both.
  const build = ["cargo", "rustc", "--crate-type", "cdylib", "--release", "--locked", "--lib", "--features", name];
  // Flags from the user's environment would replace those of the profile.
  const env = { ...profile.env, RUSTFLAGS: undefined, CARGO_ENCODED_RUSTFLAGS: undefined };
  return run(`cargo rustc (${name})`, [...build, ...target, ...profile.arguments], { log, env });
}

/** @returns {Promise<boolean>} whether it is the release build */
async function compileRust(name, { plain, allowPlain }) {
  if (!plain) {
    const result = await compile(name, RELEASE, `build-cargo-${name}`);
    if (result.ok) return true;
    if (!allowPlain) {
      const hint =
        "If the error is about the standard library or `-Z`: the build needs the Rust version and " +
        "components of rust-toolchain.toml, and cargo has to download the library's dependencies once.";
      throw new UserError(`The ${name} module does not build (${result.log}).\n${result.tail}`, hint);
    }
    log(`  ! ${name} does not build with the standard library (${result.log}): trying a plain, larger build.`);
  }
  const result = await compile(name, PLAIN, `build-cargo-${name}-plain`);
  if (!result.ok) throw new UserError(`The ${name} module does not build (${result.log}).\n${result.tail}`);
  return false;
}

/**
 * @param {string} name one of MODULES (modules.mjs)
 * @param {{plain?: boolean, allowPlain?: boolean}} options `plain`: uses the installed standard library. `allowPlain`:
 * does so if the release build fails.
 * @returns {Promise<boolean>} whether it is the release build
 */
export async function buildModule(name, { plain = false, allowPlain = false } = {}) {
  const bin = await ensureTool("bindgen-step");
  const isRelease = await compileRust(name, { plain, allowPlain });
  const out = glueDir(name);
  mkdirSync(out, { recursive: true });
  mkdirSync(dist, { recursive: true });
  const compiled = join(root, "target", WASM_TARGET, "release/pallycon_drm.wasm");
  const input = join(out, "pallycon_drm.wasm");
  writeFileSync(input, emptyTargetFeatures(readFileSync(compiled)));
  const bindgen = join(bin, executable("bindgen-step"));
  await runOrFail(`wasm-bindgen (${name})`, [bindgen, input, out], { log: `build-bindgen-${name}`, quiet: true });
  const [bound, shipped] = [join(out, "pallycon_drm_bg.wasm"), join(dist, `${name}.wasm`)];
  await runOrFail(`wasm-opt (${name})`, [...wasmOpt, ...OPTIMIZE, bound, "-o", shipped], {
    log: `build-opt-${name}`,
    quiet: true,
  });
  const validate = [...wasmOpt, "--mvp-features", shipped, "-o", join(out, "validated.wasm")];
  await runOrFail(`wasm-opt --mvp-features (${name})`, validate, { log: `build-mvp-${name}`, quiet: true });
  await WebAssembly.compile(readFileSync(shipped));
  return isRelease;
}
