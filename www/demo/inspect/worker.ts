// The worker that reads the input, so that a manifest of megabytes does not block the page.
import { init, tools } from "./tools.js";

export interface Asked {
  id: number;
  name: keyof typeof tools;
  input: unknown;
}
export interface Answered {
  id: number;
  result?: unknown;
  error?: { message: string; hint?: string; code?: string };
}

addEventListener("message", async ({ data: { id, name, input } }: MessageEvent<Asked>) => {
  const answer = (answered: Omit<Answered, "id">, moved: Transferable[] = []) =>
    (postMessage as (message: Answered, moved: Transferable[]) => void)({ id, ...answered }, moved);
  try {
    await init();
    const result = (tools[name] as (input: unknown) => unknown)(input);
    // The bytes belong to this worker: no need for another copy.
    const { bytes } = (result ?? {}) as { bytes?: Uint8Array<ArrayBuffer> };
    answer({ result }, bytes ? [bytes.buffer] : []);
  } catch (error) {
    const { message, hint, code } = error as Error & { hint?: string; code?: string };
    answer({ error: { message, ...(hint && { hint }), ...(code && { code }) } });
  }
});
