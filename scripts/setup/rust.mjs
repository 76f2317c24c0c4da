// Rust: the toolchain that rust-toolchain.toml names, with the wasm target and, for lint, rustfmt and clippy.
// Each is asked for by name, because rustup may be told not to install what a toolchain file lists.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ask, run, which } from "../lib/run.mjs";
import { Stop, say, step } from "../lib/say.mjs";

export const WASM_TARGET = "wasm32-unknown-unknown";
const CHANNEL = "stable";
const GET_RUST = "Install Rust with rustup (https://rustup.rs), open a new terminal, and run the command again.";

/** Fuzzing needs nightly; it is used where it is there, and never installed. */
export const hasNightly = () => Boolean(ask(["rustup", "run", "nightly", "rustc", "--version"]));

async function rustup(what, args) {
  step(`${what} (once)`);
  const result = await run(what, ["rustup", ...args], { log: "setup-rust" });
  if (!result.ok) throw new Stop(`${what}: rustup failed.\n${result.tail}`, "Check the network, then run the command again.");
}

/** @param {{components?: string[]}} options */
export async function ensureRust({ components = [] } = {}) {
  if (!which("cargo")) throw new Stop("Rust is missing: there is no `cargo` here.", GET_RUST);
  if (!which("rustup")) {
    // A distribution's Rust has no rustup; it will do if it has the wasm target.
    if (!ask(["rustc", "--print", "target-libdir", "--target", WASM_TARGET])) throw new Stop(`This Rust cannot build for ${WASM_TARGET}, and there is no rustup to add it.`, GET_RUST);
    return;
  }
  if (!ask(["rustup", "run", CHANNEL, "rustc", "--version"])) {
    await rustup(`Installing Rust ${CHANNEL}`, ["toolchain", "install", CHANNEL, "--profile", "minimal", "--no-self-update"]);
  }
  const targets = ask(["rustup", "target", "list", "--installed", "--toolchain", CHANNEL]) ?? "";
  if (!targets.split("\n").includes(WASM_TARGET)) {
    await rustup(`Adding Rust's ${WASM_TARGET} target`, ["target", "add", WASM_TARGET, "--toolchain", CHANNEL]);
  }
  const installed = components.length > 0 ? (ask(["rustup", "component", "list", "--installed", "--toolchain", CHANNEL]) ?? "") : "";
  for (const component of components) {
    if (!installed.split("\n").some((line) => line === component || line.startsWith(`${component}-`))) {
      await rustup(`Adding ${component}`, ["component", "add", component, "--toolchain", CHANNEL]);
    }
  }
}

/** Rust, and the source of its standard library, which the small build compiles along. @returns {Promise<boolean>} whether it is there */
export async function ensureRustSource() {
  await ensureRust();
  try {
    if (which("rustup")) await ensureRust({ components: ["rust-src"] });
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(`  ! ${error.message}`);
  }
  const toolchain = which("rustup") ? ["rustup", "run", CHANNEL] : [];
  const home = ask([...toolchain, "rustc", "--print", "sysroot"]);
  return !!home && existsSync(join(home, "lib/rustlib/src/rust/library/std"));
}
