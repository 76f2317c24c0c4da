/**
 * How many licenses per second a run's server issues, and how many requests may wait for one, as in a live event.
 *     request ─► more than `queue` are waiting? ─ yes ─► 503, Retry-After
 *                  │ no
 *                  ▼
 *                waits for its turn, one every 1/perSecond ─► the response
 */
import { HttpError } from "./errors.mjs";

/** The default, for runs that set no limits. */
const UNLIMITED = { perSecond: Number.POSITIVE_INFINITY, queue: Number.POSITIVE_INFINITY };
/** Seconds for which arrivals are counted. */
const MAX_SECONDS = 3600;

/**
 * @typedef {object} Limits
 * @property {number} perSecond licenses a second
 * @property {number} queue requests that may wait; the next one is refused
 * @property {number} [retryAfter] seconds, in the answer to a refused request
 */

/**
 * @param {unknown} given
 * @returns {Limits}
 */
export function parseLimits(given) {
  const {
    perSecond,
    queue = UNLIMITED.queue,
    retryAfter,
    ...rest
  } = /** @type {Record<string, unknown>} */ (given ?? {});
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw new HttpError(400, `Capacity has no ${unknown}: perSecond, queue, retryAfter`);
  if (typeof perSecond !== "number" || !(perSecond > 0)) throw new HttpError(400, "perSecond is a number above 0");
  if (typeof queue !== "number" || !(queue >= 0))
    throw new HttpError(400, "queue is the number of requests that may wait");
  if (retryAfter !== undefined && !(Number.isInteger(retryAfter) && /** @type {number} */ (retryAfter) >= 0)) {
    throw new HttpError(400, "retryAfter is a whole number of seconds");
  }
  return { perSecond, queue, ...(retryAfter === undefined ? {} : { retryAfter: /** @type {number} */ (retryAfter) }) };
}

export class Capacity {
  /** @type {Limits} */
  #limits;
  /** When the latest request that was let in will have been served. */
  #free = Number.NEGATIVE_INFINITY;
  #since = Number.NaN;
  #counts = { served: 0, refused: 0, longestQueue: 0 };
  /** @type {number[]} */
  #arrivals = [];

  /** @param {Limits} [limits] */
  constructor(limits = UNLIMITED) {
    this.#limits = limits;
  }

  /**
   * Counts a license request, whatever its outcome.
   * @param {number} now
   */
  arrive(now) {
    if (Number.isNaN(this.#since)) this.#since = now;
    const second = Math.floor((now - this.#since) / 1000);
    if (second >= 0 && second < MAX_SECONDS) {
      while (this.#arrivals.length <= second) this.#arrivals.push(0);
      this.#arrivals[second] += 1;
    }
  }

  /**
   * How long the request waits for its answer, in milliseconds.
   * @param {number} now
   * @returns {number}
   */
  admit(now) {
    const { perSecond, queue, retryAfter } = this.#limits;
    // The request being served is not in the queue.
    const waiting = this.#waiting(now);
    if (waiting > queue) {
      this.#counts.refused += 1;
      const headers = retryAfter === undefined ? undefined : { "retry-after": String(retryAfter) };
      throw new HttpError(503, "The license server is at its capacity", headers);
    }
    this.#counts.served += 1;
    this.#counts.longestQueue = Math.max(this.#counts.longestQueue, waiting);
    if (perSecond === UNLIMITED.perSecond) return 0; // whatever the clock does
    this.#free = Math.max(this.#free, now) + 1000 / perSecond;
    return this.#free - now;
  }

  /** @param {number} now */
  #waiting(now) {
    const left = this.#free - now;
    return left > 0 ? Math.ceil((left * this.#limits.perSecond) / 1000 - 1e-6) : 0;
  }

  /**
   * The figures that an operator would monitor.
   * @param {number} now
   */
  report(now) {
    const shown = (/** @type {number} */ value) => (Number.isFinite(value) ? value : null);
    const { perSecond, queue, retryAfter } = this.#limits;
    return {
      perSecond: shown(perSecond),
      queue: shown(queue),
      retryAfter: retryAfter ?? null,
      ...this.#counts,
      waiting: this.#waiting(now),
      arrivals: this.#arrivals,
    };
  }
}
