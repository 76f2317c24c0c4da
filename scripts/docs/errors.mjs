// Writes docs/errors.md: PallyCon's codes as the core in dist/ knows them, and the package's own.
//   node scripts/docs/errors.mjs           writes it
//   node scripts/docs/errors.mjs --check   exits with 1 where it is stale
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../lib/paths.mjs";
import { CODES } from "./codes.mjs";
import { serverCodes } from "./server-codes.mjs";

export const FILE = join(root, "docs/errors.md");

const row = (cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
const table = (head, rows) => [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

/** The meanings are not in the module: PallyCon sends its own words. They stand beside the codes in the sources. */
const MEANINGS = new Map([...readFileSync(join(root, "src/license/catalogue.rs"), "utf8").matchAll(/^ {4}(\d{4}) '\w' "[a-z-]+" "(.+)";$/gm)].map(([, code, words]) => [code, words]));
const meaning = ({ serverCode }) => MEANINGS.get(serverCode).replace(/^./, (first) => first.toUpperCase());

export async function render() {
  const groups = await serverCodes();
  const count = groups.reduce((sum, { errors }) => sum + errors.length, 0);
  const own = CODES.map(({ title, from, codes }) => `## ${title}\n\nFrom ${from}.\n\n${table(["code", "what has happened", "what to do"], codes.map(([code, ...rest]) => [`\`${code}\``, ...rest]))}`);
  const pallycon = groups.map(({ title, errors }) => `### ${title}\n\n${table(["PallyCon", "code", "what has happened", "what to do", "phase", "again?"], errors.map((error) => [error.serverCode, `\`${error.code}\``, meaning(error), error.hint, error.phase, error.retryable ? "yes" : ""]))}`);
  return `<!-- Written by scripts/docs/errors.mjs. -->
# Errors

Every failure is a \`PallyConError\` with a stable \`code\`, the \`phase\` it happened in, a \`message\` of one line, and a \`hint\`: what to do.
\`retryable\` says whether the same request may succeed later. A refusal of the license server carries PallyCon's own number and text as
\`serverCode\` and \`serverMessage\`, and in \`problems\` what the token's inspection had found before. Compare \`code\`, never a message.
[When it does not play](when-it-does-not-play.md) starts from what is seen on the screen.

${own.join("\n\n")}

## PallyCon's codes

The license and certificate endpoints refuse under HTTP 200, with \`{"errorCode","message"}\`. These ${count} codes are known; any other passes
through as \`server-error\`, with its number and text as they came. 8002 carries the site's own error: \`siteError.code\` and \`siteError.message\`.
PallyCon's text stands in the message where it sent one.

${pallycon.join("\n\n")}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await render();
  const stale = !existsSync(FILE) || readFileSync(FILE, "utf8") !== text;
  if (process.argv.includes("--check")) {
    if (stale) console.error("docs/errors.md is not what the sources say: node scripts/docs/errors.mjs");
    process.exitCode = stale ? 1 : 0;
  } else {
    writeFileSync(FILE, text);
  }
}
