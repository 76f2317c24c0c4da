// Rust as rust-toolchain.toml pins it: the version, its components and its targets. The scripts install it explicitly,
// because rustup can be configured not to install what a toolchain file lists.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/paths.mjs";
import { ask, run, which } from "../lib/run.mjs";
import { UserError, step } from "../lib/log.mjs";
import { ensureLinker } from "./system.mjs";

export const WASM_TARGET = "wasm32-unknown-unknown";
const GET_RUST = "Install Rust with rustup (https://rustup.rs), open a new terminal, and run the command again.";

const toml = readFileSync(join(root, "rust-toolchain.toml"), "utf8");
/** The value of a key that has a line of its own. */
const inToolchain = (key) => JSON.parse(new RegExp(`^${key} *= *(.+)$`, "m").exec(toml)[1]);

export const pinned = {
  channel: inToolchain("channel"),
  components: inToolchain("components"),
  targets: inToolchain("targets"),
};

/** Fuzzing needs nightly. The scripts use it if it is installed and never install it. */
export const hasNightly = () => Boolean(ask(["rustup", "run", "nightly", "rustc", "--version"]));

const rustc = (toolchain, ...args) => ask([...(toolchain ? ["rustup", "run", toolchain] : []), "rustc", ...args]);

/** The standard library's source and its build for wasm are in the toolchain's folder. */
function has(toolchain, what) {
  const sysroot = rustc(toolchain, "--print", "sysroot");
  const path = what === "rust-src" ? "src/rust/library/std" : what;
  return Boolean(sysroot) && existsSync(join(sysroot, "lib/rustlib", path));
}

function isComplete({ channel, components, targets }) {
  if (!rustc(channel, "--version")) return false;
  const installed = (ask(["rustup", "component", "list", "--installed", "--toolchain", channel]) ?? "").split("\n");
  const hasComponent = (name) => installed.some((line) => line === name || line.startsWith(`${name}-`));
  return components.every(hasComponent) && targets.every((name) => installed.includes(`rust-std-${name}`));
}

/** Installs the pinned toolchain, or its missing parts, and makes every cargo that this process starts use it. */
export async function ensureRust() {
  await ensureLinker();
  if (!which("cargo")) throw new UserError("Cargo was not found.", GET_RUST);
  const { channel, components, targets } = pinned;
  if (!which("rustup")) {
    // A Linux distribution's Rust is fine if it has the same version and is complete.
    const version = /^rustc (\S+)/.exec(rustc(undefined, "--version") ?? "")?.[1];
    if (version === channel && has(undefined, "rust-src") && has(undefined, WASM_TARGET)) return;
    const needs = `The build needs Rust ${channel} with rust-src and ${WASM_TARGET}.`;
    throw new UserError(`${needs} Found Rust ${version} without rustup.`, GET_RUST);
  }
  if (!isComplete(pinned)) {
    step(`Installing Rust ${channel} (once)`);
    const install = ["rustup", "toolchain", "install", channel, "--profile", "minimal", "--no-self-update"];
    const parts = ["--component", components.join(), "--target", targets.join()];
    const result = await run(`Rust ${channel}`, [...install, ...parts], { log: "setup-rust" });
    const hint = "Check the network, then run the command again.";
    if (!result.ok) throw new UserError(`rustup cannot install Rust ${channel}.\n${result.tail}`, hint);
  }
  process.env.RUSTUP_TOOLCHAIN = channel;
}

/**
 * Installs the pinned toolchain or, if that fails, accepts any stable Rust with the wasm target: enough to try the
 * demo.
 * @returns {Promise<string | undefined>} why the release build is impossible, or undefined if it is possible
 */
export async function ensureAnyRust() {
  await ensureLinker();
  try {
    await ensureRust();
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError) || !which("cargo")) throw error;
    const userDefault = () => ask(["rustup", "default"])?.split(" ")[0];
    const candidates = which("rustup") ? [pinned.channel, "stable", userDefault()] : [undefined];
    const usable = candidates.findIndex((toolchain) => has(toolchain, WASM_TARGET));
    if (usable < 0) throw error;
    if (candidates[usable]) process.env.RUSTUP_TOOLCHAIN = candidates[usable];
    return error.message.split("\n")[0];
  }
}
