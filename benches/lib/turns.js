// In the page: measures several functions in turns. mitata times each; because of the turns their ratios hold on
// a busy machine.
import { measure } from "mitata/src/lib.mjs";
import { rotated } from "./stats.mjs";

/**
 * A turn of one function: long enough for a good sample, short enough that the machine is the same for the next one.
 */
const TURN = { min_cpu_time: 15e6, min_samples: 3, max_samples: 1000, gc: false };
/** Milliseconds. */
const WARM_UP = 100;
/**
 * The length of one sample, in milliseconds: 50 steps of the page's clock, and rarely interrupted by other processes.
 */
const UNIT = 0.25;
/** The fastest of this many samples shows how long it takes while nothing else is running. */
const TRIES = 3;

/** Functions after warm-up, by name: how one is run, and how often for one sample. */
const units = new Map();

/** Runs it until its code is compiled, and finds out how often it has to run to be timed. Once is enough. */
export async function warmUp(name, work) {
  if (units.has(name)) return;
  const end = performance.now() + WARM_UP;
  do await work();
  while (performance.now() < end);
  const isAsync = work() instanceof Promise;
  for (let repeat = 1; ; repeat *= 2) {
    const sync = () => {
      for (let i = 0; i < repeat; i += 1) work();
    };
    const async = async () => {
      for (let i = 0; i < repeat; i += 1) await work();
    };
    const run = isAsync ? async : sync;
    let fastest = Infinity;
    for (let i = 0; i < TRIES; i += 1) {
      const started = performance.now();
      await run();
      fastest = Math.min(fastest, performance.now() - started);
    }
    if (fastest >= UNIT) return void units.set(name, { repeat, run });
  }
}

/**
 * @param {string} what the works have in common
 * @param {Record<string, () => unknown>} works
 * @param {number} round
 * @returns {Promise<Record<string, number>>} the lower quartile of each, in nanoseconds: other work of the machine only
 *   makes a sample slower
 */
export async function turn(what, works, round) {
  const found = {};
  for (const [name, work] of Object.entries(works)) await warmUp(`${what}/${name}`, work);
  for (const name of rotated(Object.keys(works), round)) {
    const { repeat, run } = units.get(`${what}/${name}`);
    // batch_threshold: mitata's own batches are as long as 4096 calls.
    found[name] = (await measure(run, { ...TURN, batch_threshold: 0 })).p25 / repeat;
  }
  return found;
}
