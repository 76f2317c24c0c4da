// Reads bodies up to a limit.

/** All bytes, or undefined if there are more than allowed. Compressed bodies count by their decompressed length. */
export async function readBody(
  body: ReadableStream<Uint8Array> | null,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || !value) return join(chunks, size);
    size += value.length;
    if (size > most) {
      // The rest is not needed, and it does not matter if the cancellation fails.
      reader?.cancel().catch(() => undefined);
      return undefined;
    }
    chunks.push(value);
  }
}

/** Joins all chunks. */
export function join(chunks: Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
