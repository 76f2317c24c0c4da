// Sentences of codes and reasons. They are data (errors.json), bundled, so that a failure explains itself offline and always alike.
import { CORE } from "../generated/core-texts.js";
import { PHASES, type PallyConErrorCode, type Reason } from "../generated/codes.js";

export type Phase = (typeof PHASES)[number];

/** One scope of the table. */
export interface Texts {
  hints: readonly string[];
  /** code, number of the phase, number of the hint, message (absent: that of the reason), 1 where another try may succeed */
  codes: readonly (readonly (string | number)[])[];
  /** the number of the first reason: the wasm modules number all scopes in one */
  firstReason: number;
  /** text, number of a hint and a message that go before the code's */
  reasons: readonly (readonly (string | number | null)[])[];
}

/** What goes into a template: see src/error.rs for the placeholders. */
export interface Parts {
  parameters?: readonly (string | number)[] | undefined;
  phase?: Phase | undefined;
  httpStatus?: number | undefined;
  offset?: number | undefined;
}

/** A code and a reason in words. */
export interface Sentence {
  code: PallyConErrorCode;
  phase: Phase;
  message: string;
  hint: string;
  retryable: boolean;
}

/** A reason's text, by its number. */
export const reasonText = (reason: Reason): string => String(CORE.reasons[reason]?.[0] ?? "");

/** `code`: its name, or its number in the player module. A scope has what the core has not. */
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
