// Browsers may take a minute to answer an EME query: nothing here waits longer than its own time limit.

/** A time limit shared by several waits: `over` resolves when it is reached. */
export interface Deadline {
  over: Promise<void>;
  clear(): void;
}

export function deadline(ms: number): Deadline {
  let timer: ReturnType<typeof setTimeout>;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return { over, clear: () => clearTimeout(timer) };
}

/** The result of `work`, or `late` if the time limit comes first. */
export const before = <T, L>({ over }: Deadline, work: Promise<T>, late: L): Promise<T | L> =>
  Promise.race([work, over.then(() => late)]);
