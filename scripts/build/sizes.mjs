// What a viewer downloads, in brotli, against its budget. A budget is raised here, in the change that needs it.
import { buildSync } from "esbuild";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/paths.mjs";
import { table } from "../lib/say.mjs";

/**
 * What a page downloads that plays with one player: the module, and what a bundler keeps of the JavaScript. kB are 1000 bytes.
 * `goal` is where it has to get; `budget` is where it is, so that it never grows unseen.
 */
const PAGES = [
  { player: "shaka", attach: "attachShaka", goal: 24_000, budget: 24_000 },
  { player: "hls", attach: "hlsConfig", goal: 24_000, budget: 24_000 },
  // All events, init data among them: the full module instead of the small one.
  { player: "shaka", attach: "attachShaka", title: "shaka that listens to every event", modules: ["full.wasm"], budget: 51_000 },
  // Reads all of the init data, and decides sessions in a module of its own.
  { player: "media", attach: "attachMedia", modules: ["full.wasm", "media.wasm"], goal: 36_000, budget: 66_800 },
];

const compressed = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
const kB = (bytes) => `${(bytes / 1000).toFixed(2)} kB`;

/** The smallest page that plays, as a bundler leaves it. */
function bundled(player, attach) {
  const contents = `import { createPallyCon } from "./index.js"; import { ${attach} } from "./${player}.js";
    createPallyCon(options).then((drm) => ${attach}(target, drm));`;
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: join(root, "dist") }, bundle: true, minify: true, format: "esm", target: "es2017", supported: { "import-meta": true }, write: false, legalComments: "none",
  });
  return outputFiles[0].contents;
}

export function reportSizes() {
  const dist = join(root, "dist");
  const names = ["player.wasm", "full.wasm", "media.wasm", "inspect.wasm", "server.wasm", "core.js", "index.js", "environment.js", "shaka.js", "hls.js", "media.js", "dash.js", "videojs.js", "rx-player.js", "inspect.js", "server.js", "pallycon-drm.global.js"];
  const sizes = new Map(
    names.filter((name) => existsSync(join(dist, name))).map((name) => {
      const bytes = readFileSync(join(dist, name));
      return [name, { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: compressed(bytes) }];
    }),
  );
  const lines = table([["file", "raw", "gzip", "brotli"], ...[...sizes].map(([name, size]) => [name, kB(size.raw), kB(size.gzip), kB(size.brotli)])]).split("\n");
  let over = false;
  for (const { player, title = player, attach, modules = ["player.wasm"], goal, budget } of PAGES) {
    const script = compressed(bundled(player, attach));
    const module = modules.reduce((sum, name) => sum + sizes.get(name).brotli, 0);
    const total = module + script;
    over ||= total > budget;
    lines.push(`a page with ${title}: ${kB(module)} module + ${kB(script)} JavaScript = ${kB(total)} brotli of ${kB(budget)}${goal ? ` (goal ${kB(goal)})` : ""}${total > budget ? "  OVER BUDGET" : ""}`);
  }
  return { lines, over };
}
