// The worker that reads: a manifest of megabytes does not stop the page.
import { init, tools } from "./tools.js";

export interface Asked { id: number; name: keyof typeof tools; input: unknown }
export interface Answered { id: number; result?: unknown; error?: { message: string; hint?: string; code?: string } }

onmessage = async ({ data: { id, name, input } }: MessageEvent<Asked>) => {
  const answer = (answered: Omit<Answered, "id">) => (postMessage as (message: Answered) => void)({ id, ...answered });
  try {
    await init();
    answer({ result: (tools[name] as (input: unknown) => unknown)(input) });
  } catch (error) {
    const { message, hint, code } = error as Error & { hint?: string; code?: string };
    answer({ error: { message, ...(hint && { hint }), ...(code && { code }) } });
  }
};
