// What a viewer downloads, in brotli, compared with its budget. A change that needs a larger budget raises it here.
import { buildSync } from "esbuild";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { readFileSync, readdirSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { root } from "../lib/paths.mjs";
import { table } from "../lib/log.mjs";
import { wasmReachedFrom } from "./reach.mjs";

const dist = join(root, "dist");

/**
 * Pages that play with one player: the modules that they load and the JavaScript that a bundler keeps, in bytes after
 * brotli. The build fails above `budget`; `goal` is the target, and `own` the budget of the adapter's own script. A
 * page that listens to every event downloads the same.
 */
const PAGES = [
  { player: "shaka", attach: "attachShaka", budget: 60_000, goal: 44_000 },
  { player: "hls", attach: "hlsConfig", budget: 59_000, goal: 44_000 },
  { player: "dash", attach: "attachDash", budget: 58_500, goal: 44_000, own: 3_000 },
  { player: "media", attach: "attachMedia", budget: 72_500, goal: 56_000 },
  { player: "rx-player", attach: "rxKeySystems", budget: 58_000, goal: 44_000, own: 3_000 },
  { player: "videojs", attach: "pallyConKeySystems", budget: 58_000, goal: 44_000, own: 3_000 },
];

function brotli(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params }).length;
}
/** 1 kB is 1000 bytes. */
const kB = (bytes) => `${(bytes / 1000).toFixed(2)} kB`;

/** The smallest page that plays, as a bundler leaves it: without parts that are imported on demand. */
function bundlePage(player, attach) {
  const contents = `import { createPallyCon } from "./index.js"; import { ${attach} } from "./${player}.js";
    createPallyCon(options).then((drm) => ${attach}(target, drm));`;
  const { metafile, outputFiles } = buildSync({
    stdin: { contents, resolveDir: dist },
    bundle: true,
    minify: true,
    write: false,
    legalComments: "none",
    format: "esm",
    target: "es2017",
    supported: { "import-meta": true, "dynamic-import": true },
    splitting: true,
    outdir: "page",
    metafile: true,
  });
  const needed = new Set(
    Object.keys(metafile.outputs).filter((name) => metafile.outputs[name].entryPoint === "<stdin>"),
  );
  for (const name of needed) {
    for (const { path, kind } of metafile.outputs[name].imports) if (kind === "import-statement") needed.add(path);
  }
  const wanted = outputFiles.filter(({ path }) => [...needed].some((name) => resolve(name) === path));
  return Buffer.concat(wanted.map(({ contents }) => contents));
}

function fileSizes() {
  const files = readdirSync(dist).filter((name) => /\.(wasm|js)$/.test(name) && name !== "cli.js");
  const order = (name) => `${extname(name) === ".wasm" ? 0 : 1}${name}`;
  files.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return files.map((name) => {
    const bytes = readFileSync(join(dist, name));
    return [name, kB(bytes.length), kB(gzipSync(bytes, { level: 9 }).length), kB(brotli(bytes))];
  });
}

function pageSize({ player, attach, budget, goal, own = Infinity }) {
  const modules = wasmReachedFrom([join(dist, "index.js"), join(dist, `${player}.js`)]);
  const wasm = modules.reduce((sum, name) => sum + brotli(readFileSync(join(dist, name))), 0);
  const script = brotli(bundlePage(player, attach));
  const total = wasm + script;
  const adapter = brotli(readFileSync(join(dist, `${player}.js`)));
  const over = total > budget || adapter > own;
  const parts = `${modules.join(" + ")} ${kB(wasm)} + JavaScript ${kB(script)} = ${kB(total)} brotli`;
  const ownLimit = own === Infinity ? "" : `, ${player}.js ${kB(adapter)} of ${kB(own)}`;
  const limits = `budget ${kB(budget)}, goal ${kB(goal)}${ownLimit}${over ? "  OVER BUDGET" : ""}`;
  return { over, line: `a page with ${player}: ${parts}, ${limits}` };
}

/** @returns {{lines: string[], over: boolean}} what to print, and whether a page exceeds its budget */
export function reportSizes() {
  const pages = PAGES.map(pageSize);
  const files = table([["file", "raw", "gzip", "brotli"], ...fileSizes()]).split("\n");
  return { lines: [...files, ...pages.map(({ line }) => line)], over: pages.some(({ over }) => over) };
}
