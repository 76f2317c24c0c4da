// Compiles TypeScript to the JavaScript that ships: one file per entry, with a shared core, all of it ES2017.
import { build } from "esbuild";
import { readdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";
import { UserError } from "../lib/log.mjs";

const dist = join(root, "dist");
const js = (name) => join(root, "js", name);

/** The existing adapters: dist/NAME.js from js/players/NAME.ts. */
export const PLAYERS = readdirSync(js("players"))
  .filter((file) => /^[a-z-]+\.ts$/.test(file) && file !== "attach.ts")
  .map((file) => file.slice(0, -3));

/** Entries share dist/core.js: there is one PallyConError and one loaded module, whatever a page imports. */
const sharedEntries = () => ({
  index: js("index.ts"),
  environment: js("environment/index.ts"),
  "license-handler": js("license-handler.ts"),
  ...Object.fromEntries(PLAYERS.map((name) => [name, js(`players/${name}.ts`)])),
});

/**
 * Built once, and imported by every entry: so probe and diagnose also remember their results. The adapters only load
 * robustness.js if they need it.
 */
const SHARED = new Map([
  [js("core.js"), "./core.js"],
  [js("environment/index.js"), "./environment.js"],
  [js("license-handler.js"), "./license-handler.js"],
  [js("players/parts/robustness.js"), "./robustness.js"],
]);
const keep = (shared) => ({
  name: "keep-shared",
  setup(build) {
    build.onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) => {
      const found = kind === "entry-point" ? undefined : shared.get(join(resolveDir, path));
      return found && { path: found, external: true };
    });
  },
});
const keepCore = keep(SHARED);
/**
 * Includes its own probe(): if the page and the part that is loaded later import the same file, bundlers put everything
 * that either uses
 * into the page.
 */
const keepCoreAlone = keep(new Map([...SHARED].filter(([, file]) => file === "./core.js")));

/** js/wasm/fetch.ts explains why the module's glue gets a different fetch from the page's. */
const guardFetch = {
  name: "guard-fetch",
  setup(build) {
    build.onLoad({ filter: /wasm[\\/]player[\\/]pallycon_drm\.js$/ }, async ({ path }) => ({
      contents: `import { fetch } from ${JSON.stringify(js("wasm/fetch.ts"))};\n${await readFile(path, "utf8")}`,
      loader: "js",
    }));
  },
};

const common = {
  bundle: true,
  target: "es2017",
  legalComments: "none",
  logLevel: "warning",
  minify: true,
  charset: "utf8",
  keepNames: false,
};

export async function buildScripts({ forViewers = false } = {}) {
  // "es2017" would remove these; a later check ensures that nothing else newer is left.
  const esm = { ...common, format: "esm", outdir: dist, supported: { "import-meta": true, "dynamic-import": true } };
  await build({ ...esm, entryPoints: { core: js("core.ts") }, plugins: [guardFetch] });
  await build({ ...esm, entryPoints: sharedEntries(), plugins: [keepCore] });
  await build({ ...esm, entryPoints: { robustness: js("players/parts/robustness.ts") }, plugins: [keepCoreAlone] });
  rmSync(join(dist, "attach.js"), { force: true });
  // For pages without modules, and TVs that lack them: one script, `window.PallyConDrm`, next to the .wasm.
  await build({
    ...common,
    format: "iife",
    plugins: [guardFetch],
    globalName: "PallyConDrm",
    entryPoints: [js("classic.ts")],
    outfile: join(dist, "pallycon-drm.global.js"),
    define: { "import.meta.url": "scriptUrl" },
    banner: { js: `var scriptUrl=document.currentScript&&document.currentScript.src||location.href;` },
  });
  for (const name of forViewers ? ["inspect"] : ["inspect", "server"])
    await build({ ...esm, entryPoints: { [name]: js(`${name}.ts`) }, plugins: [keepCore] });
  if (forViewers) return;
  await build({
    ...common,
    format: "esm",
    platform: "node",
    target: "node20",
    entryPoints: { cli: js("cli/main.ts") },
    outdir: dist,
    banner: { js: "#!/usr/bin/env node" },
    plugins: [
      keepCore,
      {
        name: "entries",
        setup: (build) =>
          build.onResolve({ filter: /\.\.\/(server|inspect)\.js$/ }, (args) => ({
            path: args.path.replace("../", "./"),
            external: true,
          })),
      },
    ],
  });
  rmSync(join(dist, "types"), { recursive: true, force: true });
  const result = await run(
    "tsc",
    [process.execPath, join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
    { log: "build-tsc", quiet: true },
  );
  if (!result.ok) throw new UserError(`The TypeScript does not compile (${result.log}).\n${result.tail}`);
}
