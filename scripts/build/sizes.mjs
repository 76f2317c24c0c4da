// What a viewer downloads, in brotli, against its budget. A budget is raised here, in the change that needs it.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/paths.mjs";
import { table } from "../lib/say.mjs";

/** kB are 1000 bytes. `goal` is where it has to get; `budget` is where it is, so that it never grows unseen. */
const BUDGETS = {
  "player with one adapter": { files: ["player.wasm", "core.js", "index.js", "shaka.js"], goal: 24_000, budget: 86_000 },
};

const compressed = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
const kB = (bytes) => `${(bytes / 1000).toFixed(2)} kB`;

export function reportSizes() {
  const dist = join(root, "dist");
  const names = ["player.wasm", "inspect.wasm", "server.wasm", "core.js", "index.js", "shaka.js", "hls.js", "media.js", "dash.js", "videojs.js", "rx-player.js", "inspect.js", "server.js", "pallycon-drm.global.js"];
  const sizes = new Map(
    names.filter((name) => existsSync(join(dist, name))).map((name) => {
      const bytes = readFileSync(join(dist, name));
      return [name, { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: compressed(bytes) }];
    }),
  );
  const lines = table([["file", "raw", "gzip", "brotli"], ...[...sizes].map(([name, size]) => [name, kB(size.raw), kB(size.gzip), kB(size.brotli)])]).split("\n");
  let over = false;
  for (const [what, { files, goal, budget }] of Object.entries(BUDGETS)) {
    const total = files.reduce((sum, name) => sum + (sizes.get(name)?.brotli ?? Number.POSITIVE_INFINITY), 0);
    over ||= total > budget;
    lines.push(`${what} (${files.join(" + ")}): ${kB(total)} brotli of ${kB(budget)} (goal ${kB(goal)})${total > budget ? "  OVER BUDGET" : ""}`);
  }
  return { lines, over };
}
