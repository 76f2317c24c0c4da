// Incremental steps: a step is skipped while its inputs and outputs are unchanged.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildDir, root } from "./paths.mjs";

function files(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (["node_modules", "target"].includes(entry.name) ? [] : files(join(path, entry.name))));
}

/**
 * A digest of the contents of files and folders (paths relative to the project). Contents instead of times, which git
 * changes.
 */
export function digest(paths) {
  const hash = createHash("sha256");
  for (const path of paths.flatMap((p) => files(join(root, p))))
    hash.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0");
  return hash.digest("hex");
}

const stampOf = (name) => join(buildDir, "stamps", name);

export function isFresh(name, inputs, outputs) {
  const stamp = stampOf(name);
  return (
    outputs.every((path) => existsSync(join(root, path))) &&
    existsSync(stamp) &&
    readFileSync(stamp, "utf8") === digest([...inputs, ...outputs])
  );
}

export function markFresh(name, inputs, outputs) {
  mkdirSync(dirname(stampOf(name)), { recursive: true });
  writeFileSync(stampOf(name), digest([...inputs, ...outputs]));
}
