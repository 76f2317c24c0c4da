// Browsers may take a minute to answer a question about keys: nothing here waits longer than its own time limit.

/** What `work` resolves with, or `late` when `ms` are over first. The timer is gone once either has happened. */
export function within<T, L>(ms: number, work: Promise<T>, late: L): Promise<T | L> {
  let timer: ReturnType<typeof setTimeout>;
  const over = new Promise<L>((resolve) => { timer = setTimeout(() => resolve(late), ms); });
  return Promise.race([work, over]).finally(() => clearTimeout(timer));
}
