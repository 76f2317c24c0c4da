// Waiting, never for ever.
import { createError, type PallyConError, type Phase } from "./errors/error.js";
import { Reason } from "./generated/codes.js";

export const aborted = (phase: Phase): PallyConError => createError("aborted", { phase });

export interface Limit {
  ms: number;
  signal?: AbortSignal | undefined;
  phase: Phase;
  /** what is thrown when the time is over */
  late: () => PallyConError;
  /** called when it was given up: the work is left to itself then */
  giveUp?: () => void;
}

/** `work`, unless the caller's signal comes first. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, phase: Phase): Promise<T> {
  if (!signal) return work;
  let onAbort!: () => void;
  const given = new Promise<never>((_, reject) => { onAbort = () => reject(aborted(phase)); });
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([given, work]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** `work`, unless the caller's signal or the time limit comes first. */
export async function withTimeout<T>({ ms, signal, phase, late, giveUp }: Limit, work: () => Promise<T>): Promise<T> {
  if (signal?.aborted) throw aborted(phase);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(late()), ms); });
  const limit = unlessAborted(over, signal, phase);
  // Work that fails after it was given up is nobody's error.
  limit.catch(() => giveUp?.());
  try {
    return await Promise.race([limit, work()]);
  } finally {
    clearTimeout(timer);
  }
}

/** Nobody answered in time. `who`: "The server", "customData". */
export const tooLate = (who: string, ms: number, phase: Phase): PallyConError => createError("timeout", { phase, reason: Reason.NoAnswerInTime, parameters: [who, ms] });

/** Waits, unless the page gives up. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => { clearTimeout(timer); reject(aborted("license")); };
    const timer = setTimeout(() => { signal?.removeEventListener("abort", onAbort); resolve(); }, ms);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort);
  });
}
