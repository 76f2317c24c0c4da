// Waiting with a time limit.
import { createError, type PallyConError, type Phase } from "./errors/error.js";
import { Reason } from "./generated/codes.js";

/** The longest delay that setTimeout accepts, in milliseconds. */
export const MAX_TIMER = 0x7fffffff;

export const aborted = (phase: Phase): PallyConError => createError("aborted", { phase });

/**
 * Chromium before 66 (Tizen 5.0, 2018) has none. There the signal is another object with listeners, because `new
 * EventTarget()` is newer, too. `fetch` ignores it: an aborted request keeps running.
 */
export function newAbortController(): AbortController {
  if (typeof AbortController !== "undefined") return new AbortController();
  const signal = new XMLHttpRequest() as EventTarget as AbortSignal;
  signal.addEventListener("abort", () => Object.assign(signal, { aborted: true }));
  return { signal, abort: () => signal.dispatchEvent(new Event("abort")) } as unknown as AbortController;
}

export interface Limit {
  /** absent: no limit */
  ms?: number;
  signal?: AbortSignal | undefined;
  phase: Phase;
  /** thrown when the time is over */
  late?: () => PallyConError;
  /** called when the wait has ended early: the work then runs on unobserved */
  giveUp?: () => void;
}

/** `work`, unless the caller's signal or the time limit comes first. Leaves neither a timer nor a listener behind. */
export async function withTimeout<T>({ ms, signal, phase, late, giveUp }: Limit, work: () => Promise<T>): Promise<T> {
  if (signal?.aborted) throw aborted(phase);
  let stop!: (error: PallyConError) => void;
  const stopped = new Promise<never>((_, reject) => {
    stop = (error) => {
      reject(error);
      giveUp?.();
    };
  });
  const onAbort = () => stop(aborted(phase));
  const timer = late && setTimeout(() => stop(late()), ms);
  signal?.addEventListener("abort", onAbort);
  try {
    return await Promise.race([stopped, work()]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** No response in time. `who`: "The server", "customData". */
export const tooLate = (who: string, ms: number, phase: Phase): PallyConError =>
  createError("timeout", { phase, reason: Reason.NoAnswerInTime, parameters: [who, ms] });

/** How long playback can continue with what is buffered, in milliseconds, at the current rate. */
export function bufferedAhead({ buffered, currentTime, playbackRate }: HTMLMediaElement): number {
  for (let index = 0; index < buffered.length; index++) {
    const [start, end] = [buffered.start(index), buffered.end(index)];
    // Slow motion may end at any time.
    if (start <= currentTime && currentTime < end) return ((end - currentTime) * 1000) / Math.max(1, playbackRate || 1);
  }
  return 0;
}

/** Waits, unless the page aborts, or `early` comes before. */
export function sleep(ms: number, signal?: AbortSignal, early?: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(aborted("license"));
    };
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      resolve();
    };
    const timer = setTimeout(done, Math.min(ms, MAX_TIMER));
    void early?.then(done);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort);
  });
}
