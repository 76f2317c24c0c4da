// The TypeScript side of errors.json: bundled texts, and the unions of all codes and reasons. build.rs generates the
// Rust side; both number the entries by their position in the file.
import { mkdirSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../lib/paths.mjs";

/** The order of `Phase` in src/error.rs. */
const PHASES = [
  "environment",
  "init-data",
  "custom-data",
  "certificate",
  "license",
  "session",
  "manifest",
  "segment",
  "server",
];
const GENERATED = "// Generated from errors.json by scripts/build/errors.mjs.\n";

export const errorTable = () => JSON.parse(readFileSync(join(root, "errors.json"), "utf8"));

const entriesOf = (groups, members) =>
  groups.flatMap(({ [members]: entries, ...group }) => entries.map((entry) => ({ group, ...entry })));

/** Codes of all sections in order, each with its section's scope. */
export const codesOf = (table) =>
  entriesOf(table.sections, "codes").map(({ group, ...code }) => ({ scope: group.scope, ...code }));

/** Reasons of all groups in order. A reason inherits missing parts from its group: the scope, a message, a hint. */
const reasonsOf = (table) =>
  entriesOf(table.reasons, "reasons").map(({ group: { scope, message, hint }, ...reason }) => ({
    scope,
    message,
    hint,
    ...reason,
  }));

/** A hint, or the shared one that `@name` references. */
export function hintOf({ hints }, { code, id, hint }) {
  const text = hint?.startsWith("@") ? hints[hint.slice(1)] : hint;
  if (hint && !text) throw new Error(`errors.json: ${code ?? id} has a hint that does not exist (${hint}).`);
  return text;
}

/** `ends-early` → `EndsEarly`, as build.rs names it. */
const camel = (id) => id.replace(/(^|-)(.)/g, (_match, _dash, letter) => letter.toUpperCase());

const union = (names) => names.map((name) => `\n  | ${JSON.stringify(name)}`).join("");

const line = (cells) => `\n  ${JSON.stringify(cells)},`;

/** [code, phase, hint, message?, 1 if retryable] */
const codeRow = ({ code, phase, message, retryable }, hint) => [
  code,
  PHASES.indexOf(phase),
  hint,
  ...(message || retryable ? [message ?? ""] : []),
  ...(retryable ? [1] : []),
];

/** [text, hint?, message?] */
const reasonRow = ({ text, message }, hint) => [
  text,
  ...(message ? [hint ?? null, message] : hint === undefined ? [] : [hint]),
];

/** The rows of one scope. The viewers' scope must come first in the file: its numbers are positions in these lists. */
function rows(table, scope) {
  const codes = codesOf(table).filter((entry) => entry.scope === scope);
  const all = reasonsOf(table);
  const reasons = all.filter((entry) => entry.scope === scope);
  const hints = [...new Set([...codes, ...reasons].map((entry) => hintOf(table, entry)).filter(Boolean))];
  const place = (entry) => (entry.hint ? hints.indexOf(hintOf(table, entry)) : undefined);
  return `export const ${scope.toUpperCase()}: Texts = {
 hints: [${hints.map((hint) => `\n  ${JSON.stringify(hint)},`).join("")}
 ],
 codes: [${codes.map((entry) => line(codeRow(entry, place(entry)))).join("")}
 ],
 firstReason: ${all.findIndex((entry) => entry.scope === scope)},
 reasons: [${reasons.map((entry) => line(reasonRow(entry, place(entry)))).join("")}
 ],
};
`;
}

function write(path, text) {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** js/generated: imported by `js/errors/texts.ts` and the entries. */
export function writeErrors() {
  const table = errorTable();
  const codes = codesOf(table);
  const reasons = reasonsOf(table);
  const scopes = [...new Set(codes.map(({ scope }) => scope))];
  if (
    scopes[0] !== "core" ||
    codes.findLastIndex(({ scope }) => scope === "core") !== codes.filter(({ scope }) => scope === "core").length - 1
  ) {
    throw new Error(
      "errors.json: the sections of scope core must come first, because the wasm modules number by position.",
    );
  }
  const directory = join(root, "js/generated");
  write(
    join(directory, "codes.ts"),
    `${GENERATED}
/** Every code of a PallyConError, a problem or a warning of this package; docs/errors.md explains each. */
export type PallyConErrorCode =${union(codes.map(({ code }) => code))};
/** Why, where a code has several reasons: the numbers that cross from the wasm modules. */
export const enum Reason {${reasons.map(({ id }, at) => `\n  ${camel(id)} = ${at},`).join("")}
}
export const PHASES = ${JSON.stringify(PHASES)} as const;
`,
  );
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  write(
    join(directory, "version.ts"),
    `// Generated from package.json by scripts/build/errors.mjs.\n\nexport const VERSION = ${JSON.stringify(version)};\n`,
  );
  for (const scope of scopes) {
    write(
      join(directory, `${scope}-texts.ts`),
      `${GENERATED}import type { Texts } from "../errors/texts.js";\n\n${rows(table, scope)}`,
    );
  }
}
