// Waiting, never for ever.
import { createError, type PallyConError, type Phase } from "./errors/error.js";
import { Reason } from "./generated/codes.js";

/** The longest delay that setTimeout accepts, in milliseconds. */
export const MAX_TIMER = 0x7fffffff;

export const aborted = (phase: Phase): PallyConError => createError("aborted", { phase });

/**
 * Chromium before 66 (Tizen 5.0, 2018) has none. There the signal is another object with listeners, because `new EventTarget()`
 * is newer, too. `fetch` ignores it: a request that was given up runs on.
 */
export function newAbortController(): AbortController {
  if (typeof AbortController !== "undefined") return new AbortController();
  const signal = new XMLHttpRequest() as EventTarget as AbortSignal;
  signal.addEventListener("abort", () => Object.assign(signal, { aborted: true }));
  return { signal, abort: () => signal.dispatchEvent(new Event("abort")) } as unknown as AbortController;
}

export interface Limit {
  /** absent: as long as it takes */
  ms?: number;
  signal?: AbortSignal | undefined;
  phase: Phase;
  /** what is thrown when the time is over */
  late?: () => PallyConError;
  /** called when it was given up: the work is left to itself then */
  giveUp?: () => void;
}

/** `work`, unless the caller's signal or the time limit comes first. Neither a timer nor a listener is left. */
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

/** Nobody answered in time. `who`: "The server", "customData". */
export const tooLate = (who: string, ms: number, phase: Phase): PallyConError =>
  createError("timeout", { phase, reason: Reason.NoAnswerInTime, parameters: [who, ms] });

/** How much of the media can be played without any more of it, in milliseconds, at the rate at which it is played. */
export function bufferedAhead({ buffered, currentTime, playbackRate }: HTMLMediaElement): number {
  for (let index = 0; index < buffered.length; index++) {
    const [start, end] = [buffered.start(index), buffered.end(index)];
    // Slow motion may end at any time.
    if (start <= currentTime && currentTime < end) return ((end - currentTime) * 1000) / Math.max(1, playbackRate || 1);
  }
  return 0;
}

/** Waits, unless the page gives up, or `early` comes before. */
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
