// Bodies, read up to a limit.

/** All of the bytes, or undefined if there are more than allowed. What was compressed counts by its full length. */
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
      // What is still to come is not wanted; whether that can be said does not matter.
      reader?.cancel().catch(() => undefined);
      return undefined;
    }
    chunks.push(value);
  }
}

/** One array of all chunks. */
export function join(chunks: Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
