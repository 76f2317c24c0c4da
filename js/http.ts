// One exchange over HTTP: the core fetches, this keeps the time and listens to who may give it up.
import { PallyConError, type Phase } from "./error.js";
import { Call, textOf } from "./door.js";
import { call, loadFull, send } from "./load.js";
import type { Drm, LicenseResponse, Octets } from "./types.js";

export interface Exchange {
  method: string; url: string; headers: Record<string, string>; body: Octets | null;
  credentials: boolean; timeout: number; signal?: AbortSignal | undefined; phase: Phase; drm: Drm;
}
export interface Answer extends LicenseResponse { body: Octets; url: string; retryAfter: string | undefined }

const aborted = (phase: Phase) =>
  new PallyConError({ code: "aborted", phase, message: "The request was given up by the page.", hint: "Nothing to mend: the player was stopped, or another source was loaded." });

/** `work`, unless the caller's signal or the timeout comes first: then `giveUp` is called and its work is left to itself. */
export async function limited<T>(signal: AbortSignal | undefined, timeout: number, phase: Phase, what: string, work: () => Promise<T>, giveUp?: () => void): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort!: () => void;
  const limit = new Promise<never>((_, reject) => {
    onAbort = () => reject(aborted(phase));
    timer = setTimeout(() => reject(new PallyConError({
      code: "timeout", phase, retryable: true, message: `${what} did not answer within ${timeout} ms.`, hint: "Check the connection, or raise the timeout option.",
    })), timeout);
  });
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort);
  // Whichever comes first; work that fails after it was given up is nobody's error.
  limit.catch(() => giveUp?.());
  try {
    return await Promise.race([limit, signal?.aborted ? limit : work()]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** No failure is told later than this for want of its explanation. */
const PATIENCE = 5000;

/** Loads the full module for who cannot do without it, but not for ever. A shorter timeout, or none, is meant for the page's own servers. */
export const loadInTime = (timeout: number, signal?: AbortSignal): Promise<void> =>
  // Who had given up before is told so where it is told with the full module, too.
  limited(signal?.aborted ? undefined : signal, timeout > PATIENCE ? timeout : PATIENCE, "environment", "The server of full.wasm", () => loadFull());

/** Loads the full module for something that has to be explained. Where it cannot be had, what can be said is said. */
export const loadToExplain = (signal?: AbortSignal): Promise<void> => loadInTime(PATIENCE, signal).catch(() => {});

export function exchange(request: Exchange): Promise<Answer> {
  // Absent in Chromium before 66 (Tizen 5.0, 2018): there a request that was given up runs on by itself. The caller's own
  // signal is not handed on: see src/web/fetch.rs.
  const controller = typeof AbortController === "function" ? new AbortController() : undefined;
  let failure: unknown;
  return limited(request.signal, request.timeout, request.phase, "The server", async () => {
    try {
      const { method, url, headers, body, credentials } = request;
      const asked = new Request(url, { method, headers, body, credentials: credentials ? "include" : "same-origin", signal: controller ? controller.signal : null });
      const response = await send(asked);
      return { status: response.status, url: response.url, body: new Uint8Array(await response.arrayBuffer()), retryAfter: response.headers.get("retry-after") ?? undefined };
    } catch (thrown) {
      failure = thrown;
      throw thrown;
    }
  }, () => controller?.abort(new Error("given up"))).catch(async (thrown: unknown) => {
    // Its explanation is not the server's time, and who gave up needs none.
    throw thrown === failure ? await unreachable(request, thrown) : thrown;
  });
}

/** What a page can know when there was no answer: the core's words for status 0, with the browser's error as the cause. */
async function unreachable({ drm, phase, signal }: Exchange, cause: unknown): Promise<unknown> {
  await loadToExplain(signal);
  try {
    call(phase === "certificate" ? Call.readCertificate : Call.readLicense, drm, 0, new Uint8Array());
    return unexplained(phase, 0, cause);
  } catch (error) {
    const fields = (error as PallyConError).toJSON();
    return new PallyConError({ ...(fields as unknown as ConstructorParameters<typeof PallyConError>[0]), phase, cause });
  }
}

/** An answer that is no license, where the full module is not there to say why. Of PallyCon's own words the number alone is told: texts have to be looked through for secrets. */
export function unexplained(phase: Phase, status: number, cause?: unknown, body?: Uint8Array): PallyConError {
  const fine = status >= 200 && status < 300;
  const serverCode = /"errorCode"\s*:\s*"?(\w{1,9})\b/.exec(textOf(body))?.[1];
  return new PallyConError({
    code: fine ? "not-a-license" : status ? "http-status" : "network", phase, retryable: !status || status === 408 || status === 429 || status >= 500, ...(status ? { httpStatus: status } : {}), cause,
    ...(serverCode ? { serverCode } : {}),
    message: status ? `${serverCode ? `PallyCon ${serverCode}: ` : ""}The answer to the ${phase} request cannot be used (HTTP ${status}).` : "The server could not be reached.",
    hint: "Serve full.wasm beside player.wasm, and await init() before readLicense(): it says what is wrong.",
  });
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
