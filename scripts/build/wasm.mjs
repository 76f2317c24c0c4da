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
import { DOOR_TYPES, asDoor, shortNames, withLoader } from "./glue.mjs";
import { namedByLength } from "./order.mjs";
import { CUSTOM, named, rewritten, section, text } from "./sections.mjs";

const TARGET = "wasm32-unknown-unknown";
/** Features of the crate that are modules, as far as they are there. */
export const MODULES = ["player", "full", "media", "inspect", "server"].filter((name) => existsSync(join(root, `src/web/${name}.rs`)) || existsSync(join(root, `src/web/${name}`)));

/** Modules with the same glue: see src/web/door.rs. */
const DOORS = ["player", "full"];

/** Modules that no page with a player loads. */
export const TOOLS = new Set(["inspect", "server"]);

export const moduleDir = (name) => join(root, "build/wasm", name);
export const modulePath = (name) => join(root, "dist", `${name}.wasm`);

const wasmOpt = [process.execPath, join(root, "node_modules/binaryen/bin/wasm-opt")];
const FEATURES = ["bulk-memory", "bulk-memory-opt", "sign-ext", "nontrapping-float-to-int", "mutable-globals"].map((name) => `--enable-${name}`);
/**
 * Below 1024 lies the far end of the stack, which comes first in memory: no address is folded into it. What is inlined although
 * it is called once alone gets larger functions, which compress worse.
 */
const SMALLEST = ["-Oz", "--low-memory-unused"];
const INLINE = "--one-caller-inline-max-function-size=60";
/** The order was found by trying, and is measured in brotli. */
const LOWER = [
  ...FEATURES, INLINE, "--flatten", "--rereloop", "-Oz", ...SMALLEST,
  "--llvm-memory-copy-fill-lowering", "--signext-lowering", "--llvm-nontrapping-fptoint-lowering", ...SMALLEST, "--debuginfo",
];
const SORT = ["--mvp-features", INLINE, ...SMALLEST, "--reorder-functions-by-name", "--strip-debug", "--strip-producers", "--strip-target-features"];

async function must(label, command, log) {
  const result = await run(label, command, { log, quiet: true });
  if (!result.ok) throw new Stop(`${label} failed (${result.log}).\n${result.tail}`);
  return result;
}

/** The module with an empty list of the features that it uses: see the head of this file. */
const withoutFeatures = (module) =>
  rewritten(module, (id, start, whole) => (id === CUSTOM && text(module, start)[0] === "target_features" ? section(CUSTOM, named("target_features"), Buffer.from([0])) : whole));

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

/** One script for all doors. The last one that is built finds that of the others. */
function shareDoor(name, glue) {
  const [out, types] = ["door.js", "door.d.ts"].map((file) => join(root, "build/wasm", file));
  writeFileSync(join(moduleDir(name), "door.js"), glue);
  const others = DOORS.filter((other) => other !== name).map((other) => join(moduleDir(other), "door.js")).filter(existsSync);
  if (name === DOORS.at(-1) && others.some((other) => readFileSync(other, "utf8") !== glue)) {
    throw new Stop(`The glue of ${DOORS.join(" and ")} differs.`, "Both have to import the same: see src/web/door.rs and scripts/build/glue.mjs.");
  }
  writeFileSync(out, glue);
  writeFileSync(types, DOOR_TYPES);
}

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
  writeFileSync(plain, withoutFeatures(readFileSync(join(root, "target", TARGET, "release/pallycon_drm.wasm"))));
  await must(`wasm-bindgen (${name})`, [join(step, executable("bindgen-step")), plain, out], `build-bindgen-${name}`);
  const [module, glue] = ["pallycon_drm_bg.wasm", "pallycon_drm.js"].map((file) => join(out, file));
  const isDoor = DOORS.includes(name);
  const renamed = shortNames(readFileSync(module), (isDoor ? asDoor : withLoader)(readFileSync(glue, "utf8")));
  writeFileSync(module, renamed.module);
  writeFileSync(glue, renamed.glue);
  if (isDoor) shareDoor(name, renamed.glue);
  const target = modulePath(name);
  mkdirSync(dirname(target), { recursive: true });
  const lowered = join(out, "lowered.wasm");
  await must(`wasm-opt (${name})`, [...wasmOpt, ...LOWER, module, "-o", lowered], `build-opt-${name}`);
  writeFileSync(lowered, namedByLength(readFileSync(lowered)));
  await must(`wasm-opt, sorting (${name})`, [...wasmOpt, ...SORT, lowered, "-o", target], `build-sort-${name}`);
  await must(`wasm-opt --mvp-features (${name})`, [...wasmOpt, "--mvp-features", target, "-o", join(out, "mvp.wasm")], `build-mvp-${name}`);
  await WebAssembly.compile(readFileSync(target));
  return isSmall;
}
