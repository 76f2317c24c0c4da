// Files in the package's root for tools that do not read `exports`: node10 resolution of TypeScript and older bundlers
// (`pallycon-drm/shaka` is shaka.js), Parcel, and import maps with a prefix (`"pallycon-drm/":
// "/node_modules/pallycon-drm/"`, then `pallycon-drm/shaka.js`).
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/paths.mjs";

export function writeRootFiles() {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const [name, entry] of Object.entries(exports)) {
    const types = `${entry.types?.replace(/d\.ts$/, "js")}`;
    if (/^\.\/[\w-]+$/.test(name) && !entry.default) writeFileSync(join(root, `${name}.d.ts`), `import "${types}";\n`);
    if (!/^\.\/[\w-]+\.js$/.test(name)) continue;
    writeFileSync(join(root, name), `export * from "${entry.default}";\n`);
    writeFileSync(join(root, name.replace(/js$/, "d.ts")), `export * from "${types}";\n`);
  }
}
