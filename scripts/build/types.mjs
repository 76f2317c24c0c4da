// dist/types/ as tsc writes it has a file for each module; those that no entry's types lead to are left out of the
// package.
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../lib/paths.mjs";

export function pruneTypes() {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const entries = Object.values(exports).flatMap(({ types }) => (types ? join(root, types) : []));
  const needed = new Set(entries);
  for (const path of needed)
    for (const [, specifier] of readFileSync(path, "utf8").matchAll(/(?:from|import\(?)\s*"(\.[^"]+)"/g)) {
      const file = join(dirname(path), specifier.replace(/\.js$/, ".d.ts"));
      if (existsSync(file)) needed.add(file);
    }
  const folder = join(root, "dist/types");
  for (const name of readdirSync(folder, { recursive: true }).map(String)) {
    const path = join(folder, name);
    if (name.endsWith(".d.ts") && !needed.has(path)) rmSync(path);
  }
}
