// Size: what a page downloads for DRM, after a bundler and brotli, compared with the code of players and plugins for
// it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "../scripts/lib/paths.mjs";
import { HLS_FLAGS } from "./lib/page.mjs";
import { kB } from "./lib/stats.mjs";

const benches = join(root, "benches");
const brotli = (bytes) => brotliCompressSync(bytes).length;
const file = (path) => brotli(readFileSync(join(root, path)));

/** A script after a bundler. */
async function bundle(contents, options = {}) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: benches },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2020",
    write: false,
    legalComments: "none",
    logLevel: "error",
    ...options,
  });
  return brotli(outputFiles[0].contents);
}

/** The package on a page: the adapter, the main entry, and the modules that they load. */
async function ours(adapter, attach, modules = ["player"]) {
  const script = await bundle(
    `import { createPallyCon } from "../dist/index.js"; import { ${attach} } from "../dist/${adapter}.js";
     createPallyCon(options).then((drm) => ${attach}(target, drm));`,
  );
  return modules.reduce((sum, name) => sum + file(`dist/${name}.wasm`), script);
}

/** hls.js with its EME controller, less hls.js without: its own build flag, everything else on. */
async function hlsEme() {
  const entry = `export { default } from "./node_modules/hls.js/src/exports-default.ts";`;
  // Without the flag hls.js's own build replaces modules that only the controller uses by an empty one.
  const size = (eme) => bundle(entry, { define: { ...HLS_FLAGS, __USE_EME_DRM__: String(eme) }, treeShaking: true });
  return (await size(true)) - (await size(false));
}

/** @returns {Promise<import("./lib/report.mjs").Table[]>} */
export async function size() {
  const shaka = await ours("shaka", "attachShaka");
  const rows = [
    ["pallycon-drm with Shaka", shaka],
    ["pallycon-drm with hls.js", await ours("hls", "hlsConfig")],
    ["pallycon-drm with a bare element", await ours("media", "attachMedia", ["player", "media"])],
    [
      "videojs-contrib-eme, without video.js",
      await bundle(`import eme from "videojs-contrib-eme"; eme(player);`, { external: ["video.js"] }),
    ],
    ["hls.js's EME part", await hlsEme()],
    [
      "dash.js's protection (its own file of that name)",
      file("benches/node_modules/dashjs/dist/modern/umd/dash.protection.min.js"),
    ],
    ["mp4box", await bundle(`import { createFile } from "mp4box"; createFile().appendBuffer(data);`)],
    [
      "@svta/cml-iso-bmff, all readers",
      await bundle(
        `import { readIsoBoxes, defaultReaderConfig } from "@svta/cml-iso-bmff"; readIsoBoxes(data, defaultReaderConfig());`,
      ),
    ],
    ["codem-isoboxer", await bundle(`import isoboxer from "codem-isoboxer"; isoboxer.parseBuffer(data);`)],
  ];
  return [
    {
      rows: [
        ["", "of pallycon-drm with Shaka", "brotli"],
        ...rows.map(([name, bytes]) => [name, `${(bytes / shaka).toFixed(2)}×`, kB(bytes)]),
      ],
    },
  ];
}
