// The package as a user gets it: packed, and installed into an empty project outside this one.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const npm = (args, cwd) =>
  execFileSync("npm", args, {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
  });

/** @returns {{project: string, installed: string, files: string[], size: number, remove: () => void}} */
export function installPacked() {
  const project = mkdtempSync(join(tmpdir(), "pallycon-drm-"));
  // Without scripts: the build exists already, and a user's install runs none either.
  const [packed] = JSON.parse(npm(["pack", "--json", "--ignore-scripts", "--pack-destination", project], root));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "user", private: true }));
  npm(["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", join(project, packed.filename)], project);
  return {
    project,
    installed: join(project, "node_modules", "pallycon-drm"),
    files: packed.files.map(({ path }) => path),
    size: packed.size,
    remove: () => rmSync(project, { recursive: true, force: true }),
  };
}

/** Runs `code` in the user's project with Node. @returns {string} its output */
export function runIn(project, name, code) {
  writeFileSync(join(project, name), code);
  return execFileSync(process.execPath, [name], { cwd: project, encoding: "utf8" }).trim();
}
