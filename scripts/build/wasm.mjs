// One wasm module from one feature: cargo → wasm-bindgen → wasm-opt, down to WebAssembly's first version.
//
// Rust's own output uses reference types, sign extension and bulk memory, which Chromium 85 (Tizen up to 6.5), some LG
// sets and iOS 16.0-16.3 refuse. With an empty `target_features` section wasm-bindgen keeps to plain numbers for
// JavaScript's values (without the section it guesses, and guesses wrong), and wasm-opt lowers what is left. The result is checked: it validates as MVP and compiles here.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { executable, root } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";
import { Stop, say } from "../lib/say.mjs";
import { ensureTool } from "../setup/tools.mjs";
import { shortNames, withLoader } from "./glue.mjs";

const TARGET = "wasm32-unknown-unknown";
/** Features of the crate that are modules, as far as they are there. */
export const MODULES = ["player", "media", "inspect", "server"].filter((name) => existsSync(join(root, `src/web/${name}.rs`)) || existsSync(join(root, `src/web/${name}`)));

/** Modules that no page with a player loads. */
export const TOOLS = new Set(["inspect", "server"]);

export const moduleDir = (name) => join(root, "build/wasm", name);
export const modulePath = (name) => join(root, "dist", `${name}.wasm`);

const wasmOpt = [process.execPath, join(root, "node_modules/binaryen/bin/wasm-opt")];
/**
 * The order was found by trying, and is measured in brotli. Below 1024 lies the far end of the stack, which comes first in
 * memory: no address is folded into it. Functions with names alike have code alike, and compress better side by side.
 */
const LOWER = [
  "--enable-bulk-memory", "--enable-bulk-memory-opt", "--enable-sign-ext", "--enable-nontrapping-float-to-int", "--enable-mutable-globals",
  "--flatten", "--rereloop", "-Oz", "-Oz", "--low-memory-unused",
  "--llvm-memory-copy-fill-lowering", "--signext-lowering", "--llvm-nontrapping-fptoint-lowering", "-Oz", "--low-memory-unused", "--one-caller-inline-max-function-size=30", "--reorder-functions-by-name",
  "--strip-debug", "--strip-producers", "--strip-target-features",
];

async function must(label, command, log) {
  const result = await run(label, command, { log, quiet: true });
  if (!result.ok) throw new Stop(`${label} failed (${result.log}).\n${result.tail}`);
  return result;
}

/** The module with one of its custom sections holding `content` instead. */
function withSection(bytes, name, content) {
  const out = [bytes.subarray(0, 8)];
  let at = 8;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };
  while (at < bytes.length) {
    const start = at;
    const id = bytes[at++];
    const size = varint();
    const end = at + size;
    const length = id === 0 ? varint() : 0;
    const found = id === 0 && Buffer.from(bytes.subarray(at, at + length)).toString() === name;
    const body = Buffer.from([name.length, ...Buffer.from(name), ...content]); // short: one byte says how long
    out.push(found ? Buffer.from([0, body.length, ...body]) : bytes.subarray(start, end));
    at = end;
  }
  return Buffer.concat(out);
}

/** Copies are one instruction, which wasm-opt lowers to a short loop: the library's own `memcpy` and `memmove` are a kilobyte. */
const MVP = "-Ctarget-cpu=mvp -Ctarget-feature=+bulk-memory";
/**
 * The standard library is built along: for size, and so that a panic is a bare trap. Its texts and their formatting are a
 * fifth of the module, and nobody would see them. Cargo calls both unstable, hence the variable that admits to it.
 */
const SMALL = {
  flags: ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"],
  env: { RUSTC_BOOTSTRAP: "1", CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: `${MVP} -Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none` },
};
/** Nothing that ships names the machine that it was built on. */
const REMAP = [[process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "cargo"], [process.env.RUSTUP_HOME ?? join(homedir(), ".rustup"), "rustup"], [root, "."]]
  .map(([from, to]) => `--remap-path-prefix=${from}=${to}`).join(" ");
/** With the library as rustup has it: the same behaviour, a larger module. */
const PLAIN = { flags: [], env: { CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: `${MVP} ${REMAP}` } };

const compile = (name, { flags, env }, log) =>
  run(`cargo build (${name})`, ["cargo", "build", "--release", "--locked", "--lib", "--target", TARGET, "--features", name, "--target-dir", join(root, "target"), ...flags], { log, env });

/** @returns {Promise<boolean>} whether it is the small build: only that one is held to the budget */
export async function buildModule(name, { small }) {
  const step = await ensureTool("bindgen-step");
  let result = small && (await compile(name, SMALL, `build-cargo-${name}`));
  const isSmall = !!result?.ok;
  if (!isSmall) {
    if (small) say(`  ! ${name} did not build together with the standard library (${result.log}): building it without, which makes it larger.`);
    result = await compile(name, PLAIN, `build-cargo-${name}-plain`);
  }
  if (!result.ok) throw new Stop(`The Rust part (${name}) does not build (${result.log}).\n${result.tail}`);
  const out = moduleDir(name);
  mkdirSync(out, { recursive: true });
  const plain = join(out, "pallycon_drm.wasm");
  writeFileSync(plain, withSection(readFileSync(join(root, "target", TARGET, "release/pallycon_drm.wasm")), "target_features", [0]));
  await must(`wasm-bindgen (${name})`, [join(step, executable("bindgen-step")), plain, out], `build-bindgen-${name}`);
  const [module, glue] = ["pallycon_drm_bg.wasm", "pallycon_drm.js"].map((file) => join(out, file));
  const renamed = shortNames(readFileSync(module), readFileSync(glue, "utf8"));
  writeFileSync(module, renamed.module);
  writeFileSync(glue, withLoader(renamed.glue));
  const target = modulePath(name);
  mkdirSync(dirname(target), { recursive: true });
  await must(`wasm-opt (${name})`, [...wasmOpt, ...LOWER, module, "-o", target], `build-opt-${name}`);
  await must(`wasm-opt --mvp-features (${name})`, [...wasmOpt, "--mvp-features", target, "-o", join(out, "mvp.wasm")], `build-mvp-${name}`);
  await WebAssembly.compile(readFileSync(target));
  return isSmall;
}
