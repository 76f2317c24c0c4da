// npm's packages, as package-lock.json has them. Until this has run, scripts may import node: modules only.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, windows } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";
import { Stop, step } from "../lib/say.mjs";

const lock = join(root, "package-lock.json");
const installed = join(root, "node_modules", ".package-lock.json");
const stamp = join(root, "node_modules", ".lock-digest");

export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 16)) {
    throw new Stop(`Node ${process.versions.node} is too old: 20.16 or newer is needed.`, "Install a current Node (https://nodejs.org) and run the command again.");
  }
}

export async function ensurePackages() {
  checkNode();
  const digest = createHash("sha256").update(readFileSync(lock)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  if (existsSync(installed) && !existsSync(stamp) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) {
    writeFileSync(stamp, digest); // the user's own `npm ci`
    return;
  }
  step("Installing npm packages");
  const result = await run("npm ci", [windows ? "npm.cmd" : "npm", "ci", "--no-audit", "--no-fund"], { log: "setup-npm" });
  if (!result.ok) throw new Stop(`npm ci failed.\n${result.tail}`, "Check the network and npm's registry setting, then run the command again.");
  writeFileSync(stamp, digest);
}
