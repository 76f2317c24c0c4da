// In the page: measures several functions in turns. mitata times each; the turns are what makes their ratios hold on
// a busy machine.
import { measure } from "mitata/src/lib.mjs";
import { rotated } from "./stats.mjs";

/** A turn of one function: long enough for mitata's batches, short enough that the next turn meets the same machine. */
const TURN = { min_cpu_time: 15e6, min_samples: 3, max_samples: 1000, batch_samples: 256, gc: false };
const WARM_UP = 100;
const warm = new Set();

/** Runs it until its code is compiled, so that mitata can see whether it has to batch. Once is enough. */
export async function warmUp(work, name) {
  if (warm.has(name)) return;
  const end = performance.now() + WARM_UP;
  do await work();
  while (performance.now() < end);
  warm.add(name);
}

/**
 * @param {string} what the works have in common
 * @param {Record<string, () => unknown>} works
 * @param {number} round
 * @returns {Promise<Record<string, number>>} the median of each, in nanoseconds
 */
export async function turn(what, works, round) {
  const found = {};
  for (const [name, work] of Object.entries(works)) await warmUp(work, `${what}/${name}`);
  for (const name of rotated(Object.keys(works), round)) found[name] = (await measure(works[name], { ...TURN })).p50;
  return found;
}
