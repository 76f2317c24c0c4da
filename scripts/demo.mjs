// Builds the site of www/demo into build/demo/: a document, a script and a style sheet for each page, and one chunk a player.
// scripts/site.mjs makes the copy for file hosts.
import { build } from "esbuild";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundlePage } from "./lib/bundle.mjs";
import { buildDir, root } from "./lib/paths.mjs";
import { Stop, main } from "./lib/say.mjs";
import { PAGES, policyOf } from "../www/demo/pages.mjs";

const source = join(root, "www/demo");
const output = join(buildDir, "demo");

/** TVs have old engines, and a page for them must at least parse there. */
const target = ["es2017"];
const supported = { "import-meta": true, "dynamic-import": true };

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

function documentOf(page) {
  const link = ({ name, file, label }) => `<a href="${file}"${name === page.name ? ' aria-current="page"' : ""}>${label}</a>`;
  const parts = {
    policy: escaped(policyOf(page)), title: escaped(page.title), description: escaped(page.description), name: page.name,
    navigation: PAGES.map(link).join(""), main: readFileSync(join(source, page.name, "page.html"), "utf8").trimEnd(),
  };
  return readFileSync(join(source, "layout.html"), "utf8").replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
}

/** The script of a page, in TypeScript or JavaScript. */
const scriptOf = (name) => ["main.ts", "main.js"].map((file) => join(source, name, file)).find(existsSync);

async function buildSite() {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const common = { bundle: true, minify: true, target, logLevel: "warning", sourcemap: true };
  await bundlePage(Object.fromEntries(PAGES.map(({ name }) => [name, scriptOf(name)])), output, { minify: true, target, supported });
  await build({ ...common, entryPoints: { theme: join(source, "shared/theme-start.ts") }, outdir: output, format: "iife" });
  const styles = Object.fromEntries(PAGES.map(({ name }) => [name, join(source, name, "page.css")]));
  await build({ ...common, sourcemap: false, entryPoints: { style: join(source, "style.css"), dark: join(source, "dark.css"), ...styles }, outdir: output, target: ["chrome64"], external: ["*.svg"] });
  cpSync(join(source, "icon.svg"), join(output, "icon.svg"));
  for (const page of PAGES) writeFileSync(join(output, page.file), documentOf(page));
}

await main(async () => {
  if (!existsSync(join(root, "dist"))) throw new Stop("The package is not built.", "npm run build");
  await buildSite();
});
