// A CDM's message on its way to the license server: the context for callbacks, the token, the HTTP request.
import { copyBytes, decodeText, encodeText } from "../bytes.js";
import { createError, toPallyConError, withFields } from "../errors/error.js";
import type {
  AdapterOptions,
  Bytes,
  Drm,
  InitData,
  LicenseRequest,
  Octets,
  Problem,
  RequestContext,
  ValueOrProvider,
} from "../types.js";
import { KEY_SYSTEM } from "../key-systems.js";
import { inspect, licenseRequest } from "../wasm/core.js";
import { invokeCallback, mergeHeaders, resolveOption } from "./callbacks.js";
import type { Chain } from "./delivery.js";
import { parseUrl } from "./endpoints.js";
import { spreadRotation, type Playing } from "./rotation.js";
import type { State } from "./state.js";
import { newAbortController } from "../time.js";
import { Reason } from "../generated/codes.js";

/** Details of a request that are not sent. */
export interface RequestMeta {
  drm: Drm;
  started: number;
  keySystem: string | undefined;
  messageType: RequestContext["messageType"];
  /** problems of its token */
  problems: Problem[];
  /** the response will be a license */
  license: boolean;
  /** the response goes to the CDM unread */
  opaque: boolean;
  /** of all attempts */
  chain: Chain | undefined;
  /** with rotating keys: content id and period */
  period: [string, number] | undefined;
}
const metas = new WeakMap<LicenseRequest, RequestMeta>();

export const metaOf = (request: LicenseRequest | undefined): RequestMeta | undefined => request && metas.get(request);

/** The context for callbacks, and the key period that the init data name. */
export interface Prepared {
  context: RequestContext;
  period: number | undefined;
}

/** What an adapter adds to its options. */
export type Internal = AdapterOptions & Playing;

const notA = (name: string, what: string) => createError("argument-invalid", { parameters: [name, what] });

/** A snapshot of what the caller passed: later changes to it have no effect. */
function checked(given: Partial<RequestContext>): Partial<RequestContext> {
  if (typeof given !== "object" || given === null) throw notA("context", "an object");
  const own: Partial<RequestContext> = {};
  // Fields may be undefined or null: adapters pass on what their player has.
  for (const name of Object.keys(given) as (keyof RequestContext)[])
    if (given[name] != null) Object.assign(own, { [name]: given[name] });
  const { signal, initData } = own;
  if (signal && typeof signal.addEventListener !== "function") throw notA("context.signal", "an AbortSignal");
  try {
    if (initData) own.initData = copyBytes(initData);
    return own;
  } catch {
    throw notA("context.initData", "an ArrayBuffer or a view of one");
  }
}

/** The complete context for callbacks, made from what the caller knows. */
export async function contextOf(
  state: State,
  drm: Drm,
  given: Partial<RequestContext>,
  adapter: AdapterOptions,
): Promise<Prepared> {
  const initData = given.initData && state.initData(given.initData, given.initDataType);
  // A copy: the inspected init data are cached.
  const keyIds = Array.from(given.keyIds ?? initData?.keyIds ?? []);
  // A content id in the init data was set by the packager; the option is for init data without one.
  const contentId =
    given.contentId ??
    initData?.contentId ??
    (await fromOption(state, adapter, given.signal, initData ? { keyIds, initData } : { keyIds }));
  const messageType = given.messageType ?? "license-request";
  const period = initData?.keyPeriodIndex;
  const reason =
    messageType === "license-renewal"
      ? "renewal"
      : messageType === "license-release"
        ? "release"
        : state.isRotated(contentId, period)
          ? "rotation"
          : "license";
  const context = {
    reason,
    signal: newAbortController().signal,
    ...given,
    drm,
    keyIds,
    messageType,
    ...(contentId === undefined ? {} : { contentId }),
  } as RequestContext;
  return { context, period };
}

async function fromOption(
  state: State,
  adapter: AdapterOptions,
  signal: AbortSignal | undefined,
  what: { keyIds: string[]; initData?: InitData },
): Promise<string | undefined> {
  const option = adapter.contentId ?? state.options.contentId;
  return typeof option === "function"
    ? invokeCallback({ name: "contentId", ms: state.timeout, signal, call: () => option(what) })
    : option;
}

/**
 * Makes the request for a message; gets the custom data. Errors are not reported here, because the caller may retry.
 */
export async function prepare(
  state: State,
  drm: Drm,
  message: Bytes,
  caller: Partial<RequestContext>,
  adapter: Internal = {},
  chain?: Chain,
): Promise<LicenseRequest> {
  const bytes = challenge(drm, message);
  const given = checked(caller);
  try {
    return await build(state, drm, bytes, given, adapter, chain);
  } catch (thrown) {
    throw withFields(toPallyConError(thrown), { messageType: given.messageType ?? "license-request" });
  }
}

async function build(
  state: State,
  drm: Drm,
  bytes: Octets,
  given: Partial<RequestContext>,
  adapter: Internal,
  chain?: Chain,
): Promise<LicenseRequest> {
  await state.ready(given.signal);
  const { context, period } = await contextOf(state, drm, given, adapter);
  // A caller that names the reason chooses the time; otherwise requests after a rotation are spread over viewers here.
  if (context.reason === "rotation" && !given.reason) {
    const spread = await spreadRotation(adapter, state.options.rotationSpread ?? 0, state.latency, context.signal);
    if (chain) chain.spread = spread;
  }
  chain?.ask(context, period);
  const ms = chain ? chain.limit(state.timeout) : state.timeout;
  const started = Date.now();
  const individualization = context.messageType === "individualization-request";
  const customData =
    individualization || drm === "clearkey" ? undefined : await customDataOf(state, context, adapter, ms);
  const problems = customData === undefined ? [] : validateToken(state, customData, context, period !== undefined);
  const target = await urlOf(state, context);
  const extra = individualization
    ? {}
    : ((await resolveOption("headers", state.timeout, state.options.headers, context)) ?? {});
  const {
    url,
    headers,
    body: form,
    serviceCertificate,
  } = licenseRequest(drm, bytes, customData, individualization, target, state.options.carrier === "url");
  const body = drm === "fairplay" ? await withAssetId(state, form, context) : form;
  const request: LicenseRequest = {
    url,
    headers: mergeHeaders(headers, extra),
    timeout: chain ? chain.limit(state.timeout) : state.timeout,
    // ClearKey's URL names the content.
    ...(drm === "clearkey" ? { method: "GET", body: null } : { method: "POST", body }),
  };
  metas.set(request, {
    drm,
    problems,
    started,
    chain,
    license: !individualization && !serviceCertificate,
    opaque: individualization,
    period: period === undefined ? period : [context.contentId ?? "", period],
    keySystem: context.keySystem,
    messageType: context.messageType,
  });
  if (chain) chain.sent = true;
  return request;
}

/** A copy of the CDM's message, so that the caller may reuse its bytes. */
export function challenge(drm: Drm, message: Bytes): Octets {
  if (!isDrm(drm)) throw createError("drm-invalid", { parameters: [String(drm)] });
  try {
    return copyBytes(message);
  } catch (cause) {
    throw createError("challenge-invalid", { reason: Reason.MessageNotBytes, cause });
  }
}

export const isDrm = (drm: unknown): drm is Drm => Object.keys(KEY_SYSTEM).includes(drm as Drm);

/** FairPlay's form with the asset id after the SPC, for servers and accounts that require it. */
async function withAssetId(state: State, form: Octets, context: RequestContext): Promise<Octets> {
  const { assetId: option } = state.options;
  const assetId =
    option === true
      ? context.initData && state.initData(context.initData, context.initDataType)?.fairplay?.assetId
      : option && (await resolveOption("assetId", state.timeout, option, context));
  return assetId ? encodeText(`${decodeText(form)}&assetId=${encodeURIComponent(assetId)}`) : form;
}

async function urlOf(state: State, context: RequestContext): Promise<string> {
  const option = state.options.licenseUrl;
  const own =
    option && typeof option === "object"
      ? option[context.drm]
      : await resolveOption("licenseUrl", state.timeout, option as ValueOrProvider<string> | undefined, context);
  const url = own ?? state.defaultUrl(context.drm, context.contentId);
  // Checked here: the browser's error for an invalid URL contains the whole URL.
  const parsed = parseUrl(url);
  if (!parsed || parsed.username || parsed.password)
    throw createError("options-invalid", {
      reason: Reason.OptionKind,
      parameters: ["licenseUrl", "a URL without user and password"],
    });
  return url;
}

/** The token or auth data for a request, within the time limit of a server. */
export async function customDataOf(
  state: State,
  context: RequestContext,
  adapter: AdapterOptions,
  ms = state.timeout,
): Promise<string | undefined> {
  const option = adapter.customData === undefined ? state.options.customData : adapter.customData;
  const { drm, signal } = context;
  if (option === null) return undefined; // a license proxy adds it
  if (option === undefined) {
    state.warn(createError("custom-data-missing"), drm);
    return undefined;
  }
  const started = Date.now();
  const call = async (): Promise<unknown> => (typeof option === "function" ? option(context) : option);
  const value = await invokeCallback({ name: "customData", ms, signal, call }, "custom-data-failed", drm);
  if (typeof value !== "string")
    throw createError("custom-data-invalid", {
      reason: Reason.CustomDataNotText,
      parameters: [value === null ? "null" : typeof value],
    });
  state.emit({ type: "custom-data", drm, duration: Date.now() - started });
  return value;
}

/**
 * Problems of the custom data, as warnings. They never stop a request: the viewer's clock may be the one that is wrong.
 */
export function validateToken(
  state: State,
  value: string,
  { drm, contentId }: RequestContext,
  keyRotation: boolean,
  tokenNeeded = false,
): Problem[] {
  const { siteId, tokenLifetime } = state.options;
  let problems: Problem[];
  try {
    ({ problems } = inspect(value, { drm, keyRotation, siteId, contentId, tokenLifetime }, tokenNeeded));
  } catch (thrown) {
    const { code, message, hint } = toPallyConError(thrown);
    problems = [{ code, message, hint }];
  }
  for (const problem of problems) state.warn(problem, drm);
  return problems;
}
