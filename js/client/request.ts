// A CDM's message on its way to the license server: what callbacks are told, the token, the HTTP request.
import { asBytes, decodeText, encodeText } from "../bytes.js";
import { createError, toPallyConError } from "../errors/error.js";
import type { AdapterOptions, Bytes, Drm, InitData, LicenseRequest, Octets, Problem, RequestContext, ValueOrProvider } from "../types.js";
import { inspect, licenseRequest } from "../wasm/core.js";
import { invokeCallback, mergeHeaders, provide, resolveOption } from "./callbacks.js";
import type { State } from "./state.js";
import { sleep, tooLate, withTimeout } from "../time.js";
import { Reason } from "../generated/codes.js";

/** What is known of a request beside what goes over the wire. */
export interface RequestMeta {
  drm: Drm; started: number; keySystem: string | undefined;
  /** what is wrong with its token */
  problems: Problem[];
  /** the response will be a license */
  license: boolean;
  /** the response is for the CDM alone, whatever it is */
  opaque: boolean;
  /** of rotating keys: content id and period */
  period: [string, number] | undefined;
}
const metas = new WeakMap<LicenseRequest, RequestMeta>();

export const metaOf = (request: LicenseRequest | undefined): RequestMeta | undefined => request && metas.get(request);

/** What callbacks are told, and the key period that the init data name. */
export interface Prepared { context: RequestContext; period: number | undefined }

/** Everything that callbacks are told, from what the caller knows. */
export function contextOf(state: State, drm: Drm, given: Partial<RequestContext>, adapter: AdapterOptions): Prepared {
  const option = adapter.contentId ?? state.options.contentId;
  const initData = given.initData && state.initData(given.initData, given.initDataType);
  // A list of their own: what is known of init data is kept.
  const keyIds = Array.from(given.keyIds ?? initData?.keyIds ?? []);
  // What init data carries is what was packaged; the option is for init data that carries none.
  const contentId = given.contentId ?? initData?.contentId ?? fromOption(option, keyIds, initData);
  const messageType = given.messageType ?? "license-request";
  const period = initData?.keyPeriodIndex;
  const reason = messageType === "license-renewal" ? "renewal" : messageType === "license-release" ? "release" : state.isRotated(contentId, period) ? "rotation" : "license";
  const context = { reason, signal: new AbortController().signal, ...given, drm, keyIds, messageType, ...(contentId === undefined ? {} : { contentId }) } as RequestContext;
  return { context, period };
}

function fromOption(option: AdapterOptions["contentId"], keyIds: string[], initData: InitData | undefined): string | undefined {
  return typeof option === "function" ? invokeCallback("contentId", () => option(initData ? { keyIds, initData } : { keyIds })) : option;
}

/** The request for a message; asks for custom data. Errors are not reported here: whoever calls may try again. */
export async function prepare(state: State, drm: Drm, message: Bytes, given: Partial<RequestContext>, adapter: AdapterOptions = {}): Promise<LicenseRequest> {
  const bytes = challenge(drm, message);
  await state.ready(given.signal);
  const { context, period } = contextOf(state, drm, given, adapter);
  // Whoever names the reason decides when to ask; otherwise a rotation is spread over viewers here.
  if (context.reason === "rotation" && !given.reason) await sleep(Math.random() * (state.options.rotationSpread ?? 0), context.signal);
  const started = Date.now();
  const individualization = context.messageType === "individualization-request";
  const customData = individualization || drm === "clearkey" ? undefined : await customDataOf(state, context, adapter);
  const problems = customData === undefined ? [] : validateToken(state, customData, context, period !== undefined);
  const target = await urlOf(state, context);
  const extra = individualization ? {} : await resolveOption("headers", state.options.headers, context) ?? {};
  const { url, headers, body: form, serviceCertificate } = licenseRequest(drm, bytes, customData, individualization, target, state.options.carrier === "url");
  const body = drm === "fairplay" ? await withAssetId(state, form, context) : form;
  const request: LicenseRequest = {
    url, headers: mergeHeaders(headers, extra), timeout: state.timeout,
    // ClearKey's content is named in its URL.
    ...(drm === "clearkey" ? { method: "GET", body: null } : { method: "POST", body }),
  };
  metas.set(request, {
    drm, problems, started, license: !individualization && !serviceCertificate, opaque: individualization,
    period: period === undefined ? period : [context.contentId ?? "", period], keySystem: context.keySystem,
  });
  return request;
}

function challenge(drm: Drm, message: Bytes): Uint8Array {
  if (!/^(widevine|playready|fairplay|clearkey)$/.test(drm)) throw createError("drm-invalid", { parameters: [String(drm)] });
  try {
    return asBytes(message);
  } catch (cause) {
    throw createError("challenge-invalid", { reason: Reason.MessageNotBytes, cause });
  }
}

/** FairPlay's form with the asset id behind the SPC, for servers and accounts that want one. */
async function withAssetId(state: State, form: Octets, context: RequestContext): Promise<Octets> {
  const { assetId: option } = state.options;
  const assetId = option === true
    ? context.initData && state.initData(context.initData, context.initDataType)?.fairplay?.assetId
    : option && await resolveOption("assetId", option, context);
  return assetId ? encodeText(`${decodeText(form)}&assetId=${encodeURIComponent(assetId)}`) : form;
}

async function urlOf(state: State, context: RequestContext): Promise<string> {
  const option = state.options.licenseUrl;
  const url = option && typeof option === "object" ? option[context.drm] : await resolveOption("licenseUrl", option as ValueOrProvider<string> | undefined, context);
  return url ?? state.defaultUrl(context.drm, context.contentId);
}

/** The token or auth data for a request, in the time that a server has. */
export async function customDataOf(state: State, context: RequestContext, adapter: AdapterOptions): Promise<string | undefined> {
  const option = adapter.customData ?? state.options.customData;
  const { drm } = context;
  if (option === undefined || option === null) {
    state.warn(createError("custom-data-missing"), drm);
    return undefined;
  }
  const started = Date.now();
  let value: unknown;
  try {
    const late = () => tooLate("customData", state.timeout, "custom-data");
    value = await withTimeout({ ms: state.timeout, signal: context.signal, phase: "custom-data", late }, async () => provide(option, context));
  } catch (cause) {
    const retryable = (cause as { retryable?: unknown } | undefined)?.retryable === true;
    throw toPallyConError(cause, "custom-data-failed", { parameters: [drm], retryable });
  }
  if (typeof value !== "string") throw createError("custom-data-invalid", { reason: Reason.CustomDataNotText, parameters: [value === null ? "null" : typeof value] });
  state.emit({ type: "custom-data", drm, duration: Date.now() - started });
  return value;
}

/** What is wrong with custom data, as warnings. It never stops a request: the viewer's clock may be the one that is wrong. */
export function validateToken(state: State, value: string, { drm, contentId }: RequestContext, keyRotation: boolean, tokenNeeded = false): Problem[] {
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
