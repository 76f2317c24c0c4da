// docs/install.md: its recipes are files of projects/, which the cells build.
import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { root } from "../../scripts/lib/paths.mjs";

export const DOCUMENT = join(root, "docs/install.md");
const RECIPE = /^<!-- (tests\/matrix\/projects\/\S+) -->\n[\s\S]*?^<!-- end -->$/gm;

/** What a cell has to configure, as a link to its section. */
export const NEEDS = {
  "vite-dev": "[`optimizeDeps.exclude`](#vite-in-development)",
  "copy-wasm": "[copy the `.wasm` files](#bundlers-that-leave-the-module-behind)",
  inline: "[`pallycon-drm/inline`](#bundlers-that-leave-the-module-behind)",
  angular: "[an asset](#angular)",
  "import-map": "[import map](#without-a-bundler)",
  react: "[hook](#react)",
  edge: "[`init(module)`](#edge-runtimes)",
  jest: "[Jest's options](#test-runners)",
};

/** @param {string} markdown @returns {string} the same with every recipe as its file is now */
export function withRecipes(markdown) {
  return markdown.replace(RECIPE, (_, path) => {
    const code = readFileSync(join(root, path), "utf8").trimEnd();
    return `<!-- ${path} -->\n\n\`\`\`${extname(path).slice(1)}\n${code}\n\`\`\`\n\n<!-- end -->`;
  });
}
