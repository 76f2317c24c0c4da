// All license requests of one client, with all their attempts. The core decides (src/delivery/chain.rs); this file has
// its timers and raises the events.
import { createError, withFields, type PallyConError } from "../errors/error.js";
import type { PallyConErrorCode } from "../generated/codes.js";
import { VERSION } from "../generated/version.js";
import { sleep } from "../time.js";
import type { Drm, LicenseRecord, PallyConEvent, RequestContext } from "../types.js";
import { instance, newCore, run, type Core } from "../wasm/delivery.js";

/** Numbered as in src/web/delivery.rs. */
const enum Kind {
  Attempt,
  Backoff,
  Circuit,
  Offline,
  CircuitOpen,
  OfflineTooLong,
  Ended,
}
const enum Notice {
  CircuitOpened,
  CircuitClosed,
  Offline,
  Online,
}
interface Step {
  kind: Kind;
  value: number;
  attempt?: number;
  notices?: { kind: Notice; value: number }[];
}

type DeliveryEvent = Extract<PallyConEvent, { type: "delivery" | "retry" }>;
type Emit = (event: DeliveryEvent extends infer E ? (E extends { at: number } ? Omit<E, "at"> : never) : never) => void;
export interface RetryPolicy {
  attempts: number;
  base: number;
  cap: number;
  total: number;
  circuit?: { refusals: number; pause: number } | undefined;
}

/**
 * MAX_FREE of src/delivery/chain.rs: extra attempts for players to allow, because attempts of an offline browser are
 * not counted.
 */
export const UNCOUNTED = 5;

/** Only false is certain; an unknown state counts as online. */
const isOnline = (): boolean => !(typeof navigator === "object" && navigator.onLine === false);

export class Delivery {
  readonly policy: RetryPolicy;
  readonly emit: Emit;
  /** of the latest request that failed */
  latest: PallyConError | undefined;
  private core: Core | undefined;
  private instance = 0;
  /** Requests that are waiting for the browser to come online. */
  private readonly offline = new Set<() => void>();

  constructor(policy: RetryPolicy, emit: Emit) {
    this.policy = policy;
    this.emit = emit;
  }

  /** The core's state, and the module instance that holds it: an instance that trapped is gone with all its state. */
  use(): [Core, number] {
    if (!this.core || this.instance !== instance()) {
      const { attempts, base, cap, total, circuit } = this.policy;
      this.core = newCore(attempts, base, cap, total, circuit?.refusals, circuit?.pause ?? 0);
      this.instance = instance();
    }
    this.core.setOnline(isOnline());
    return [this.core, this.instance];
  }

  report({ notices = [] }: Step): void {
    for (const { kind, value } of notices) {
      const reason = kind < Notice.Offline ? "circuit-open" : "offline";
      if (kind === Notice.CircuitOpened) this.emit({ type: "delivery", state: "paused", reason, until: value });
      else this.emit({ type: "delivery", state: kind === Notice.Offline ? "paused" : "resumed", reason });
    }
  }

  /** Waits for that long, or until the browser is online if that is the reason for the wait. */
  async wait({ kind, value }: Step, signal: AbortSignal | undefined): Promise<void> {
    if (kind !== Kind.Offline) return sleep(value, signal);
    let online!: () => void;
    const early = new Promise<void>((resolve) => {
      online = resolve;
    });
    if (!this.offline.size && typeof addEventListener === "function") addEventListener("online", this.onOnline);
    this.offline.add(online);
    try {
      await sleep(value, signal, early);
    } finally {
      this.offline.delete(online);
      if (!this.offline.size && typeof removeEventListener === "function") removeEventListener("online", this.onOnline);
    }
  }

  private readonly onOnline = (): void => this.offline.forEach((online) => online());
}

/**
 * One request. It starts when it is created, and must be ended by licensed(), by end(), or by an error that fail() or
 * pause() returns.
 */
export class Chain {
  /** The current or next attempt. */
  attempt = 1;
  /** Whether the attempt was sent: a failure after that is not the page's. */
  sent = false;
  /** What the request is for, as far as is known. */
  about: Partial<RequestContext> & { drm: Drm; period?: number | undefined };
  /** How long a rotation delayed it, in milliseconds. */
  spread = 0;
  private readonly delivery: Delivery;
  private readonly started = Date.now();
  private readonly codes: PallyConErrorCode[] = [];
  private waited = 0;
  private deadline = Infinity;
  private id = 0;
  private instance = 0;
  /** A wait that the core has decided on. */
  private waiting: Step | undefined;
  private ended = false;
  private error: PallyConError | undefined;

  constructor(delivery: Delivery, drm: Drm) {
    this.delivery = delivery;
    this.about = { drm };
  }

  /** The time left for something that may take at most `ms`. */
  limit(ms: number): number {
    return Math.max(0, Math.min(ms, this.deadline - Date.now()));
  }

  /** Call it before getting a token. @throws "circuit-open" */
  ask(context: RequestContext, period: number | undefined): void {
    // The request's reason is that of its first attempt.
    this.about = { ...context, period, reason: this.about.reason ?? context.reason };
    this.sent = false;
    if (this.ended) return;
    const step = this.step((core) => core.asking(this.id, String(context.contentId ?? ""), Date.now()));
    if (step.kind >= Kind.CircuitOpen) throw this.end(step);
  }

  /**
   * Call it when an attempt has failed. Returns the error that ends the request, or undefined if it continues: then
   * call pause().
   */
  fail(error: PallyConError, retryAfter?: string): PallyConError | undefined {
    if (this.ended) return error;
    this.error = error;
    if (error.code === "aborted" || error.code === "internal") return this.abort(error);
    this.codes.push(error.code);
    const { code, phase, retryable } = error;
    const source = !this.sent
      ? phase === "custom-data"
        ? "token"
        : "page"
      : code === "network" || code === "timeout"
        ? "unanswered"
        : "server";
    this.sent = false;
    let step: Step;
    try {
      step = this.step((core) => core.failed(this.id, source, retryable, retryAfter, code, Date.now(), Math.random()));
    } catch {
      // Without the core there is no retry: it could not be loaded.
      return error;
    }
    if (source !== "page") this.delivery.latest = error;
    if (step.kind >= Kind.CircuitOpen) return this.end(step);
    this.waiting = step;
    if (step.kind === Kind.Backoff)
      this.delivery.emit({ type: "retry", attempt: this.attempt, delay: step.value, error });
    return undefined;
  }

  /** Waits until the next attempt may begin, if one has failed. */
  async pause(signal?: AbortSignal): Promise<void> {
    const began = Date.now();
    let until = began;
    try {
      for (let step = this.waiting; step; ) {
        const online = step.kind === Kind.Offline;
        until = Math.max(Date.now(), until) + step.value;
        await this.delivery.wait(step, signal);
        // A timer that has fired is not early, whatever the clock says, unless the browser came online before.
        const now = online && isOnline() ? Date.now() : Math.max(Date.now(), until);
        step = this.step((core) => core.timer(this.id, now, Math.random()));
        if (step.kind >= Kind.CircuitOpen) throw this.end(step);
        until = now;
        this.waiting = step = step.kind === Kind.Attempt ? undefined : step;
      }
    } finally {
      this.waited += Date.now() - began;
    }
  }

  licensed(): void {
    if (!this.ended) this.step((core) => core.licensed(this.id));
    this.ended = true;
  }

  /** Ends the request without a result: the page gave up, or an error of ours. Does nothing if it has ended. */
  abort<E>(error?: E): E | undefined {
    if (!this.ended && this.id && this.instance === instance()) this.step((core) => core.aborted(this.id));
    this.ended = true;
    return error;
  }

  /** The outcome, for onEvent. */
  record(outcome: LicenseRecord["outcome"]): LicenseRecord {
    const {
      drm,
      keySystem,
      contentId,
      period,
      messageType = "license-request",
      reason = "license",
      sessionId,
    } = this.about;
    return {
      drm,
      outcome,
      messageType,
      reason,
      attempts: this.attempt,
      codes: [...this.codes],
      duration: Date.now() - this.started,
      waited: this.waited,
      spread: this.spread,
      version: VERSION,
      ...(keySystem ? { keySystem } : {}),
      ...(contentId === undefined ? {} : { contentId }),
      ...(period === undefined ? {} : { keyPeriodIndex: period }),
      ...(sessionId ? { sessionId } : {}),
    };
  }

  private step(event: (core: Core) => number): Step {
    const [core, instance] = this.delivery.use();
    if (!this.id) {
      this.id = run(() => core.begin(this.started));
      this.instance = instance;
    } else if (this.instance !== instance) {
      return { kind: Kind.Ended, value: 0 };
    }
    const step = run<Step>(() => event(core), true);
    this.delivery.report(step);
    if (step.kind === Kind.Attempt) {
      this.attempt = step.attempt!;
      this.deadline = Date.now() + step.value;
    }
    return step;
  }

  /** The error that corresponds to how the core ended it. */
  private end({ kind, value }: Step): PallyConError {
    this.ended = true;
    const { latest } = this.delivery;
    const { keySystem, messageType } = this.about;
    const about = { ...(keySystem ? { keySystem } : {}), ...(messageType ? { messageType } : {}) };
    if (kind === Kind.CircuitOpen) {
      return createError("circuit-open", {
        parameters: [Math.ceil(value / 1000), latest?.code ?? "network"],
        cause: latest,
        ...about,
      });
    }
    if (kind === Kind.OfflineTooLong) return withFields(createError("offline", { cause: this.error }), about);
    return this.error ?? createError("internal");
  }
}
