// Sentences of codes and reasons. They are data (errors.json), bundled, so that a failure explains itself offline and always alike.
import { CORE } from "../generated/core-texts.js";
import { PHASES, type PallyConErrorCode, type ReasonId } from "../generated/codes.js";

export type Phase = (typeof PHASES)[number];

/** One scope of the table. Rows are addressed by number from the wasm modules, and by name from here. */
export interface Texts {
  hints: readonly string[];
  /** code, number of the phase, number of the hint, message (absent: that of the reason), 1 where another try may succeed */
  codes: readonly (readonly (string | number)[])[];
  /** id, text, number of a hint that goes before the code's */
  reasons: readonly (readonly (string | number)[])[];
}

/** What goes into a template: see src/error.rs for the placeholders. */
export interface Parts { parameters?: readonly (string | number)[] | undefined; phase?: Phase | undefined; httpStatus?: number | undefined; offset?: number | undefined }

/** A code and a reason in words. */
export interface Sentence { code: PallyConErrorCode; phase: Phase; message: string; hint: string; retryable: boolean }

/** A row of a scope, or else of the core's. Its hint is one of the same scope. */
function find(list: "codes" | "reasons", key: number | string | undefined, texts: Texts): { row: Texts["codes"][number]; hint(number: string | number | undefined): string | undefined } | undefined {
  for (const scope of key === undefined ? [] : [texts, CORE]) {
    const row = typeof key === "number" ? scope[list][key] : scope[list].find(([name]) => name === key);
    if (row) return { row, hint: (number) => scope.hints[number as number] };
  }
  return undefined;
}

/** A reason's text, by its number in the wasm modules. */
export const reasonText = (number: number): string => String(CORE.reasons[number]?.[1] ?? "");

/** `code` and `reason`: names, or numbers of the wasm modules. */
export function sentence(code: number | PallyConErrorCode, reason?: number | ReasonId, parts: Parts = {}, texts: Texts = CORE): Sentence {
  const { parameters = [], httpStatus, offset = 0 } = parts;
  const known = find("codes", code, texts) ?? find("codes", "internal", CORE)!;
  const why = find("reasons", reason, texts);
  const [name, phaseNumber, hint, template, retryable] = known.row;
  const phase = parts.phase ?? PHASES[phaseNumber as number]!;
  const values: Record<string, string> = { phase, offset: String(offset), http: httpStatus ? ` (HTTP ${httpStatus})` : "", words: String(name).replace(/-/g, " ") };
  const message = String(template || "{reason}")
    .replace("{reason}", () => String(why?.row[1] ?? ""))
    .replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? String(parameters[Number(key)] ?? ""));
  return { code: name as PallyConErrorCode, phase, message, hint: why?.hint(why.row[2]) ?? known.hint(hint) ?? "", retryable: !!retryable };
}
