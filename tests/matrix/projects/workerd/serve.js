// As wrangler does: esbuild bundles the worker, and the .wasm file goes along as a compiled module.
import { readdirSync } from "node:fs";
import { build } from "esbuild";
import { Miniflare } from "miniflare";

await build({
  entryPoints: ["worker.js"],
  bundle: true,
  format: "esm",
  outdir: "dist",
  loader: { ".wasm": "copy" },
  conditions: ["workerd", "worker", "browser"],
  logLevel: "warning",
});
const files = readdirSync("dist").filter((name) => name.endsWith(".wasm"));
const workers = new Miniflare({
  modulesRoot: "dist",
  modules: [
    { type: "ESModule", path: "dist/worker.js" },
    ...files.map((name) => ({ type: "CompiledWasm", path: `dist/${name}` })),
  ],
  compatibilityDate: "2026-01-01",
});
try {
  const response = await workers.dispatchFetch("http://localhost/");
  console.log(response.ok ? await response.text() : `error: ${await response.text()}`);
} finally {
  await workers.dispose();
}
