// Bundles pages with the package from dist/, by its public names, as a site would.
import { cpSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./paths.mjs";

const dist = join(root, "dist");

/** Resolves the package's own name through its exports map. */
const ourPackage = {
  name: "pallycon-drm",
  setup(bundler) {
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    bundler.onResolve({ filter: /^pallycon-drm(\/|$)/ }, ({ path }) => {
      let target = exports[path.replace("pallycon-drm", ".")];
      while (target && typeof target === "object") target = target.browser ?? target.import ?? target.default;
      return target ? { path: join(root, target) } : { errors: [{ text: `the package has no entry ${path}` }] };
    });
  },
};

/** @param {string | Record<string, string>} entry a file, or files by the names of their bundles @param {string} output a folder @param {import("esbuild").BuildOptions} [options] */
export async function bundlePage(entry, output, { plugins = [], ...options } = {}) {
  await build({
    entryPoints: typeof entry === "string" ? [entry] : entry,
    outdir: output,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    chunkNames: "[name]-[hash]",
    sourcemap: true,
    legalComments: "linked",
    plugins: [ourPackage, ...plugins],
    logLevel: "warning",
    ...options,
  });
  // esbuild leaves `new URL("x.wasm", import.meta.url)` unchanged: the module must be next to the chunk that loads it.
  const code = readdirSync(output)
    .filter((name) => name.endsWith(".js"))
    .map((name) => readFileSync(join(output, name), "utf8"))
    .join("");
  for (const path of readdirSync(dist, { recursive: true }).map(String)) {
    const name = path.split(/[\\/]/).pop();
    if (name.endsWith(".wasm") && code.includes(`"./${name}"`)) cpSync(join(dist, path), join(output, name));
  }
}
