// One exchange over HTTP: the core fetches, this keeps the time and listens to who may give it up.
import { PallyConError, type Phase } from "./error.js";
import { call } from "./load.js";
import type { Drm, LicenseResponse, Octets } from "./types.js";

export interface Exchange {
  method: string; url: string; headers: Record<string, string>; body: Octets | null;
  credentials: boolean; timeout: number; signal?: AbortSignal | undefined; phase: Phase; drm: Drm;
}
export interface Answer extends LicenseResponse { body: Octets; url: string; retryAfter?: string }

const aborted = (phase: Phase, cause?: unknown) =>
  new PallyConError({ code: "aborted", phase, message: "The request was given up by the page.", hint: "Nothing to mend: the player was stopped, or another source was loaded.", cause });

/** `work`, unless `signal` or the timeout comes first. `cancel` resolves with "timeout" or "aborted" then. */
export async function limited<T>(signal: AbortSignal | undefined, timeout: number, phase: Phase, what: string, work: (cancel: Promise<string>) => Promise<T>): Promise<T> {
  if (signal?.aborted) throw aborted(phase);
  let cancel!: (why: string) => void;
  const cancelled = new Promise<string>((resolve) => { cancel = resolve; });
  const timer = setTimeout(() => cancel("timeout"), timeout);
  const onAbort = () => cancel("aborted");
  signal?.addEventListener("abort", onAbort);
  try {
    return await Promise.race([work(cancelled), cancelled.then((why) => { throw why; })]);
  } catch (thrown) {
    if (thrown === "aborted") throw aborted(phase);
    if (thrown === "timeout") {
      throw new PallyConError({ code: "timeout", phase, retryable: true, message: `${what} did not answer within ${timeout} ms.`, hint: "Check the connection, or raise the timeout option." });
    }
    throw thrown;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

export function exchange(request: Exchange): Promise<Answer> {
  return limited(request.signal, request.timeout, request.phase, "The server", async (cancel) => {
    let answer: [number, string, Octets, string | null];
    try {
      const sent = call((core) => core.send(request.method, request.url, Object.entries(request.headers), request.body, request.credentials, cancel));
      answer = (await sent) as typeof answer;
    } catch (thrown) {
      if (typeof thrown === "string" || thrown instanceof PallyConError) throw thrown;
      throw unreachable(request, thrown);
    }
    const [status, url, body, retryAfter] = answer;
    return { status, url, body, ...(retryAfter === null ? {} : { retryAfter }) };
  });
}

/** What a page can know when there was no answer: the core's words for status 0, with the browser's error as the cause. */
function unreachable({ drm, phase }: Exchange, cause: unknown): unknown {
  try {
    return call((core) => core.readLicense(drm, 0, new Uint8Array()));
  } catch (error) {
    const fields = (error as PallyConError).toJSON();
    return new PallyConError({ ...(fields as unknown as ConstructorParameters<typeof PallyConError>[0]), phase, cause });
  }
}

/** Waits, unless the page gives up. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => { clearTimeout(timer); reject(aborted("license")); };
    const timer = setTimeout(() => { signal?.removeEventListener("abort", onAbort); resolve(); }, ms);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort);
  });
}
