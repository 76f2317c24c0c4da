// The texts of codes and reasons. They are bundled data (errors.json), so that a failure explains itself offline and
// consistently.
import { CORE } from "../generated/core-texts.js";
import { PHASES, type PallyConErrorCode, type Reason } from "../generated/codes.js";

export type Phase = (typeof PHASES)[number];

/** One scope of the table. */
export interface Texts {
  hints: readonly string[];
  /** code, phase number, hint number, message (absent: the reason's), 1 if retryable */
  codes: readonly (readonly (string | number)[])[];
  /** the number of the first reason: the wasm modules number all scopes consecutively */
  firstReason: number;
  /** text, and a hint number and message that override the code's */
  reasons: readonly (readonly (string | number | null)[])[];
}

/** Values for a template: see src/error.rs for the placeholders. */
export interface Parts {
  parameters?: readonly (string | number)[] | undefined;
  phase?: Phase | undefined;
  httpStatus?: number | undefined;
  offset?: number | undefined;
}

/** The texts of a code and a reason. */
export interface Sentence {
  code: PallyConErrorCode;
  phase: Phase;
  message: string;
  hint: string;
  retryable: boolean;
}

/** A reason's text, by its number. */
export const reasonText = (reason: Reason): string => String(CORE.reasons[reason]?.[0] ?? "");

/** `code`: its name, or its number in the player module. A scope includes codes that the core lacks. */
export function sentence(
  code: number | PallyConErrorCode,
  reason?: Reason,
  parts: Parts = {},
  texts: Texts = CORE,
): Sentence {
  const { parameters = [], httpStatus, offset = 0 } = parts;
  const own = texts.codes.find(([name]) => name === code);
  const [name, phaseNumber, hint, template, retryable] =
    own ?? (typeof code === "number" ? CORE.codes[code] : CORE.codes.find(([name]) => name === code)) ?? CORE.codes[0]!;
  const ownReason = reason === undefined ? undefined : texts.reasons[reason - texts.firstReason];
  const [text = "", reasonHint, reasonTemplate] =
    ownReason ?? (reason === undefined ? undefined : CORE.reasons[reason]) ?? [];
  const hints = reasonHint == null ? (own ? texts : CORE).hints : (ownReason ? texts : CORE).hints;
  const phase = parts.phase ?? PHASES[phaseNumber as number]!;
  const values: Record<string, string> = {
    phase,
    offset: String(offset),
    http: httpStatus ? ` (HTTP ${httpStatus})` : "",
    words: String(name).replace(/-/g, " "),
  };
  const message = String(reasonTemplate || template || "{reason}")
    .replace("{reason}", () => String(text))
    .replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? String(parameters[Number(key)] ?? ""));
  return {
    code: name as PallyConErrorCode,
    phase,
    message,
    hint: hints[(reasonHint ?? hint) as number]!,
    retryable: !!retryable,
  };
}
