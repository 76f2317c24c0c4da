// The client behind createPallyCon: asks the page for tokens, the core for requests and licenses, and tells what happens.
import { bareUrl, copy, hex, view } from "./bytes.js";
import { certificateOf } from "./certificate.js";
import { inspect } from "./custom-data.js";
import { Call, textOf, utf8, type Part } from "./door.js";
import { PallyConError, toPallyConError, type Phase } from "./error.js";
import { exchange, limited, loadInTime, loadToExplain, sleep, unexplained, type Answer } from "./http.js";
import { readInitData } from "./init-data.js";
import { INTERNAL, call, callNow, isFull, loadPlayer } from "./load.js";
import type { AdapterOptions, Bytes, Drm, Each, InitData, License, LicenseRequest, LicenseResponse, Octets, PallyCon, PallyConEvent, PallyConOptions, Problem, RequestContext, Undo } from "./types.js";

/** What is known of a request beside what goes over the wire. */
interface Record_ {
  drm: Drm; started: number; keySystem: string | undefined;
  /** what is wrong with its token: known before it was sent, or looked for when it is refused */
  problems?: Problem[] | undefined;
  judge?: (() => Problem[]) | undefined;
  /** the answer will be a license */
  license: boolean;
  /** the answer is for the CDM alone, whatever it is */
  opaque: boolean;
  /** of rotating keys: content id and period */
  period: [string, number] | undefined;
}
const records = new WeakMap<LicenseRequest, Record_>();

/** As much of init data as callbacks are told. */
interface Identity { keyIds: string[]; contentId?: string | undefined; keyPeriodIndex?: number | undefined }

type PlainEvent = PallyConEvent extends infer E ? (E extends { at: number } ? Omit<E, "at"> : never) : never;

const MIME_HINT = "Let customData return the token's text; fetch it from your own backend, which alone holds the site key.";

export class Client implements PallyCon {
  readonly options: PallyConOptions;
  private readonly undos = new Set<Undo>();
  private readonly told = new WeakSet<PallyConError>();
  private readonly seen = new Map<string, InitData>();
  /** By content id, the key period of the latest license. */
  private readonly periods = new Map<string, number>();

  constructor(options: PallyConOptions) {
    this.options = options;
  }

  /** Whether the page wants to be told something that only the full module can say. */
  get curious(): boolean {
    const { onEvent, events } = this.options;
    return !!onEvent && (!events || events.some((type) => /^(init-data|warning|key-status)$/.test(type)));
  }

  emit(event: PlainEvent): void {
    const { onEvent, events } = this.options;
    try {
      if (!events || events.includes(event.type)) onEvent?.({ at: Date.now(), ...event } as PallyConEvent);
    } catch (error) {
      // The page's own listener must not stop playback; its error goes where uncaught errors go.
      setTimeout(() => { throw error; });
    }
  }

  /** Tells of an error once, and gives it back. */
  fail(thrown: unknown): PallyConError {
    const error = toPallyConError(thrown, INTERNAL);
    if (!this.told.has(error)) {
      this.told.add(error);
      this.emit({ type: "error", error });
    }
    return error;
  }

  /** Loads the full module, in the time that a server has. */
  full(signal?: AbortSignal): Promise<void> {
    return loadInTime(this.timeout, signal);
  }

  /** Asks the core; the full module, where the small one does not know. */
  async ask(signal: AbortSignal | undefined, what: Call, ...parts: Part[]): Promise<Octets[]> {
    const answer = call(what, ...parts);
    if (answer) return answer;
    await this.full(signal);
    return callNow(what, ...parts);
  }

  /** Reads init data for its key ids and content id, telling of each once. What cannot be read is a warning: the player goes on. */
  initData(bytes: Bytes, type?: RequestContext["initDataType"]): InitData | undefined {
    const key = `${type ?? ""}:${Array.from(view(bytes), (byte) => String.fromCharCode(byte)).join("")}`;
    const known = this.seen.get(key);
    if (known) return known;
    try {
      const initData = readInitData(bytes, type);
      // A live stream names new keys for ever: only the latest are remembered.
      if (this.seen.size >= 64) this.seen.clear();
      this.seen.set(key, initData);
      this.emit({ type: "init-data", initData });
      return initData;
    } catch (thrown) {
      const { code, message, hint } = toPallyConError(thrown, INTERNAL);
      this.emit({ type: "warning", code, message, hint });
      return undefined;
    }
  }

  /** Reads init data to tell of them, where somebody wants to hear. */
  tellInitData(bytes: Bytes, type?: RequestContext["initDataType"]): InitData | undefined {
    return this.curious ? this.initData(bytes, type) : undefined;
  }

  /** What init data identify: all of them where the full module is there, which is loaded if it takes that. */
  async identify(bytes: Bytes, type?: RequestContext["initDataType"], signal?: AbortSignal): Promise<Identity | undefined> {
    const found = isFull() ? undefined : call(Call.identify, type, view(bytes));
    if (!found) {
      await this.full(signal);
      return this.initData(bytes, type);
    }
    const [contentId, period, ...keyIds] = found;
    return { keyIds: keyIds.map(hex), contentId: textOf(contentId) || undefined, keyPeriodIndex: period!.length ? new DataView(period!.buffer).getUint32(0, true) : undefined };
  }

  /** Everything that callbacks are told, from what the caller knows. */
  async context(drm: Drm, given: Partial<RequestContext>, adapter: AdapterOptions): Promise<RequestContext & { period?: number }> {
    const option = adapter.contentId ?? this.options.contentId;
    // It is told all of the init data.
    if (typeof option === "function") await this.full(given.signal);
    const identity = given.initData && await this.identify(given.initData, given.initDataType, given.signal);
    // A list of their own: what is known of init data is kept.
    const keyIds = Array.from(given.keyIds ?? identity?.keyIds ?? []);
    // What init data carries is what was packaged; the option stands in where they carry none.
    const contentId = given.contentId ?? identity?.contentId
      ?? (typeof option === "function" ? called("contentId", () => option(identity ? { keyIds, initData: identity as InitData } : { keyIds })) : option);
    const messageType = given.messageType ?? "license-request";
    const period = identity?.keyPeriodIndex;
    const rotated = period !== undefined && (this.periods.get(contentId ?? "") ?? period) !== period;
    const reason = messageType === "license-renewal" ? "renewal" : messageType === "license-release" ? "release" : rotated ? "rotation" : "license";
    return {
      reason, signal: new AbortController().signal, ...given, drm, keyIds, messageType,
      ...(period === undefined ? {} : { period }),
      ...(contentId === undefined ? {} : { contentId }),
    };
  }

  async licenseRequest(drm: Drm, message: Bytes, context: Partial<RequestContext> = {}): Promise<LicenseRequest> {
    try {
      // Who calls this reads the answer by readLicense, which has no time to load anything.
      await this.full(context.signal);
      return await this.prepare(drm, message, context);
    } catch (thrown) {
      throw this.fail(thrown);
    }
  }

  /** licenseRequest without telling of the error: for who may try again. */
  async prepare(drm: Drm, message: Bytes, given: Partial<RequestContext>, adapter: AdapterOptions = {}): Promise<LicenseRequest> {
    const { period, ...context } = await this.context(drm, given, adapter);
    // Who names the reason decides when to ask; otherwise a rotation is spread over viewers here.
    if (context.reason === "rotation" && !given.reason) await sleep(Math.random() * (this.options.rotationSpread ?? 0), context.signal);
    const started = Date.now();
    const individualization = context.messageType === "individualization-request";
    const bytes = challenge(drm, message);
    let customData: string | undefined;
    let judge: (() => Problem[]) | undefined;
    if (!individualization && drm !== "clearkey") {
      const value = customData = await this.customData(context, adapter);
      if (value !== undefined) judge = () => this.judge(value, context, period !== undefined);
    }
    const problems = isFull() ? judge?.() : undefined;
    const target = await this.licenseUrl(context);
    const extra = individualization ? {} : await asked("headers", this.options.headers, context) ?? {};
    const [url, headers, form, certificate] = await this.ask(context.signal, Call.licenseRequest, drm, bytes, individualization, target, customData !== undefined, customData, this.options.carrier === "url");
    const body = drm === "fairplay" ? await this.withAssetId(form!, context) : form!;
    const request: LicenseRequest = {
      url: textOf(url), headers: merged(JSON.parse(textOf(headers)) as Record<string, string>, extra), timeout: this.timeout,
      // ClearKey's content stands in its URL.
      ...(drm === "clearkey" ? { method: "GET", body: null } : { method: "POST", body }),
    };
    records.set(request, { drm, problems, judge, started, license: !individualization && !certificate, opaque: individualization, period: period === undefined ? period : [context.contentId ?? "", period], keySystem: context.keySystem });
    return request;
  }

  /** FairPlay's form with the asset id behind the SPC, for servers and accounts that want one. */
  async withAssetId(form: Octets, context: RequestContext): Promise<Octets> {
    const { assetId: option } = this.options;
    const assetId = option === true ? context.initData && (await this.full(context.signal), this.initData(context.initData, context.initDataType)?.fairplay?.assetId) : option && await asked("assetId", option, context);
    return assetId ? utf8(`${textOf(form)}&assetId=${encodeURIComponent(assetId)}`) : form;
  }

  get timeout(): number {
    return this.options.timeout ?? 10_000;
  }

  async licenseUrl(context: RequestContext): Promise<string> {
    const option = this.options.licenseUrl;
    const url = option && typeof option === "object" ? option[context.drm] : await asked("licenseUrl", option as Each<string> | undefined, context);
    return url ?? this.defaultUrl(context.drm, context.contentId);
  }

  /** Where a player is pointed before a request tells more. */
  defaultUrl(drm: Drm, contentId?: string): string {
    const { licenseUrl, host, siteId } = this.options;
    const url = typeof licenseUrl === "string" ? licenseUrl : typeof licenseUrl === "object" ? licenseUrl[drm] : undefined;
    return url ?? textOf(callNow(Call.licenseUrl, host, drm, siteId, contentId)[0]);
  }

  async customData(context: RequestContext, adapter: AdapterOptions): Promise<string | undefined> {
    const option = adapter.customData ?? this.options.customData;
    if (option === undefined) {
      this.emit({ type: "warning", code: "custom-data-missing", drm: context.drm, message: "There is no customData: the license request goes without a token.", hint: MIME_HINT });
      return undefined;
    }
    const started = Date.now();
    let value: unknown;
    try {
      value = await limited(context.signal, this.timeout, "custom-data", "customData", async () => resolve(option, context));
    } catch (cause) {
      throw toPallyConError(cause, {
        code: "custom-data-failed", phase: "custom-data", retryable: (cause as { retryable?: unknown } | undefined)?.retryable === true,
        message: `customData failed for ${context.drm}.`, hint: "Look at the error's cause: it is what the customData callback threw.",
      });
    }
    if (typeof value !== "string") {
      throw new PallyConError({ code: "custom-data-invalid", phase: "custom-data", message: `customData gave ${value === null ? "null" : typeof value}, not a text.`, hint: MIME_HINT });
    }
    this.emit({ type: "custom-data", drm: context.drm, duration: Date.now() - started });
    return value;
  }

  /** What is wrong with custom data, as warnings. It never stops a request: the viewer's clock may be the one that is wrong. */
  judge(value: string, context: RequestContext, rotating: boolean, tokenNeeded = false): Problem[] {
    const { siteId, tokenLifetime } = this.options;
    let problems: Problem[];
    try {
      problems = inspect(value, { drm: context.drm, keyRotation: rotating, siteId, contentId: context.contentId, tokenLifetime }, tokenNeeded).problems;
    } catch (thrown) {
      const { code, message, hint } = toPallyConError(thrown, INTERNAL);
      problems = [{ code, message, hint }];
    }
    for (const problem of problems) this.emit({ type: "warning", drm: context.drm, ...problem });
    return problems;
  }

  readLicense(drm: Drm, response: LicenseResponse, request?: LicenseRequest): License {
    try {
      return this.read(drm, response, request);
    } catch (thrown) {
      throw this.fail(thrown);
    }
  }

  /** readLicense without telling of the error, for who can wait for what explains it. */
  async readLater(drm: Drm, response: LicenseResponse, request?: LicenseRequest): Promise<License> {
    const license = this.tryRead(drm, response, request);
    if (license) return license;
    await loadToExplain();
    return this.read(drm, response, request);
  }

  /** readLicense without telling of the error. */
  read(drm: Drm, response: LicenseResponse, request?: LicenseRequest): License {
    const license = this.tryRead(drm, response, request);
    if (license) return license;
    throw explain(unexplained("license", response.status, undefined, bodyOf(response)), request && records.get(request), response, request);
  }

  /** Whether it takes no more than the module that is there. */
  reads(drm: Drm, status: number, body: Bytes, request: LicenseRequest): boolean {
    return !!records.get(request)?.opaque || !!call(Call.readLicense, drm, status, view(body));
  }

  /** `undefined`: only the full module can tell. */
  private tryRead(drm: Drm, response: LicenseResponse, request?: LicenseRequest): License | undefined {
    const record = request && records.get(request);
    const body = bodyOf(response);
    try {
      // An individualization server is not PallyCon's.
      if (record?.opaque && response.status >= 200 && response.status < 300) return { data: copy(body) };
      const found = call(Call.readLicense, drm, response.status, body);
      if (!found) return undefined;
      const [data, details] = found as [Octets, Octets?];
      if (record?.license !== false) {
        this.licensed(record?.period);
        this.emit({ type: "license", drm, duration: record ? Date.now() - record.started : 0, bytes: data.length });
      }
      return details ? { data, details: JSON.parse(textOf(details)) as Record<string, unknown> } : { data };
    } catch (thrown) {
      throw explain(thrown, record, response, request);
    }
  }

  private licensed(period: [string, number] | undefined): void {
    if (!period) return;
    if (this.periods.size >= 64) this.periods.clear();
    this.periods.set(...period);
  }

  async requestLicense(drm: Drm, message: Bytes, context: Partial<RequestContext> = {}, adapter: AdapterOptions = {}): Promise<License> {
    for (let attempt = 1; ; attempt++) {
      let answer: Answer | undefined;
      try {
        const request = await this.prepare(drm, message, attempt > 1 ? { ...context, reason: "retry" } : context, adapter);
        this.emit({ type: "request", drm, url: bareUrl(request.url), attempt, bytes: request.body?.length ?? 0 });
        answer = await exchange({ ...request, credentials: !!this.options.withCredentials, signal: context.signal, phase: "license", drm });
        return await this.readLater(drm, answer, request);
      } catch (thrown) {
        const error = toPallyConError(thrown, INTERNAL);
        const wait = this.again(error, attempt, answer?.retryAfter);
        if (wait === undefined) throw this.fail(error);
        await sleep(wait, context.signal).catch((aborted: unknown) => { throw this.fail(aborted); });
      }
    }
  }

  /** How long to wait before another attempt, and tells of it; undefined: give up. */
  again(error: PallyConError, attempt: number, retryAfter?: string): number | undefined {
    const { attempts, base, cap } = { attempts: 3, base: 500, cap: 8000, ...this.options.retry };
    const [wait] = (error.retryable && call(Call.retryWait, attempts, base, cap, attempt, Math.random(), retryAfter, Date.now())) || [];
    if (!wait) return undefined;
    const delay = new DataView(wait.buffer).getFloat64(0, true);
    this.emit({ type: "retry", attempt, delay, error });
    return delay;
  }

  async certificate(drm: "fairplay" | "widevine"): Promise<Octets> {
    try {
      return await certificateOf(this, drm);
    } catch (thrown) {
      throw this.fail(thrown);
    }
  }

  async playreadyCdmData(): Promise<Octets> {
    try {
      await this.full();
      const context = await this.context("playready", {}, {});
      const token = await this.customData(context, {});
      if (token === undefined) throw new PallyConError({ code: "custom-data-missing", phase: "custom-data", message: "PlayReady's CDM data needs a license token, and there is no customData.", hint: MIME_HINT });
      this.judge(token, context, false, true);
      return callNow(Call.playreadyCdmData, token)[0]!;
    } catch (thrown) {
      throw this.fail(thrown);
    }
  }

  /** Makes an undo that runs once, however often it is called, and when the client is disposed of. */
  adopt(undo: () => void | Promise<void>): Undo {
    let done: Promise<void> | undefined;
    const once: Undo = () => {
      this.undos.delete(once);
      done ??= Promise.resolve().then(undo);
      return done;
    };
    this.undos.add(once);
    return once;
  }

  async dispose(): Promise<void> {
    await Promise.all(Array.from(this.undos, (undo) => undo()));
  }
}

/** A refusal with all that is known around it: what was wrong with its token, whether a login page was reached. */
function explain(thrown: unknown, record: Record_ | undefined, response: LicenseResponse, request?: LicenseRequest): PallyConError {
  const error = toPallyConError(thrown, INTERNAL);
  const fields = error.toJSON() as unknown as ConstructorParameters<typeof PallyConError>[0];
  const problems = record && isFull() ? (record.problems ??= record.judge?.()) : undefined;
  const redirected = !!request && !!response.url && bareUrl(response.url) !== bareUrl(request.url);
  return new PallyConError({
    ...fields,
    ...(redirected ? { message: `${error.message} The request was redirected to ${bareUrl(response.url ?? "")}.` } : {}),
    ...(record?.keySystem ? { keySystem: record.keySystem } : {}),
    ...(problems?.length ? { problems } : {}),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  });
}

function bodyOf(response: LicenseResponse): Uint8Array {
  try {
    return view(response.body);
  } catch (cause) {
    throw new PallyConError({ code: "not-a-license", phase: "license", message: "The answer's body is no bytes.", hint: "Pass what arrayBuffer() of the response resolved with.", cause });
  }
}

function challenge(drm: Drm, message: Bytes): Uint8Array {
  if (!/^(widevine|playready|fairplay|clearkey)$/.test(drm)) {
    throw new PallyConError({ code: "drm-invalid", phase: "license", message: `"${String(drm)}" is no DRM.`, hint: "Pass widevine, playready, fairplay or clearkey." });
  }
  try {
    return view(message);
  } catch (cause) {
    throw new PallyConError({ code: "challenge-invalid", phase: "license", message: "The CDM's message is no bytes.", hint: "Pass the message of the session's message event.", cause });
  }
}

/** A page's callback; what it throws is its own, and told as such. */
function called<T>(name: string, callback: () => T): T {
  try {
    return callback();
  } catch (cause) {
    throw callbackFailed(name, cause);
  }
}

async function asked<T>(name: string, option: Each<T> | undefined, context: RequestContext): Promise<T | undefined> {
  try {
    return await resolve(option, context);
  } catch (cause) {
    throw callbackFailed(name, cause);
  }
}

const callbackFailed = (name: string, cause: unknown): PallyConError =>
  toPallyConError(cause, { code: "callback-failed", phase: "license", message: `The ${name} callback failed.`, hint: "Look at the error's cause: it is what the callback threw." });

/** The page's headers over ours, whatever their case: the browser would join two of one name. */
function merged(headers: Record<string, string>, own: Record<string, string>): Record<string, string> {
  const names = Object.keys(own).map((name) => name.toLowerCase());
  for (const name of Object.keys(headers)) if (names.includes(name.toLowerCase())) delete headers[name];
  return { ...headers, ...own };
}

function resolve<T>(option: Each<T> | undefined, context: RequestContext): T | undefined | Promise<T> {
  return typeof option === "function" ? (option as (context: RequestContext) => T | Promise<T>)(context) : option;
}

/** Loads what the page needs and makes a client. */
export async function createPallyCon(options: PallyConOptions = {}): Promise<PallyCon> {
  const client = new Client(options);
  await loadPlayer(client.curious);
  return client;
}

/** The client behind what an adapter is given. */
export function clientOf(drm: PallyCon): Client {
  if (drm instanceof Client) return drm;
  throw new PallyConError({ code: "client-invalid", phase: "environment" satisfies Phase, message: "The adapter was not given a client of this package.", hint: "Pass what createPallyCon() resolved with, from the same copy of pallycon-drm." });
}
