// Errors of this entry that occur before or after a call of the wasm module: worded like the module's.
import { createError, type PallyConError, type PallyConErrorCode } from "../core.js";
import type { Reason } from "../generated/codes.js";
import { TOOLS } from "../generated/tools-texts.js";

interface Details {
  parameters?: (string | number)[];
  cause?: unknown;
}

export const serverError = (code: PallyConErrorCode, reason: Reason, details: Details = {}): PallyConError =>
  createError(code, { phase: "server", reason, ...details }, TOOLS);
