// Writes docs/errors.md from errors.json: every code, what happened, and what to do.
//   node scripts/docs/errors.mjs           writes it
//   node scripts/docs/errors.mjs --check   exits with 1 if it is stale
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { errorTable, hintOf } from "../build/errors.mjs";
import { manifest, repository } from "../lib/manifest.mjs";
import { root } from "../lib/paths.mjs";

export const FILE = join(root, "docs/errors.md");

const errors = errorTable();
const isPallyCon = ({ codes }) => codes.every(({ pallycon }) => pallycon);
const own = errors.sections.filter((section) => !isPallyCon(section));
const pallycon = errors.sections.filter(isPallyCon);

/** Every code. */
export const CODES = errors.sections.flatMap(({ codes }) => codes.map(({ code }) => code));
/** The titles of the groups of PallyCon's own codes. */
export const PALLYCON_GROUPS = pallycon.map(({ title }) => title);

/** Where a document is: some are in the package, beside this one. */
const addressOf = (file) =>
  manifest().files.includes(file) ? file.slice("docs/".length) : `https://github.com/${repository()}/blob/main/${file}`;
const escaped = (cell) =>
  String(cell)
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    .replace(/\bdocs\/[\w-]+\.md/g, (file) => `[${file}](${addressOf(file)})`);
const row = (cells) => `| ${cells.map(escaped).join(" | ")} |`;
const table = (head, rows) => [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

const COLUMNS = ["code", "what happened", "what to do", "phase", "retryable"];
const cells = (entry) => [
  `\`${entry.code}\``,
  entry.cause,
  hintOf(errors, entry),
  entry.phase,
  entry.retryable ? "yes" : "no",
];

function ownSection({ title, from, codes }) {
  return `## ${title}\n\nFrom ${from}.\n\n${table(COLUMNS, codes.map(cells))}`;
}

function pallyconSection({ title, codes }) {
  return `### ${title}\n\n${table(
    ["PallyCon", ...COLUMNS],
    codes.map((entry) => [entry.pallycon, ...cells(entry)]),
  )}`;
}

export function render() {
  const count = pallycon.reduce((sum, { codes }) => sum + codes.length, 0);
  return `<!-- Written by scripts/docs/errors.mjs from errors.json. -->
# Errors

Every failure is a \`PallyConError\` with a stable \`code\`, the \`phase\` in which it happened, a \`message\` of one line, and a \`hint\`: what to
do. \`retryable\` says whether the same request may succeed later. Compare \`code\`, never a message; in TypeScript its type is
\`PallyConErrorCode\`, the union of all codes below. Some codes occur in several phases (\`network\` for a license or a certificate): the tables name
the usual one. An error's own hint can be more precise than the one here. A refusal of the license server has PallyCon's number and text in
\`serverCode\` and \`serverMessage\`, and in \`problems\` what the inspection of the token had found before the request.
[When it does not play](${addressOf("docs/when-it-does-not-play.md")}) starts from the symptom.

${own.map(ownSection).join("\n\n")}

## PallyCon's codes

The license and certificate endpoints refuse with HTTP status 200, with \`{"errorCode","message"}\`. These ${count} codes are known; any other is passed on as
\`server-error\`, with its number and text. 8002 carries the site's own error: \`siteError.code\` and \`siteError.message\`.
If PallyCon sent a text, the message contains it.

${pallycon.map(pallyconSection).join("\n\n")}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = render();
  const stale = !existsSync(FILE) || readFileSync(FILE, "utf8") !== text;
  if (!process.argv.includes("--check")) writeFileSync(FILE, text);
  else if (stale) {
    console.error("docs/errors.md does not match errors.json. Run: node scripts/docs/errors.mjs");
    process.exitCode = 1;
  }
}
