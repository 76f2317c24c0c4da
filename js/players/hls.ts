/**
 * hls.js 1.6 and later: `const { config, dispose } = await hlsConfig(drm)`, then `new Hls({ ...config, ... })`. hls.js
 * sends the requests; the adapter adds the token to each, and presents a response that is not a license to hls.js as an
 * HTTP failure: otherwise hls.js passes every 200 to the CDM, even if its callbacks throw. A refused license reaches
 * the app in hls.js's own error event, with our PallyConError inside (`pallyConError(data)`).
 * @packageDocumentation
 */
import {
  KEY_SYSTEM,
  UNCOUNTED,
  arrived,
  asBytes,
  clientOf,
  createError,
  drmOf,
  encodeText,
  hex,
  newAbortController,
  PallyConError,
  prepare,
  read as readLicense,
  redactUrl,
  tooLate,
  toPallyConError,
} from "../core.js";
import type {
  AdapterOptions,
  Bytes,
  Client,
  Drm,
  InitDataType,
  License,
  LicenseRequest,
  Octets,
  PallyCon,
  RequestContext,
  Undo,
} from "../core.js";
import { defaultKeyId } from "./parts/key-id.js";
import { KeyStatuses } from "./parts/key-status.js";
import { Renewals } from "./parts/renewal.js";
import { warnUntested } from "./parts/version.js";
import type { DrmSystem, Hls, HlsDrmConfig, KeyContext, LevelKey, Request, Xhr } from "./hls/types.js";

export type { HlsDrmConfig };

const FAIRPLAY = KEY_SYSTEM.fairplay;

/** The PallyConError behind an error of hls.js (the data of Hls.Events.ERROR). */
export function pallyConError(data: unknown): PallyConError | undefined {
  const { error, networkDetails } = (data ?? {}) as { error?: unknown; networkDetails?: Xhr | null };
  const found = networkDetails?.pallyConError ?? error;
  return found instanceof PallyConError ? found : undefined;
}

export async function hlsConfig(
  drm: PallyCon,
  options: AdapterOptions = {},
): Promise<{ config: HlsDrmConfig; dispose: Undo }> {
  const client = clientOf(drm);
  const robust = options.robustness
    ? await (await arrived(import("./parts/robustness.js"))).robustHls(client, options)
    : undefined;
  const controller = newAbortController();
  const { attempts, base, cap } = client.retry;
  // The client ends the retries with a status that hls.js does not retry: attempts while the browser is offline are not
  // counted.
  const retry = { maxNumRetry: attempts - 1 + UNCOUNTED, retryDelayMs: base, maxRetryDelayMs: cap };
  const drmSystems: Record<string, DrmSystem> = {};
  /** URIs of refused keys. */
  const refused = new WeakMap<object, Set<string>>();
  for (const keySystem of Object.values(KEY_SYSTEM)) {
    drmSystems[keySystem] = {
      licenseUrl: client.defaultUrl(drmOf(keySystem)!),
      generateRequest(initDataType, initData, { decryptdata: key }) {
        // A fatal error has stopped hls.js; a second track that waited for the same key would still request it, and be
        // refused too. Without init data it requests the key when loading is restarted.
        if (!(this as Hls).loadingEnabled && refused.get(this as Hls)?.has(key.uri))
          return { initDataType, initData: null };
        if (keySystem === FAIRPLAY) {
          if (initData) client.initData(initData, initDataType as InitDataType);
          else beforeInitData(client, this as Hls, key);
        }
        return { initDataType, initData };
      },
    };
  }

  const setups = new WeakMap<XMLHttpRequest, Promise<Octets | undefined>>();
  const config: HlsDrmConfig = {
    emeEnabled: true,
    drmSystems,
    ...(options.persistentState ? { drmSystemOptions: { persistentState: options.persistentState } } : {}),
    keyLoadPolicy: {
      default: {
        maxTimeToFirstByteMs: client.timeout,
        maxLoadTimeMs: client.timeout,
        timeoutRetry: retry,
        errorRetry: retry,
      },
    },
    licenseXhrSetup(xhr, _url, context, challenge) {
      warnUntested(client, "hls.js", this, /^1\.[67]\./);
      let setup = setups.get(xhr);
      // hls.js calls a failed setup once more: it fails with the same error.
      if (!setup) setups.set(xhr, (setup = send(this as Hls, xhr, context, challenge)));
      return setup;
    },
  };

  const statuses = new KeyStatuses(client);
  const renewals = new Renewals(client, "hls.js", options.renewal);
  const requests = new WeakMap<Uint8Array, Request>();
  async function send(
    hls: Hls,
    xhr: Xhr,
    { keySystem, mediaKeysSession: session, decryptdata: key }: KeyContext,
    challenge: Uint8Array,
  ): Promise<Octets | undefined> {
    const { signal } = controller;
    const system = drmOf(keySystem);
    if (!system || !session || signal.aborted) return undefined;
    if (client.observed) watch(statuses, session, key);
    const uri = /^skd:/.test(key.uri) ? key.uri : undefined;
    const initData = uri ? encodeText(uri) : key.pssh;
    const context = {
      keySystem,
      signal,
      sessionId: session.sessionId,
      ...(key.keyId ? { keyIds: [hex(key.keyId)] } : {}),
      ...(initData
        ? {
            initData: asBytes(initData).slice() as Octets,
            initDataType: (uri ? "skd" : key.scheme || "cenc") as InitDataType,
          }
        : {}),
    };
    // hls.js closes a session whose renewal was refused, even with valid keys, and reports nothing: so the adapter
    // renews instead.
    const licensed = ({ details }: License) => renewals.licensedSession(session, system, details);
    if (session.keyStatuses.size > 0) {
      renew(hls, key, async () => {
        const license = await client.requestLicense(
          system,
          challenge,
          { ...context, messageType: "license-renewal" },
          options,
        );
        if (signal.aborted) return;
        await session.update(license.data);
        licensed(license);
      }).catch((error: PallyConError) => renewals.failed(session, error));
      return new Promise(() => {});
    }
    const chain = requests.get(challenge)?.chain ?? client.chain(system);
    const fail = (error: PallyConError) => {
      refused.set(hls, (refused.get(hls) ?? new Set()).add(key.uri));
      return client.fail(error, chain);
    };
    const request: Request = requests.get(challenge) ?? { chain, fail, licensed };
    requests.set(challenge, request);
    for (;;) {
      try {
        await chain.pause(signal);
        const about: Partial<RequestContext> = chain.attempt > 1 ? { ...context, reason: "retry" } : context;
        const prepared = await prepare(
          client,
          system,
          challenge,
          about,
          { ...options, media: () => hls.media, loading: () => segmentOf(hls) },
          chain,
        );
        return post(client, xhr, system, prepared, request);
      } catch (thrown) {
        const error = toPallyConError(thrown);
        // An internal error of ours: hls.js posts the CDM's message, as it would without us.
        if (error.code === "internal") return void client.fail(chain.abort(error));
        const final = chain.fail(error);
        if (final) throw fail(final);
      }
    }
  }

  const load = async (keySystem: string, drm: "fairplay" | "widevine"): Promise<void> => {
    drmSystems[keySystem]!.serverCertificateUrl ??= URL.createObjectURL(new Blob([await client.certificate(drm)]));
  };
  let early: Promise<void> | undefined;
  if (typeof navigator === "object" && navigator.requestMediaKeySystemAccess) {
    config.requestMediaKeySystemAccessFunc = async (keySystem, configurations) => {
      const access = await (robust
        ? robust.request(keySystem, configurations)
        : navigator.requestMediaKeySystemAccess(keySystem, configurations));
      // hls.js requests the certificate's URL after this. FairPlay requires one: the error becomes hls.js's own.
      if (keySystem === FAIRPLAY) await (early ?? load(keySystem, "fairplay"));
      else if (drmOf(keySystem) === "widevine" && client.options.certificate?.widevine)
        await load(keySystem, "widevine").catch(() => {});
      early = undefined;
      return access;
    };
    try {
      await navigator.requestMediaKeySystemAccess(FAIRPLAY, [
        { initDataTypes: ["sinf"], videoCapabilities: [{ contentType: 'video/mp4; codecs="avc1.42E01E"' }] },
      ]);
      await (early = load(FAIRPLAY, "fairplay"));
    } catch {
      /* no FairPlay here, or no certificate: hls.js reports it when it needs one */
    }
  }

  const dispose = client.adopt(() => {
    controller.abort();
    statuses.stop();
    renewals.stop();
    for (const system of Object.values(drmSystems)) {
      if (system.serverCertificateUrl) URL.revokeObjectURL(system.serverCertificateUrl);
      delete system.serverCertificateUrl;
    }
  });
  return { config, dispose };
}

/** A refused renewal is a non-fatal error of hls.js: the keys are valid until they expire. */
async function renew(hls: Hls, key: LevelKey, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const error = toPallyConError(thrown);
    if (error.code !== "aborted")
      hls.trigger("hlsError", {
        type: "keySystemError",
        details: "keySystemLicenseRequestFailed",
        fatal: false,
        error,
        err: error,
        reason: error.message,
        decryptdata: key,
      });
    throw error;
  }
}

/**
 * hls.js loads no segment before it has the key, and the longest takes no longer to load than to play. In milliseconds.
 */
const segmentOf = ({ levels }: Hls): number =>
  1000 * Math.max(0, ...levels.map(({ details }) => details?.targetduration ?? 0));

/** Opens the xhr and sets its headers; hls.js sends the returned body. */
function post(client: Client, xhr: Xhr, drm: Drm, prepared: LicenseRequest, request: Request): Octets | undefined {
  const body = prepared.body ?? undefined;
  xhr.open(prepared.method, prepared.url, true);
  if (client.options.withCredentials) xhr.withCredentials = true;
  // hls.js sets a Content-Type for PlayReady itself: a second one would be appended to it.
  for (const [name, value] of Object.entries(prepared.headers))
    if (drm !== "playready" || !/^content-type$/i.test(name)) xhr.setRequestHeader(name, value);
  // It also reads the buffer of PlayReady's message as UTF-16 to unwrap it, which fails for an odd length and for a
  // long one. Ours is already unwrapped: hls.js finds no wrapper, and sends the bytes of the view.
  if (drm === "playready" && body) Object.defineProperty(body, "buffer", { value: new ArrayBuffer(0) });
  client.emit({
    type: "request",
    drm,
    url: redactUrl(prepared.url),
    attempt: request.chain.attempt,
    bytes: body?.length ?? 0,
  });
  overrideResponse(client, xhr, drm, prepared, request);
  return body;
}

/** Makes the finished xhr look like a license with status 200, or a failure: 503 if hls.js should retry, else 4xx. */
function overrideResponse(client: Client, xhr: Xhr, drm: Drm, prepared: LicenseRequest, request: Request): void {
  const native = <T>(name: string): T => Reflect.get(Object.getPrototypeOf(xhr) as object, name, xhr) as T;
  const abort = xhr.abort.bind(xhr);
  let late = false;
  let givenUp = false;
  const timer = setTimeout(() => {
    late = true;
    abort();
  }, prepared.timeout);
  xhr.abort = () => {
    givenUp = true;
    request.chain.abort();
    abort();
  };
  xhr.addEventListener("loadend", () => clearTimeout(timer));

  const read = (): Record<string, unknown> => {
    // hls.js aborts the requests of a session that it closes, and would start another one after anything but 4xx.
    if (givenUp) return { status: 499, statusText: "aborted", response: null };
    try {
      const body = native<Bytes | null>("response") ?? new ArrayBuffer(0);
      if (late) throw tooLate("The server", prepared.timeout, "license");
      const license = readLicense(client, drm, { status: native("status"), body, url: xhr.responseURL }, prepared);
      request.licensed(license);
      return { status: 200, statusText: "OK", response: license.data.buffer };
    } catch (thrown) {
      const error = toPallyConError(thrown);
      if (error.code === "internal") {
        client.fail(error);
        return { status: native("status"), statusText: native("statusText"), response: native("response") };
      }
      const final = request.chain.fail(error, xhr.getResponseHeader("retry-after") ?? undefined);
      if (final) request.fail(final);
      xhr.pallyConError = final ?? error;
      const { httpStatus = 0 } = error;
      const refused = httpStatus >= 400 && httpStatus < 500 ? httpStatus : 403;
      return { status: final ? refused : 503, statusText: (final ?? error).message, response: null };
    }
  };
  let shown: Record<string, unknown> | undefined;
  const done = () => native("readyState") === 4;
  for (const name of ["status", "statusText", "response"]) {
    Object.defineProperty(xhr, name, {
      configurable: true,
      get: () => (done() ? (shown ??= read())[name] : native(name)),
    });
  }
}

const watched = new WeakSet<MediaKeySession>();

/** Reports a session's key statuses. PlayReady may name a key in GUID order: then the playlist's form is reported. */
function watch(statuses: KeyStatuses, session: MediaKeySession, { keyId: own }: LevelKey): void {
  if (watched.has(session)) return;
  watched.add(session);
  if (own) statuses.want([hex(own)]);
  session.addEventListener("keystatuseschange", () => {
    const list: [string, string][] = [];
    session.keyStatuses.forEach((status, bytes) => list.push([hex(asBytes(bytes as Bytes)), status]));
    statuses.report(list);
  });
}

/**
 * For FairPlay, when hls.js has a playlist's key but no init data yet. It later looks up the init data's key id among
 * the playlist's key ids: if those differ (a KEYID attribute, or another DRM's key line, hls.js issue 7542), it would
 * use the first key for every track. The init segment is correct: it is what the CDM sees.
 */
function beforeInitData(client: Client, hls: Hls, key: LevelKey): void {
  for (const { details } of [...hls.levels, ...hls.audioTracks]) {
    const fragment = details?.fragments.find(({ levelkeys }) => levelkeys?.[key.keyFormat] === key);
    if (!fragment) continue;
    if (!fragment.initSegment) {
      const error = client.fail(createError("fairplay-mpeg-ts"));
      hls.trigger("hlsError", {
        type: "keySystemError",
        details: "keySystemNoSession",
        fatal: true,
        error,
        err: error,
        reason: error.message,
        decryptdata: key,
      });
    } else {
      key.keyId = defaultKeyId(fragment.initSegment.data) ?? key.keyId;
    }
    return;
  }
}
