// All license requests of one client, over all their attempts: the core decides (src/delivery/chain.rs). Here are its timers, and
// what the page is told.
import { createError, withFields, type PallyConError } from "../errors/error.js";
import type { PallyConErrorCode } from "../generated/codes.js";
import { VERSION } from "../generated/version.js";
import { sleep } from "../time.js";
import type { Drm, LicenseRecord, PallyConEvent, RequestContext } from "../types.js";
import { instance, newCore, run, type Core } from "../wasm/delivery.js";

/** As src/web/delivery.rs numbers them. */
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

/** MAX_FREE of src/delivery/chain.rs: attempts that players have to spare, because those of a browser that is offline are not counted. */
export const UNCOUNTED = 5;

/** False is certain; what is not known counts as online. */
const isOnline = (): boolean => !(typeof navigator === "object" && navigator.onLine === false);

export class Delivery {
  readonly policy: RetryPolicy;
  readonly emit: Emit;
  /** of the latest request that failed */
  latest: PallyConError | undefined;
  private core: Core | undefined;
  private instance = 0;
  /** Requests that wait to be online. */
  private readonly offline = new Set<() => void>();

  constructor(policy: RetryPolicy, emit: Emit) {
    this.policy = policy;
    this.emit = emit;
  }

  /** The core's part, and which instance of the module it is in: one that trapped is gone, with all that it knew. */
  use(): [Core, number] {
    if (!this.core || this.instance !== instance()) {
      const { attempts, base, cap, total, circuit } = this.policy;
      this.core = newCore(attempts, base, cap, total, circuit?.refusals, circuit?.pause ?? 0);
      this.instance = instance();
    }
    this.core.setOnline(isOnline());
    return [this.core, this.instance];
  }

  tell({ notices = [] }: Step): void {
    for (const { kind, value } of notices) {
      const reason = kind < Notice.Offline ? "circuit-open" : "offline";
      if (kind === Notice.CircuitOpened) this.emit({ type: "delivery", state: "paused", reason, until: value });
      else this.emit({ type: "delivery", state: kind === Notice.Offline ? "paused" : "resumed", reason });
    }
  }

  /** Waits that long; until the browser is online, if that is what is waited for. */
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

/** One request. It begins when it is made, and has to be ended: by licensed(), by end(), or by an error that fail() or pause() gives. */
export class Chain {
  /** The attempt that is made, or follows. */
  attempt = 1;
  /** Whether the attempt was sent: what fails then is not the page's. */
  sent = false;
  /** What the request is for, as far as it is known. */
  about: Partial<RequestContext> & { drm: Drm; period?: number | undefined };
  /** Put off for a rotation, in milliseconds. */
  spread = 0;
  private readonly delivery: Delivery;
  private readonly started = Date.now();
  private readonly codes: PallyConErrorCode[] = [];
  private waited = 0;
  private deadline = Infinity;
  private id = 0;
  private instance = 0;
  /** A wait that was decided on. */
  private waiting: Step | undefined;
  private ended = false;
  private error: PallyConError | undefined;

  constructor(delivery: Delivery, drm: Drm) {
    this.delivery = delivery;
    this.about = { drm };
  }

  /** How long something may take that may take `ms` at most. */
  limit(ms: number): number {
    return Math.max(0, Math.min(ms, this.deadline - Date.now()));
  }

  /** Before a token is asked for. @throws "circuit-open" */
  ask(context: RequestContext, period: number | undefined): void {
    // The reason of the first attempt is that of the request.
    this.about = { ...context, period, reason: this.about.reason ?? context.reason };
    this.sent = false;
    if (this.ended) return;
    const step = this.step((core) => core.asking(this.id, String(context.contentId ?? ""), Date.now()));
    if (step.kind >= Kind.CircuitOpen) throw this.end(step);
  }

  /** An attempt failed. Returns the error that the request ends with, or nothing if it goes on: then pause(). */
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
      // Without the core, nothing is tried again: it could not be loaded.
      return error;
    }
    if (source !== "page") this.delivery.latest = error;
    if (step.kind >= Kind.CircuitOpen) return this.end(step);
    this.waiting = step;
    if (step.kind === Kind.Backoff)
      this.delivery.emit({ type: "retry", attempt: this.attempt, delay: step.value, error });
    return undefined;
  }

  /** Until the next attempt may begin, where one failed. */
  async pause(signal?: AbortSignal): Promise<void> {
    const began = Date.now();
    let until = began;
    try {
      for (let step = this.waiting; step; ) {
        const online = step.kind === Kind.Offline;
        until = Math.max(Date.now(), until) + step.value;
        await this.delivery.wait(step, signal);
        // A timer that has fired is not early, whatever the clock says; unless the browser came online before.
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

  /** Nothing comes of it any more: the page gave up, or an error of ours. Does nothing where it has ended. */
  abort<E>(error?: E): E | undefined {
    if (!this.ended && this.id && this.instance === instance()) this.step((core) => core.aborted(this.id));
    this.ended = true;
    return error;
  }

  /** What came of it, for whoever watches. */
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
    this.delivery.tell(step);
    if (step.kind === Kind.Attempt) {
      this.attempt = step.attempt!;
      this.deadline = Date.now() + step.value;
    }
    return step;
  }

  /** The error for how the core ended it. */
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
