// Builds the site of www/demo into build/demo/: a document, a script and a style sheet per page, and one chunk per
// player. scripts/site.mjs makes the copy for file hosts.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundlePage } from "./lib/bundle.mjs";
import { buildDir, root } from "./lib/paths.mjs";
import { UserError, main } from "./lib/log.mjs";
import { clearKeyFiles, siteModules } from "./lib/site.mjs";
import { FRAMES, PAGES, policyOf } from "../www/demo/pages.mjs";

const source = join(root, "www/demo");
const output = join(buildDir, "demo");

/** TVs have old engines, and a page for them must at least parse there. */
const target = ["es2017"];
const supported = { "import-meta": true, "dynamic-import": true };

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

function documentOf(page) {
  const link = ({ name, file, label }) =>
    `<a href="${file}"${name === page.name ? ' aria-current="page"' : ""}>${label}</a>`;
  const parts = {
    policy: escaped(policyOf(page)),
    title: escaped(page.title),
    description: escaped(page.description),
    name: page.name,
    navigation: PAGES.map(link).join(""),
    main: readFileSync(join(source, page.name, "page.html"), "utf8").trimEnd(),
  };
  return readFileSync(join(source, "layout.html"), "utf8").replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
}

/** The script of a page, in TypeScript or JavaScript. */
const scriptOf = (name) => ["main.ts", "main.js"].map((file) => join(source, name, file)).find(existsSync);

/** The files that a page's script names, and the files that those name: chunks, workers, modules. */
function reached(script) {
  const seen = new Set([script]);
  for (const name of seen) {
    if (!name.endsWith(".js")) continue;
    for (const [, other] of readFileSync(join(output, name), "utf8").matchAll(
      /["'`](?:\.\/)?([\w-]+\.(?:js|wasm))["'`]/g,
    )) {
      if (existsSync(join(output, other))) seen.add(other);
    }
  }
  return [...seen];
}

/** The service worker of the Inspect page, which caches its files, and changes whenever any of them does. */
async function buildOffline(options) {
  const files = [
    "inspect.html",
    "style.css",
    "dark.css",
    "inspect.css",
    "icon.svg",
    "theme.js",
    ...reached("inspect.js"),
  ];
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(join(output, file)));
  const define = { FILES: JSON.stringify(files), VERSION: JSON.stringify(hash.digest("hex").slice(0, 12)) };
  await build({
    ...options,
    entryPoints: { sw: join(source, "inspect/sw.ts") },
    outdir: output,
    format: "iife",
    define,
  });
}

async function buildSite() {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const scripts = {
    ...Object.fromEntries(PAGES.map(({ name }) => [name, scriptOf(name)])),
    "errors-frame": join(source, "errors/frame.ts"),
  };
  await bundlePage({ ...scripts, "inspect-worker": join(source, "inspect/worker.ts") }, output, {
    minify: true,
    target,
    supported,
    plugins: [siteModules],
  });
  const options = { bundle: true, minify: true, target, logLevel: "warning" };
  await build({
    ...options,
    entryPoints: { theme: join(source, "shared/theme-start.ts") },
    outdir: output,
    format: "iife",
  });
  const styles = Object.fromEntries(
    PAGES.map(({ name }) => [name, join(source, name, "page.css")]).concat([
      ["errors-frame", join(source, "errors/frame.css")],
    ]),
  );
  await build({
    ...options,
    entryPoints: { style: join(source, "style.css"), dark: join(source, "dark.css"), ...styles },
    outdir: output,
    target: ["chrome64"],
  });
  mkdirSync(join(output, "clearkey"));
  for (const [contentId, keys] of clearKeyFiles())
    writeFileSync(join(output, "clearkey", `${contentId}.json`), JSON.stringify(keys));
  cpSync(join(source, "icon.svg"), join(output, "icon.svg"));
  for (const page of PAGES) writeFileSync(join(output, page.file), documentOf(page));
  const frame = readFileSync(join(source, "errors/frame.html"), "utf8");
  for (const { file, policy } of FRAMES)
    writeFileSync(join(output, file), frame.replace("{{policy}}", escaped(policyOf({ policy }))));
  await buildOffline(options);
}

await main(async () => {
  if (!existsSync(join(root, "dist"))) throw new UserError("The package is not built.", "npm run build");
  await buildSite();
});
