// Tables that a script writes to a document.
import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { root } from "./paths.mjs";
import { UserError } from "./log.mjs";

const END = "<!-- end -->\n";

/** @param {string[][]} rows the first is the head */
export function markdownTable([head, ...rows]) {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |\n`).join("");
}

/** Replaces the text between the line `mark` and the next `<!-- end -->`. */
export function writeBetween(document, mark, markdown) {
  const text = readFileSync(document, "utf8");
  const start = text.indexOf(`${mark}\n`);
  const end = text.indexOf(END, start);
  if (start < 0 || end < 0)
    throw new UserError(
      `${relative(root, document)} lacks the lines that enclose the table: ${mark} and ${END.trim()}`,
    );
  writeFileSync(document, text.slice(0, start + mark.length + 1) + markdown + text.slice(end));
}
