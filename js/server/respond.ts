// Shared by the handlers: how they respond.
import { PallyConError } from "../core.js";

/** Tokens are for one viewer at one moment; what is refused now may be granted soon. */
const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

export const respond = (status: number, text: string | null, more?: Record<string, string>): Response =>
  new Response(text, {
    status,
    headers: { ...HEADERS, ...(text === null ? {} : { "content-type": "text/plain; charset=utf-8" }), ...more },
  });

/** Reports a failure to the site. A failing `onError`, synchronous or not, must not end the process. */
export function report(error: unknown, onError: ((error: unknown) => unknown) | undefined | null): void {
  try {
    Promise.resolve((onError ?? logError)(error)).catch(logError);
  } catch (thrown) {
    logError(thrown);
  }
}

function logError(error: unknown): void {
  console.error(error instanceof PallyConError ? `pallycon-drm: ${error.message} ${error.hint}` : error);
}
