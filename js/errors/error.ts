// The error class, and the functions that make errors from codes.
import type { PallyConErrorCode, Reason } from "../generated/codes.js";
import type { Problem, RequestContext } from "../types.js";
import { sentence, type Parts, type Phase, type Texts } from "./texts.js";

export type { Phase };

/** The parts of an error. */
export interface ErrorFields {
  code: PallyConErrorCode;
  phase: Phase;
  message: string;
  hint: string;
  retryable?: boolean;
  serverCode?: string;
  serverMessage?: string;
  siteError?: { code: string; message: string };
  httpStatus?: number;
  offset?: number;
  problems?: Problem[];
  keySystem?: string;
  messageType?: RequestContext["messageType"];
  cause?: unknown;
}

/**
 * Every failure of this package. `message` is one line for people and includes PallyCon's own code if there is one;
 * `hint` says what to do. Compare `code`, which is stable; docs/errors.md lists the codes.
 */
export class PallyConError extends Error {
  declare readonly name: "PallyConError";
  declare readonly code: PallyConErrorCode;
  declare readonly phase: Phase;
  declare readonly hint: string;
  declare readonly serverCode?: string;
  declare readonly serverMessage?: string;
  declare readonly siteError?: { code: string; message: string };
  declare readonly httpStatus?: number;
  declare readonly offset?: number;
  declare readonly problems?: Problem[];
  declare readonly retryable: boolean;
  /** rx-player reads these two on what getLicense throws. */
  declare readonly noRetry: boolean;
  declare readonly fallbackOnLastTry: boolean;
  declare readonly keySystem?: string;
  /** the EME type of the message behind the request: a refused renewal differs from a refused license */
  declare readonly messageType?: RequestContext["messageType"];
  declare readonly cause?: unknown;

  constructor(fields: ErrorFields) {
    super(fields.message);
    const { message, cause, ...known } = fields;
    const retryable = !!fields.retryable;
    Object.assign(this, known, { name: "PallyConError", retryable, noRetry: !retryable, fallbackOnLastTry: false });
    // Like the language's own `cause`: present, and not enumerable.
    if (cause !== undefined) Object.defineProperty(this, "cause", { value: cause, configurable: true, writable: true });
  }

  /** Everything except the cause, which may contain anything. */
  toJSON(): Record<string, unknown> {
    return { code: this.code, message: this.message, ...(this as object) };
  }
}

type More = Omit<Partial<ErrorFields>, "code" | "message" | "hint">;

/** Makes the error for a code, with the table's texts. */
export function createError(
  code: PallyConErrorCode,
  fields: More & Parts & { reason?: Reason | undefined } = {},
  texts?: Texts,
): PallyConError {
  const { reason, parameters, ...more } = fields;
  return new PallyConError({ ...sentence(code, reason, fields, texts), ...more });
}

/** The same, from the numbers that a wasm module returns. */
export function errorFromNumbers(
  code: number,
  reason: number | undefined,
  parameters: string[],
  more: More = {},
): PallyConError {
  return new PallyConError({ ...sentence(code, reason, { parameters, ...more }), ...more });
}

/** A problem that is not a failure yet. */
export function createProblem(
  code: PallyConErrorCode | number,
  reason?: Reason,
  parameters?: (string | number)[],
  texts?: Texts,
): Problem {
  const { code: name, message, hint } = sentence(code, reason, { parameters }, texts);
  return { code: name, message, hint };
}

/** A copy of an error with some fields changed. */
export function withFields(error: PallyConError, fields: Partial<ErrorFields>): PallyConError {
  return new PallyConError({
    ...(error.toJSON() as unknown as ErrorFields),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    ...fields,
  });
}

/**
 * Turns anything thrown into a PallyConError: unchanged if it is one, otherwise `code` with the original as its cause.
 */
export function toPallyConError(
  thrown: unknown,
  code: PallyConErrorCode = "internal",
  fields?: Parameters<typeof createError>[1],
): PallyConError {
  return thrown instanceof PallyConError ? thrown : createError(code, { ...fields, cause: thrown });
}

/** An error of a module other than the player's: JSON text that includes the sentences. */
export function fromThrown(thrown: unknown): PallyConError {
  return typeof thrown === "string" && thrown[0] === "{"
    ? new PallyConError(JSON.parse(thrown) as ErrorFields)
    : toPallyConError(thrown);
}
