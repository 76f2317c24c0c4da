// The core's part of a client's requests: src/web/delivery.rs.
import { Delivery, rotationDelay } from "../../build/wasm/player/pallycon_drm.js";
import { decodeOutput } from "./core.js";
import { guarded } from "./load.js";

export { instance } from "./load.js";

/** The core's state of a client's requests. Spelled out, because the package's types do not include the module's. */
export interface Core {
  begin(now: number): number;
  setOnline(online: boolean): void;
  asking(chain: number, content: string, now: number): number;
  failed(
    chain: number,
    source: "token" | "unanswered" | "server" | "page",
    retryable: boolean,
    retryAfter: string | undefined,
    code: string,
    now: number,
    random: number,
  ): number;
  timer(chain: number, now: number, random: number): number;
  licensed(chain: number): number;
  aborted(chain: number): number;
}

export const newCore = (
  attempts: number,
  base: number,
  cap: number,
  total: number,
  refusals: number | undefined,
  pause: number,
): Core => guarded(() => new Delivery(attempts, base, cap, total, refusals, pause));

/** Calls the core; `record`: it returns the length of one. */
export function run<T>(call: () => T): T;
export function run<T>(call: () => number, record: true): T;
export function run(call: () => unknown, record = false): unknown {
  return guarded(() => {
    const result = call();
    return record ? decodeOutput(result as number) : result;
  });
}

/** How long to delay the license of a coming key period, in milliseconds. */
export const delayOfRotation = (spread: number, neededIn: number, latency: number): number =>
  guarded(() => rotationDelay(spread, neededIn, latency, Math.random()));
