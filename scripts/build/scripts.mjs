// Compiles TypeScript to the JavaScript that ships: one file per entry, with a shared core, all of it ES2017.
import { build } from "esbuild";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";
import { join } from "node:path";
import { root } from "../lib/paths.mjs";
import { run } from "../lib/run.mjs";
import { UserError } from "../lib/log.mjs";
import { buildCommonJs } from "./commonjs.mjs";
import { writeRootFiles } from "./root-files.mjs";
import { pruneTypes } from "./types.mjs";

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
/** The server's types must lead neither to core.ts nor to the DOM, so it imports the error class from its own file. */
const keepCoreOnServer = keep(new Map([...SHARED, [js("errors/error.js"), "./core.js"]]));
/** Entries that contain the wasm, and the code that they share with the others. */
const INLINE = [
  ["inline", new Map([...SHARED, [js("index.js"), "./index.js"]])],
  ["inline-media", new Map([...SHARED, [js("players/media.js"), "./media.js"]])],
];
/**
 * Includes its own probe(): if the page and the part that is loaded later import the same file, bundlers put everything
 * that either uses into the page.
 */
const keepCoreAlone = keep(new Map([...SHARED].filter(([, file]) => file === "./core.js")));

/**
 * Replacements for globals in wasm-bindgen's glue: js/wasm/fetch.ts and js/text-coding.ts explain why. `fetch` only in
 * the player module, the only one that sends requests.
 */
const guardGlobals = {
  name: "guard-globals",
  setup(build) {
    build.onLoad({ filter: /wasm[\\/]\w+[\\/]pallycon_drm\.js$/ }, async ({ path }) => {
      const from = (file) => JSON.stringify(js(`${file}.ts`));
      const lines = [`import { TextDecoder, TextEncoder } from ${from("text-coding")};`];
      if (/[\\/]player[\\/]/.test(path)) lines.push(`import { fetch } from ${from("wasm/fetch")};`);
      return { contents: [...lines, await readFile(path, "utf8")].join("\n"), loader: "js" };
    });
  },
};

/** js/embedded/NAME.js: a module as text. The server's is a file of its own, which the command line imports as well. */
const embedModules = {
  name: "embed-modules",
  setup(build) {
    build.onResolve({ filter: /\/embedded\/\w+\.js$/ }, ({ path }) => {
      const [name] = path.match(/\w+(?=\.js$)/);
      if (name === "server") return { path: "./server-wasm.js", external: true };
      return { path: join(dist, `${name}.wasm`), namespace: "embedded" };
    });
    build.onLoad({ filter: /./, namespace: "embedded" }, async ({ path }) => ({
      contents: `export default ${JSON.stringify(await readFile(path, "hex"))};`,
    }));
  },
};

/** Brotli in base64, for js/server/embedded.ts: hex would take 25 kB more of the package. */
function writeServerWasm() {
  const wasm = readFileSync(join(dist, "server.wasm"));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length };
  const packed = brotliCompressSync(wasm, { params }).toString("base64");
  writeFileSync(join(dist, "server-wasm.js"), `export default "${packed}";\n`);
}

const common = {
  bundle: true,
  target: "es2017",
  legalComments: "none",
  logLevel: "warning",
  minify: true,
  charset: "utf8",
  keepNames: false,
};

/**
 * Where the classic script is, and the .wasm beside it: `import.meta.url` of scripts without modules. A classic worker
 * has no document, and its location is its own script's, so what ran importScripts() is asked by the stack. The short
 * URLs of CDNs (https://cdn.jsdelivr.net/npm/pallycon-drm@0.2) are not in dist/. CommonJS says where it is
 * (commonjs.mjs).
 */
function scriptUrl() {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return (
    `var scriptUrl=typeof scriptFile==="string"?scriptFile:(typeof document==="object"?document.currentScript&&document.currentScript.src:` +
    `(/(\\w+:\\/\\/[^\\s()]+?)(:\\d+)?:\\d+\\)?$/m.exec(new Error().stack)||[])[1])||location.href;` +
    `scriptUrl=scriptUrl.replace(/(\\/pallycon-drm)(@[^\\/?#]*)?\\/?([?#].*)?$/,"$1@${version}/dist/");`
  );
}

export async function buildScripts({ forViewers = false } = {}) {
  // "es2017" would remove these; a later check ensures that nothing else newer is left.
  const esm = { ...common, format: "esm", outdir: dist, supported: { "import-meta": true, "dynamic-import": true } };
  await build({ ...esm, entryPoints: { core: js("core.ts") }, plugins: [guardGlobals] });
  await build({ ...esm, entryPoints: sharedEntries(), plugins: [keepCore, guardGlobals] });
  await build({ ...esm, entryPoints: { robustness: js("players/parts/robustness.ts") }, plugins: [keepCoreAlone] });
  for (const [name, file] of INLINE)
    await build({ ...esm, entryPoints: { [name]: js(`${name}.ts`) }, plugins: [keep(file), embedModules] });
  // For pages without modules, and TVs without them: one script, `window.PallyConDrm`, the .wasm beside it.
  await build({
    ...common,
    format: "iife",
    plugins: [guardGlobals],
    globalName: "PallyConDrm",
    entryPoints: [js("classic.ts")],
    outfile: join(dist, "pallycon-drm.global.js"),
    define: { "import.meta.url": "scriptUrl" },
    banner: { js: scriptUrl() },
  });
  for (const name of forViewers ? ["inspect"] : ["inspect", "server"])
    await build({
      ...esm,
      entryPoints: { [name]: js(`${name}.ts`) },
      plugins: [keepCoreOnServer, guardGlobals, embedModules],
    });
  if (forViewers) return;
  writeServerWasm();
  await buildCommonJs({ ...common, plugins: [guardGlobals] });
  writeRootFiles();
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
      embedModules,
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
  pruneTypes();
}
