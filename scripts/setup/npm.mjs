// npm's packages, as locked in package-lock.json. Until this has run, scripts may only import node: modules.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, windows } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";
import { UserError, step } from "../lib/log.mjs";

export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 16)) {
    throw new UserError(
      `Node ${process.versions.node} is too old: 20.16 or newer is needed.`,
      "Install a current Node (https://nodejs.org) and run the command again.",
    );
  }
}

/** Installs the packages of a folder's lock file, unless they are already installed. */
async function install(folder, log) {
  const lock = join(folder, "package-lock.json");
  const installed = join(folder, "node_modules", ".package-lock.json");
  const stamp = join(folder, "node_modules", ".lock-digest");
  const digest = createHash("sha256").update(readFileSync(lock)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  if (existsSync(installed) && !existsSync(stamp) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) {
    writeFileSync(stamp, digest); // the user's own `npm ci`
    return;
  }
  step(`Installing npm packages${folder === root ? "" : " of the bench"}`);
  const result = await run("npm ci", [windows ? "npm.cmd" : "npm", "ci", "--no-audit", "--no-fund"], {
    log,
    cwd: folder,
  });
  if (!result.ok)
    throw new UserError(
      `npm ci failed.\n${result.tail}`,
      "Check the network and npm's registry setting, then run the command again.",
    );
  writeFileSync(stamp, digest);
}

export async function ensurePackages() {
  checkNode();
  await install(root, "setup-npm");
}

/** The bench compares the package with these: only it needs them. */
export const ensureBenchPackages = () => install(join(root, "benches"), "setup-npm-bench");
