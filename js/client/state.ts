// The state of one client: its options, its listener, the init data it has seen, and the key periods it has licenses
// for.
import { asBytes } from "../bytes.js";
import { createError, toPallyConError, type PallyConError } from "../errors/error.js";
import { Reason } from "../generated/codes.js";
import type {
  Bytes,
  Drm,
  InitData,
  InitDataType,
  LicenseRecord,
  PallyConEvent,
  PallyConOptions,
  Problem,
} from "../types.js";
import { readInitData } from "../wasm/core.js";
import { isLoaded, load } from "../wasm/load.js";
import { Chain, Delivery, type RetryPolicy } from "./delivery.js";
import { licenseUrl } from "./endpoints.js";
import { DEFAULT_MAX_RESPONSE, DEFAULT_RETRY, DEFAULT_TIMEOUT } from "./options.js";
import { withTimeout } from "../time.js";

type PlainEvent = PallyConEvent extends infer E ? (E extends { at: number } ? Omit<E, "at"> : never) : never;

/** The longest init data that Chromium and Firefox accept (kMaxInitDataLength). */
const MAX_INIT_DATA = 65_536;

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);

/** A live stream keeps naming new keys: only the latest are remembered. */
const MAX_REMEMBERED = 64;

export class State {
  readonly options: PallyConOptions;
  private readonly reported = new WeakSet<PallyConError>();
  private seen: { type: InitDataType | undefined; bytes: Uint8Array; initData: InitData }[] = [];
  private readonly delivery: Delivery;
  /** How long the latest license took. */
  latency = NaN;
  /** The key period of the latest license, by content id. */
  private readonly periods = new Map<string, number>();

  constructor(options: PallyConOptions) {
    this.options = options;
    this.delivery = new Delivery(this.retry, (event) => this.emit(event));
  }

  get timeout(): number {
    return this.options.timeout ?? DEFAULT_TIMEOUT;
  }

  get allowRedirects(): string[] {
    return this.options.allowRedirects ?? [];
  }

  get maxResponseBytes(): number {
    return this.options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE;
  }

  get retry(): RetryPolicy {
    const { attempts, base, cap, total, circuit } = this.options.retry ?? {};
    return {
      attempts: attempts ?? DEFAULT_RETRY.attempts,
      base: base ?? DEFAULT_RETRY.base,
      cap: cap ?? DEFAULT_RETRY.cap,
      total: total ?? Infinity,
      circuit: circuit ?? undefined,
    };
  }

  /** Whether anyone listens. */
  get observed(): boolean {
    return !!this.options.onEvent;
  }

  emit(event: PlainEvent): void {
    try {
      this.options.onEvent?.({ at: Date.now(), ...event } as PallyConEvent);
    } catch (error) {
      // The page's listener must not stop playback; its exceptions are rethrown as uncaught errors.
      setTimeout(() => {
        throw error;
      });
    }
  }

  warn({ code, message, hint }: Problem, drm?: Drm): void {
    this.emit({ type: "warning", code, message, hint, ...(drm ? { drm } : {}) });
  }

  /** A license request begins. */
  chain(drm: Drm): Chain {
    return new Chain(this.delivery, drm);
  }

  /** The outcome of a renewal. */
  renewal(drm: Drm, outcome: "requested" | "granted" | "refused", error?: PallyConError): void {
    if (error?.code !== "aborted") this.emit({ type: "license-renewal", drm, outcome, ...(error ? { error } : {}) });
  }

  /** The CDM did not begin a renewal. Whether to try again: a closed session no longer needs its license. */
  renewalFailed(drm: Drm, cause: Error): boolean {
    if (cause.name === "InvalidStateError") return false;
    this.renewal(drm, "refused", createError("license-rejected", { cause }));
    return true;
  }

  /**
   * Reports an error once, and returns it; `chain`: the request that it ended. Aborts are not reported: the page knows
   * of them.
   */
  fail(thrown: unknown, chain?: Chain): PallyConError {
    const error = toPallyConError(thrown);
    if (error.code !== "aborted" && !this.reported.has(error)) {
      this.reported.add(error);
      const record: LicenseRecord | undefined = chain?.record(error.code);
      this.emit(record ? { type: "error", error, record } : { type: "error", error });
    }
    return error;
  }

  /** Waits until the core is loaded, unless the page aborts. */
  async ready(signal?: AbortSignal): Promise<void> {
    if (isLoaded() && !signal?.aborted) return;
    await withTimeout({ signal, phase: "environment" }, () => load());
  }

  /**
   * Reads the key ids and content id of init data; reports each init data once. Unreadable init data are a warning, and
   * the player continues.
   */
  initData(bytes: Bytes, type?: InitDataType): InitData | undefined {
    try {
      const view = asBytes(bytes);
      if (view.length > MAX_INIT_DATA) throw createError("init-data-invalid", { reason: Reason.Over64Kib });
      const known = this.seen.find((one) => one.type === type && equal(one.bytes, view));
      if (known) return known.initData;
      const initData = readInitData(view, type);
      this.seen = [...this.seen.slice(1 - MAX_REMEMBERED), { type, bytes: view.slice(), initData }];
      this.emit({ type: "init-data", initData });
      return initData;
    } catch (thrown) {
      this.warn(toPallyConError(thrown));
      return undefined;
    }
  }

  /** Whether the keys of this content have rotated since its latest license. */
  isRotated(contentId: string | undefined, period: number | undefined): boolean {
    return period !== undefined && (this.periods.get(contentId ?? "") ?? period) !== period;
  }

  /** Records a license for a key period. */
  licensed(contentId: string, period: number): void {
    if (this.periods.size >= MAX_REMEMBERED) this.periods.clear();
    this.periods.set(contentId, period);
  }

  /** The license URL, as far as it is known before a request determines more. */
  defaultUrl(drm: Drm, contentId?: string): string {
    const { licenseUrl: option, host, siteId } = this.options;
    const url = typeof option === "string" ? option : typeof option === "object" ? option[drm] : undefined;
    return url ?? licenseUrl(host, drm, siteId, contentId);
  }
}
