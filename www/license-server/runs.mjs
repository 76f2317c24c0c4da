/**
 * The state of one run: its request log, its faults, its callback page, its capacity, the keys of its packagers.
 * Everything is bounded; the least recently used run is dropped first.
 */

import { Capacity } from "./capacity.mjs";

const MAX_RUNS = 200;
const MAX_ENTRIES = 500;
const MAX_KEYS = 1000;
/** Limit for one body in the log. */
const MAX_BODY = 64 * 1024;
/** Limit for all bodies in one run's log: the oldest requests are dropped first. */
const MAX_BODIES = 8 * 1024 * 1024;

/**
 * @typedef {"license" | "certificate" | "token" | "media" | "page" | "kms" | "api"} Kind
 * @typedef {object} Entry
 * @property {string} at
 * @property {string} method
 * @property {string} path without the run's prefix and without the query
 * @property {string} query as it came, without the question mark
 * @property {Record<string, string | string[] | undefined>} headers
 * @property {Buffer} body
 * @property {number} bodyLength
 * @property {number | null} status null until the response is sent, 0 if the connection was cut
 * @property {Kind} kind
 * @property {string} [drm]
 * @property {"new" | "renewal" | "release"} [challenge]
 * @property {string[]} [keyIds]
 * @property {string} [fault]
 * @property {string} [refused] code and reason; contains no token and no key
 * @property {Buffer} [answer]
 */

export class Run {
  /** @param {string} name @param {Capacity} [capacity] */
  constructor(name, capacity = new Capacity()) {
    this.name = name;
    this.capacity = capacity;
    /** @type {Entry[]} */
    this.log = [];
    /** @type {import("./faults.mjs").Fault[]} */
    this.faults = [];
    /** @type {string | undefined} the site's page that decides about auth data */
    this.callback = undefined;
    /** @type {Map<string, import("./catalog.mjs").KnownKey>} */
    this.keys = new Map();
  }

  /** @param {Entry} entry */
  record(entry) {
    this.log.push(entry);
    if (this.log.length > MAX_ENTRIES) this.log.shift();
  }

  /**
   * Fields that are only known once the request has been read or answered.
   * @param {Entry} entry
   * @param {Buffer | undefined} body
   * @param {Buffer | undefined} answer
   */
  keepBodies(entry, body, answer) {
    if (body !== undefined) {
      entry.body = Buffer.from(body.subarray(0, MAX_BODY));
      entry.bodyLength = body.length;
    }
    if (answer !== undefined) entry.answer = Buffer.from(answer.subarray(0, MAX_BODY));
    let held = 0;
    for (const { body: kept, answer: given } of this.log) held += kept.length + (given?.length ?? 0);
    while (held > MAX_BODIES) {
      const oldest = this.log.shift();
      if (oldest === undefined) break;
      held -= oldest.body.length + (oldest.answer?.length ?? 0);
    }
  }

  /** The log, in the format of GET /api/requests. */
  requests() {
    return this.log.map(({ body, answer, ...rest }) => ({
      ...rest,
      bodyBase64: body.toString("base64"),
      ...(answer === undefined ? {} : { answerBase64: answer.toString("base64") }),
    }));
  }

  /** @param {import("./catalog.mjs").KnownKey} key */
  learn(key) {
    this.keys.delete(key.keyId);
    this.keys.set(key.keyId, key);
    if (this.keys.size > MAX_KEYS) this.keys.delete([...this.keys.keys()][0]);
  }
}

export class Runs {
  /** @type {Map<string, Run>} */
  #runs = new Map();
  #limits;

  /** @param {import("./capacity.mjs").Limits} [limits] for runs that set none of their own */
  constructor(limits) {
    this.#limits = limits;
  }

  /**
   * @param {string} name
   * @returns {Run}
   */
  get(name) {
    const run = this.#runs.get(name) ?? new Run(name, new Capacity(this.#limits));
    this.#runs.delete(name);
    this.#runs.set(name, run);
    if (this.#runs.size > MAX_RUNS) this.#runs.delete([...this.#runs.keys()][0]);
    return run;
  }
}
