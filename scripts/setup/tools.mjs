// Tools that must be compiled (only tests need them, except for the first): once per user and version, into the cache
// folder.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { executable, root, toolDir } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";
import { UserError, log, step } from "../lib/log.mjs";

/** wasm-bindgen's command line must have exactly the version in Cargo.lock. */
function bindgenVersion() {
  const found = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(
    readFileSync(join(root, "Cargo.lock"), "utf8").replaceAll("\r\n", "\n"),
  );
  if (!found) throw new UserError("Cargo.lock names no wasm-bindgen.", "Restore Cargo.lock from git.");
  return found[1];
}

const TOOLS = {
  // Our own: the parts of wasm-bindgen that a build needs, without the rest of its command line.
  "bindgen-step": {
    version: bindgenVersion,
    path: "xtask/bindgen",
    locked: true,
    binary: "bindgen-step",
    minutes: 1.5,
  },
  // Its own lock file has crates that no longer build with current Rust, hence not --locked.
  "wasm-bindgen-cli": { version: bindgenVersion, locked: false, binary: "wasm-bindgen", minutes: 5 },
  "wasm-pack": { version: () => "0.15.1", locked: true, binary: "wasm-pack", minutes: 4 },
  "cargo-fuzz": { version: () => "0.13.1", locked: true, binary: "cargo-fuzz", minutes: 2 },
  // For a release alone.
  "cargo-deny": { version: () => "0.20.2", locked: true, binary: "cargo-deny", minutes: 6 },
  "cargo-cyclonedx": { version: () => "0.5.9", locked: true, binary: "cargo-cyclonedx", minutes: 3 },
  geckodriver: { version: () => "0.37.1", locked: true, binary: "geckodriver", minutes: 4 },
};

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Two simultaneous runs must not build the same tool twice, nor wait for a run that has died. */
export async function locked(name, body) {
  const lock = join(toolDir, `.${name}.lock`);
  for (let told = false; ; ) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    let owner;
    try {
      owner = Number(readFileSync(lock, "utf8"));
    } catch {
      continue; // released between the two calls
    }
    if (owner && !alive(owner)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told) log(`    waiting for another run (process ${owner}) that is building ${name}`);
    told = true;
    await sleep(1000);
  }
  try {
    return await body();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** @returns {Promise<string>} the folder to put on PATH */
export async function ensureTool(name) {
  const tool = TOOLS[name];
  const version = tool.version();
  const home = join(toolDir, `${name}-${version}`);
  const bin = join(home, "bin");
  const there = () => existsSync(join(bin, executable(tool.binary)));
  if (there()) return bin;
  mkdirSync(toolDir, { recursive: true });
  return locked(`${name}-${version}`, async () => {
    if (there()) return bin;
    step(`Building ${name} ${version} (once per user, about ${tool.minutes} minutes; kept in ${toolDir})`);
    const temporary = join(toolDir, `.${name}-${version}.${process.pid}`);
    rmSync(temporary, { recursive: true, force: true });
    const source = tool.path ? ["--path", join(root, tool.path)] : [name, "--version", version];
    const install = [
      "cargo",
      "install",
      ...source,
      "--root",
      temporary,
      "--no-track",
      ...(tool.locked ? ["--locked"] : []),
    ];
    const result = await run(name, install, {
      log: `setup-${name}`,
      env: { CARGO_TARGET_DIR: join(temporary, "target") },
    });
    rmSync(join(temporary, "target"), { recursive: true, force: true });
    if (!result.ok) {
      rmSync(temporary, { recursive: true, force: true });
      throw new UserError(
        `${name} ${version} could not be built.\n${result.tail}`,
        "It needs a C linker (Debian: build-essential, macOS: xcode-select --install) and the network.",
      );
    }
    rmSync(home, { recursive: true, force: true });
    renameSync(temporary, home);
    return bin;
  });
}
