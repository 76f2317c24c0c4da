// dist/commonjs/: the entries for what can only `require()`: Jest without flags, Node before 20.19 and 22.12.
// Everything else gets the ES modules by the conditions "module-sync" and "module", which come first in package.json,
// or "default".
import { build } from "esbuild";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/paths.mjs";

const folder = join(root, "dist/commonjs");

/**
 * The classic script is the main entry and all adapters in one file, so that the package need not have them once more.
 * It is not a module: Function makes one of it in the caller's realm, which is Jest's sandbox.
 */
const INDEX = `const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const path = join(__dirname, "../pallycon-drm.global.js");
module.exports = Function("scriptFile", readFileSync(path, "utf8") + ";return PallyConDrm;")(pathToFileURL(path).href);
`;

/** The text of dist/server-wasm.js, an ES module. */
const SERVER_WASM = `import { readFileSync } from "node:fs"; import { join } from "node:path";
export default /"(.*)"/.exec(readFileSync(join(__dirname, "../server-wasm.js"), "utf8"))[1];`;

const serverWasm = {
  name: "server-wasm",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/embedded\/server\.js$/ }, ({ path }) => ({ path, namespace: "text" }));
    onLoad({ filter: /./, namespace: "text" }, () => ({ contents: SERVER_WASM, resolveDir: root }));
  },
};

/** @param {import("esbuild").BuildOptions} options those of the other scripts */
export async function buildCommonJs(options) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }\n');
  writeFileSync(join(folder, "index.js"), INDEX);
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const { require: commonJs, types } of Object.values(exports)) {
    if (!commonJs) continue;
    writeFileSync(join(root, commonJs.types), `export * from "../${types.slice("./dist/".length, -4)}js";\n`);
    const [, name] = /([\w-]+)\.js$/.exec(commonJs.default);
    if (name === "index" || name === "server") continue;
    // js/classic.ts has each adapter under its own name. A file of wasm is there, so the inline entries need none
    // inside.
    const adapter =
      name === "inline" ? "" : `.${name.replace("inline-", "").replace(/-(\w)/g, (_, letter) => letter.toUpperCase())}`;
    writeFileSync(join(root, commonJs.default), `module.exports = require("./index.js")${adapter};\n`);
  }
  await build({
    ...options,
    format: "cjs",
    platform: "node",
    entryPoints: [join(root, "js/server.ts")],
    outfile: join(folder, "server.js"),
    // Nothing of the server is beside its script: it is embedded.
    define: { "import.meta.url": "undefined" },
    plugins: [...options.plugins, serverWasm],
  });
}
