// docs/install.md: its recipes are files of projects/, which the cells build, and its table shows the last run.
import { readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { extname, join } from "node:path";
import { markdownTable, writeBetween } from "../../scripts/lib/markdown.mjs";
import { root } from "../../scripts/lib/paths.mjs";
import { NODE, TOOLS } from "./tools.mjs";

export const DOCUMENT = join(root, "docs/install.md");
const RECIPE = /^<!-- (tests\/matrix\/projects\/\S+) -->\n[\s\S]*?^<!-- end -->$/gm;

/** The configuration that a cell needs, as a link to its section. */
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

/** @param {string} markdown @returns {string} the same with every recipe updated from its file */
export function withRecipes(markdown) {
  return markdown.replace(RECIPE, (_, path) => {
    const code = readFileSync(join(root, path), "utf8").trimEnd();
    return `<!-- ${path} -->\n\n\`\`\`${extname(path).slice(1)}\n${code}\n\`\`\`\n\n<!-- end -->`;
  });
}

const MARK = "<!-- npm run matrix -- --write -->";
export const HEAD = ["with", "version", "what", "configuration", "result"];

const versionOf = ({ tool, title }) => (title === "Node" ? NODE : (Object.values(TOOLS[tool])[0] ?? ""));

/** @param {import("./run.mjs").Cell} cell @param {string} title of its row @returns {string[]} as in HEAD */
export function rowOf(cell, title, error) {
  const result = error ? `fails: ${error.replaceAll("|", "\\|").replaceAll(homedir(), "~")}` : "works";
  return [cell.title, versionOf(cell), title, NEEDS[cell.needs] ?? "", result];
}

const sameRow = ([title, , what], [otherTitle, , otherWhat]) => title === otherTitle && what === otherWhat;

/** @param {string} markdown @returns {string[][]} the rows of the table as it is now */
const rowsIn = (markdown) =>
  markdown
    .slice(markdown.indexOf(MARK))
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
    .slice(1)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((text) => text.trim()),
    );

/** Replaces the table's rows by those that were run, in the order of all cells. Rows without a cell are removed. */
export function writeDocument(rows, cells) {
  const known = [...rows, ...rowsIn(readFileSync(DOCUMENT, "utf8"))];
  const wanted = cells.flatMap((cell) => Object.keys(cell.rows).map((title) => rowOf(cell, title)));
  const lines = [HEAD, ...wanted.map((row) => known.find((other) => sameRow(row, other))).filter(Boolean)];
  writeBetween(DOCUMENT, MARK, `\n${markdownTable(lines)}\n`);
  writeFileSync(DOCUMENT, withRecipes(readFileSync(DOCUMENT, "utf8")));
}
