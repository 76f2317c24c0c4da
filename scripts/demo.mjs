// Bundles the demo page as a site would bundle its own: the package from dist/ by its public names, one chunk a player.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { buildDir, root } from "./lib/paths.mjs";
import { Stop, main } from "./lib/say.mjs";

const source = join(root, "www/demo");
const output = join(buildDir, "demo");
const dist = join(root, "dist");

/** The package by its own name, through its own exports map. */
const ourPackage = {
  name: "pallycon-drm",
  setup(bundler) {
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    bundler.onResolve({ filter: /^pallycon-drm(\/|$)/ }, ({ path }) => {
      const entry = exports[path.replace("pallycon-drm", ".")];
      const target = typeof entry === "string" ? entry : (entry?.browser ?? entry?.import ?? entry?.default);
      const file = typeof target === "string" ? target : target?.default;
      return file ? { path: join(root, file) } : { errors: [{ text: `the package has no entry ${path}` }] };
    });
  },
};

await main(async () => {
  if (!existsSync(dist)) throw new Stop("The package is not built.", "npm run build");
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  await build({
    entryPoints: [join(source, "main.js")], outdir: output, bundle: true, splitting: true, format: "esm", target: "es2022",
    chunkNames: "[name]-[hash]", minify: true, sourcemap: true, legalComments: "linked", plugins: [ourPackage], logLevel: "warning",
  });
  for (const name of readdirSync(source)) if (/\.(html|css|svg)$/.test(name)) cpSync(join(source, name), join(output, name));
  // esbuild leaves `new URL("x.wasm", import.meta.url)` as it is: the module has to lie beside the chunk that asks for it.
  const code = readdirSync(output).filter((name) => name.endsWith(".js")).map((name) => readFileSync(join(output, name), "utf8")).join("");
  for (const name of readdirSync(dist, { recursive: true }).map(String)) {
    const base = name.split(/[\\/]/).pop();
    if (base.endsWith(".wasm") && code.includes(base)) cpSync(join(dist, name), join(output, base));
  }
});
