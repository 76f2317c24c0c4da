// The problems that diagnose() finds, worded by the table.
import { createProblem } from "../core.js";
import type { PallyConErrorCode, Problem } from "../core.js";
import { ENVIRONMENT } from "../generated/environment-texts.js";
import type { Reason } from "../generated/codes.js";

export const problem = (code: PallyConErrorCode, parameters: (string | number)[] = [], reason?: Reason): Problem =>
  createProblem(code, reason, parameters, ENVIRONMENT);
