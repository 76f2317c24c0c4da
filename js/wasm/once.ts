/** Calls `load` once, however often it is called. A failed load can be repeated. */
export function loadOnce<A extends unknown[], T>(load: (...given: A) => Promise<T>): (...given: A) => Promise<T> {
  let loading: Promise<T> | undefined;
  return (...given) =>
    (loading ??= load(...given).catch((error: unknown) => {
      loading = undefined;
      throw error;
    }));
}
