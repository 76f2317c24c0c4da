// The tables of docs/performance.md: each part of the bench owns the text between its two markers. The prose around
// is written by hand.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/lib/paths.mjs";
import { table } from "../../scripts/lib/log.mjs";

export const FILE = join(root, "docs/performance.md");

/** @typedef {{title?: string, rows: (string | number)[][]}} Table the first row is the heading */

const cell = (value) => String(value).replaceAll("|", "\\|");
const line = (cells) => `| ${cells.map(cell).join(" | ")} |`;

/** @param {Table[]} tables */
export function markdown(tables) {
  return tables
    .map(({ title, rows: [heading, ...rows] }) =>
      [
        ...(title ? [`**${title}**`, ""] : []),
        line(heading),
        `|${heading.map((_, i) => (i === 0 ? "---" : "---:")).join("|")}|`,
        ...rows.map(line),
      ].join("\n"),
    )
    .join("\n\n");
}

/** For the terminal. @param {Table[]} tables */
export const plain = (tables) =>
  tables.map(({ title, rows }) => `${title ? `${title}\n` : ""}${table(rows)}`).join("\n\n");

/** `document` with `text` between the markers of `part`. */
export function replacePart(document, part, text) {
  const [begin, end] = [`<!-- bench:${part} -->`, `<!-- /bench:${part} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from || document.indexOf(begin, from + 1) >= 0)
    throw new Error(`docs/performance.md needs ${begin} and, after it, ${end}, once each`);
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`;
}

/** @param {string} part @param {Table[]} tables */
export function writePart(part, tables) {
  writeFileSync(FILE, replacePart(readFileSync(FILE, "utf8"), part, markdown(tables)));
}
