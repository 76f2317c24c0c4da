// The packed npm package: its size, each file's share, and the external tools that check it.
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { root, windows } from "./paths.mjs";
import { UserError } from "./log.mjs";
import { ask } from "./run.mjs";

/** In bytes. A change that needs more raises it here, with a line in docs/decisions.md. */
export const LIMIT = 600_000;

/** @returns {{path: string, size: number, files: string[]}} */
export function pack(folder, cwd = root) {
  mkdirSync(folder, { recursive: true });
  const npm = windows ? "npm.cmd" : "npm";
  const output = ask([npm, "pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd,
    shell: windows,
  });
  if (!output) throw new UserError("npm pack failed.", "npm run build, then npm pack --dry-run");
  const [{ filename, size, files }] = JSON.parse(output);
  return { path: join(folder, filename), size, files: files.map(({ path }) => path) };
}

/**
 * Rows of a table: the share of each file over one percent, and of each folder's other files together. In bytes,
 * compressed separately.
 */
export function shares({ size, files }) {
  const sizes = files.map((file) => [file, gzipSync(readFileSync(join(root, file)), { level: 9 }).length]);
  const groups = new Map();
  for (const [file, bytes] of sizes) {
    const name = bytes > size / 100 ? file : `${dirname(file).split("/").slice(0, 2).join("/")}/…`;
    groups.set(name, (groups.get(name) ?? 0) + bytes);
  }
  const rows = [...groups].sort((a, b) => b[1] - a[1]);
  return rows.map(([name, bytes]) => [name, bytes, `${((100 * bytes) / size).toFixed(1)} %`]);
}

const tool = (path) => [process.execPath, join(root, "node_modules", path)];

const attw = tool("@arethetypeswrong/cli/dist/index.js");
/** Entries that are files for a loader or a <script>, not modules in every resolution. */
const FILES = ["./pallycon-drm.global.js", "./player.wasm", "./media.wasm", "./inspect.wasm"];

/** The tools that find mistakes in a package's manifest and types. @returns {[name: string, command: string[]][]} */
export const packageChecks = (tarball) => [
  ["publint", [...tool("publint/src/cli.js"), "run", tarball, "--strict"]],
  // CommonJS gets the ES module if Node can require one: docs/install.md.
  ["attw", [...attw, tarball, "--ignore-rules", "cjs-resolves-to-esm", "--exclude-entrypoints", ...FILES]],
];
