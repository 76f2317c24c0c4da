// The walk over imports finds every .wasm file that an entry can load, and no other.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { wasmReachedFrom } from "../../scripts/build/reach.mjs";

const folder = mkdtempSync(join(tmpdir(), "reach-"));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "parts"));
const FILES = {
  "index.js": `import"./core.js";export{a}from"./parts/a.js";import{b}from"package";`,
  "core.js": `const at=()=>new URL("./player.wasm",import.meta.url);export*from"./index.js";`,
  "parts/a.js": `export const a="../media.js",hint="The .wasm file is missing: pallycon-drm/other.wasm, or npx wasm other.wasm",call=(n)=>n.wasm; // other.wasm`,
  "media.js": `import{x as y}from"./core.js";fetch("/files/media.wasm?v=1");`,
  "server.js": `new URL("server.wasm",import.meta.url)`,
};
for (const [name, source] of Object.entries(FILES)) writeFileSync(join(folder, name), source);
const reached = (...names) => wasmReachedFrom(names.map((name) => join(folder, name)));

test("imports and re-exports are followed, also in cycles", () => {
  assert.deepEqual(reached("index.js"), ["player.wasm"]);
  assert.deepEqual(reached("media.js"), ["media.wasm", "player.wasm"]);
  assert.deepEqual(reached("index.js", "server.js"), ["player.wasm", "server.wasm"]);
});

test("code and text that only look like imports or files are ignored", () => {
  assert.deepEqual(reached("parts/a.js"), []);
});
