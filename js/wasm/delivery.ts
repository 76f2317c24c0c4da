// The core's part of a client's requests: src/web/delivery.rs.
import { Delivery, rotationDelay } from "../../build/wasm/player/pallycon_drm.js";
import { decodeOutput } from "./core.js";
import { guarded } from "./load.js";

export { Delivery };
export { instance } from "./load.js";

/** Calls the core; `record`: what it returns is the length of one. */
export function run<T>(call: () => T): T;
export function run<T>(call: () => number, record: true): T;
export function run(call: () => unknown, record = false): unknown {
  return guarded(() => {
    const result = call();
    return record ? decodeOutput(result as number) : result;
  });
}

/** How long to put off the license of a coming key period, in milliseconds. */
export const delayOfRotation = (spread: number, neededIn: number, latency: number): number =>
  guarded(() => rotationDelay(spread, neededIn, latency, Math.random()));
