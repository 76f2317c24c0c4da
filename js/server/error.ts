// Errors of this entry that come up before or after the wasm module: in the same words as its own.
import { createError, type PallyConError, type PallyConErrorCode } from "../core.js";
import type { Reason } from "../generated/codes.js";
import { TOOLS } from "../generated/tools-texts.js";

interface Details {
  parameters?: (string | number)[];
  cause?: unknown;
}

export const serverError = (code: PallyConErrorCode, reason: Reason, details: Details = {}): PallyConError =>
  createError(code, { phase: "server", reason, ...details }, TOOLS);
