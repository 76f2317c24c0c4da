// The one error class. The core throws its errors as JSON texts; here they become something a person can read.
import type { Problem } from "./types.js";

export type Phase = "environment" | "init-data" | "custom-data" | "certificate" | "license" | "session" | "manifest" | "segment" | "server";

/** What an error is made of: the JSON of `src/error.rs`, and what only JavaScript knows. */
export interface ErrorFields {
  code: string;
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
  cause?: unknown;
}

/**
 * Every failure of this package. `message` is one line for a person and holds PallyCon's own code where there is one;
 * `hint` says what to do. Compare `code`, which is stable; docs/errors.md lists them.
 */
export class PallyConError extends Error {
  declare readonly name: "PallyConError";
  declare readonly code: string;
  declare readonly phase: Phase;
  declare readonly hint: string;
  declare readonly serverCode?: string;
  declare readonly serverMessage?: string;
  declare readonly siteError?: { code: string; message: string };
  declare readonly httpStatus?: number;
  declare readonly offset?: number;
  declare readonly problems?: Problem[];
  declare readonly retryable: boolean;
  /** rx-player reads these two from what getLicense throws. */
  declare readonly noRetry: boolean;
  declare readonly fallbackOnLastTry: boolean;
  declare readonly keySystem?: string;
  declare readonly cause?: unknown;

  constructor(fields: ErrorFields) {
    super(fields.message);
    const { message, cause, ...known } = fields;
    const retryable = !!fields.retryable;
    Object.assign(this, known, { name: "PallyConError", retryable, noRetry: !retryable, fallbackOnLastTry: false });
    // As the language's own `cause`: there, and not listed.
    if (cause !== undefined) Object.defineProperty(this, "cause", { value: cause, configurable: true, writable: true });
  }

  /** All but the cause, which may hold anything. */
  toJSON(): Record<string, unknown> {
    return { code: this.code, message: this.message, ...(this as object) };
  }
}

/** Whatever was thrown, as a PallyConError: the core's JSON, one already, or `otherwise` with the thing as its cause. */
export function toPallyConError(thrown: unknown, otherwise: ErrorFields, more?: Partial<ErrorFields>): PallyConError {
  if (thrown instanceof PallyConError) return thrown;
  if (typeof thrown === "string" && thrown[0] === "{") return new PallyConError({ ...(JSON.parse(thrown) as ErrorFields), ...more });
  return new PallyConError({ ...otherwise, ...more, cause: thrown });
}
