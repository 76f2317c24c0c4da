/**
 * dash.js 5: `const undo = await attachDash(player, drm)` before `player.attachSource()`. dash.js ignores exceptions
 * from a license filter and then waits forever; it passes any response with status 200 to the CDM, and exposes each
 * request with its token to every listener. So the adapter's request filter requests the license itself, updates the
 * session, and never lets dash.js send anything. A refused license reaches the app in dash.js's own `error` event, with
 * our PallyConError inside (`pallyConError(event)`).
 * @packageDocumentation
 */
import { attachOnce } from "./attach.js";
import { certified } from "./dash/certificate.js";
import type { Robust } from "./dash/robustness.js";
import { KeyStatuses } from "./parts/key-status.js";
import { Renewals } from "./parts/renewal.js";
import { warnUntested } from "./parts/version.js";
import type {
  DashError,
  DashPlayer,
  KeyMessage,
  KeySystemAccess,
  LicenseRequest,
  ProtectionDataSet,
} from "./dash/types.js";
import {
  KEY_SYSTEM,
  PallyConError,
  arrived,
  asBytes,
  clientOf,
  createError,
  drmOf,
  hex,
  newAbortController,
  toPallyConError,
} from "../core.js";
import type { AdapterOptions, Bytes, Client, Drm, Octets, PallyCon, Undo } from "../core.js";
import { detailsOf, handlerOf, type LicenseHandler } from "../license-handler.js";

export type { DashPlayer, ProtectionDataSet };

export interface DashOptions extends AdapterOptions {
  /**
   * What you would pass to `player.setProtectionData()`: robustness, priority and so on. The adapter sets the license
   * URL.
   */
  protectionData?: ProtectionDataSet | undefined;
}

// dash.js's events as strings: MediaPlayer.events only has the names once the protection module is loaded.
const ACCESS = "public_keySystemAccessComplete";
const MESSAGE = "public_keyMessage";
const COMPLETE = "public_licenseRequestComplete";
const UPDATED = "public_keySessionUpdated";
const KEY_ERROR = "public_keyError";
const CERTIFICATE = "serverCertificateUpdated";
const SESSION = "public_keySessionCreated";
/** Also raised when a source is replaced, and when the player is destroyed. */
const TEARDOWN = "streamTeardownComplete";

/**
 * dash.js's ProtectionErrors: MEDIA_KEYERR, SERVER_CERTIFICATE_UPDATED_ERROR, KEY_SESSION_CREATED_ERROR,
 * MEDIA_KEY_MESSAGE_LICENSER_ERROR.
 */
const [UPDATE_FAILED, CERTIFICATE_FAILED, SESSION_FAILED, LICENSE_FAILED] = [100, 109, 113, 114];

/** The PallyConError behind an error of dash.js: pass its `error` event, or the error in it. */
export function pallyConError(event: unknown): PallyConError | undefined {
  const { error, data } = (event ?? {}) as { error?: Partial<DashError> | null; data?: unknown };
  const found = error?.data ?? data;
  return found instanceof PallyConError ? found : undefined;
}

export function attachDash(player: DashPlayer, drm: PallyCon, options: DashOptions = {}): Promise<Undo> {
  return attachOnce(player, async () => {
    const client = clientOf(drm);
    const robust = options.robustness
      ? await (await arrived(import("./parts/robustness.js"))).robustDash(player, client, options)
      : undefined;
    return new Attachment(player, client, options, robust).start();
  });
}

/** A request filter only gets this much of its session. */
const nameOf = (sessionId: string | null, type = "license-request"): string => `${type} ${sessionId ?? ""}`;

class Attachment {
  private readonly player: DashPlayer;
  private readonly client: Client;
  private readonly options: AdapterOptions;
  private readonly protectionData: ProtectionDataSet;
  private readonly robust: Robust | undefined;
  private readonly statuses: KeyStatuses;
  private readonly renewals: Renewals;
  private readonly watched = new WeakSet<MediaKeySession>();
  /** Messages of the CDM whose request filters have not run yet. */
  private readonly messages = new Map<string, KeyMessage>();
  /** of the loaded source */
  private controller = newAbortController();
  private keySystem = "";
  private handler: LicenseHandler | undefined;

  constructor(player: DashPlayer, client: Client, { protectionData = {}, ...options }: DashOptions, robust?: Robust) {
    this.robust = robust;
    this.player = player;
    this.client = client;
    this.options = options;
    this.protectionData = protectionData;
    this.statuses = new KeyStatuses(client);
    this.renewals = new Renewals(client, "dash.js", options.renewal);
  }

  start(): Undo {
    const { client, player } = this;
    this.configure();
    player.registerLicenseRequestFilter(this.onRequest);
    const listeners: [string, (event: never) => void][] = [
      [ACCESS, this.onAccess],
      [MESSAGE, this.onMessage],
      [TEARDOWN, this.onTeardown],
    ];
    for (const [type, listener] of listeners) player.on(type as never, listener as never);
    warnUntested(client, "dash.js", { constructor: { version: player.getVersion() } }, /^5\./);
    return client.adopt(() => {
      this.onTeardown();
      for (const [type, listener] of listeners) player.off(type as never, listener as never);
      player.unregisterLicenseRequestFilter(this.onRequest);
      player.setProtectionData(this.protectionData);
    });
  }

  private configure(): void {
    const wanted = this.robust?.configured(this.protectionData) ?? this.protectionData;
    const data: ProtectionDataSet = {};
    // dash.js prefers the key systems that are listed here, and does not request a license without a URL.
    for (const drm of Object.keys(KEY_SYSTEM) as Drm[]) {
      const { persistentState } = drm === "widevine" ? this.options : {};
      data[KEY_SYSTEM[drm]] = {
        ...(persistentState ? { persistentState } : {}),
        ...wanted[KEY_SYSTEM[drm]],
        serverURL: this.client.defaultUrl(drm),
      };
    }
    this.player.setProtectionData(data);
  }

  /** The browser has granted a key system; dash.js creates MediaKeys from the event's contents. */
  private readonly onAccess = ({ data: access }: { data?: KeySystemAccess }): void => {
    const keySystem = access?.selectedSystemString ?? "";
    const drm = drmOf(keySystem);
    this.handler =
      drm && handlerOf(this.client, { ...this.options, keySystem, media: () => this.player.getVideoElement?.() });
    this.keySystem = keySystem;
    const failed = (error: PallyConError) =>
      this.raise(SESSION, SESSION_FAILED, this.client.fail(error), { data: null });
    if (access) this.robust?.watch(access, () => this.configure(), failed);
    if (!access || (drm !== "fairplay" && drm !== "widevine")) return;
    const { serverCertificate, certUrls } = this.protectionData[KEY_SYSTEM[drm]] ?? {};
    if (serverCertificate || certUrls || (drm === "widevine" && !this.client.options.certificate?.widevine)) return;
    const uncertified = (error: PallyConError) => this.raise(CERTIFICATE, CERTIFICATE_FAILED, error);
    const native = access.nativeMediaKeySystemAccessObject;
    access.nativeMediaKeySystemAccessObject = certified(native, this.client, drm, this.controller.signal, uncertified);
  };

  private readonly onMessage = ({ data }: { data: KeyMessage }): void => {
    const { session } = data.sessionToken;
    this.messages.set(nameOf(session.sessionId, data.messageType), data);
    if (this.client.observed && !this.watched.has(session)) {
      this.watched.add(session);
      session.addEventListener("keystatuseschange", () => this.report(session));
    }
  };

  private readonly onTeardown = (): void => {
    this.controller.abort();
    this.controller = newAbortController();
    this.messages.clear();
    this.statuses.stop();
    this.renewals.stop();
  };

  private readonly onRequest = ({ sessionId, messageType }: LicenseRequest): Promise<never> | undefined => {
    const name = nameOf(sessionId, messageType);
    const message = this.messages.get(name);
    this.messages.delete(name);
    if (!message || !this.handler) return undefined;
    void this.license(this.handler, message, this.controller.signal);
    return new Promise(() => {}); // dash.js waits for its filters before it sends anything
  };

  /** Uses the CDM's own message instead of the request's body: dash.js unwraps PlayReady's, but not in every form. */
  private async license(handler: LicenseHandler, key: KeyMessage, signal: AbortSignal): Promise<void> {
    const { client, keySystem, player } = this;
    const { message, messageType = "license-request", sessionToken } = key;
    const { session, initData } = sessionToken;
    const about = { data: { sessionToken, messageType } };
    let license: Octets;
    try {
      const context = { signal, sessionId: session.sessionId, messageType };
      license = await handler(message, initData ? { ...context, initData: asBytes(initData) as Octets } : context);
    } catch (error) {
      if (!signal.aborted) this.raise(COMPLETE, LICENSE_FAILED, toPallyConError(error), about);
      this.renewals.failed(session, toPallyConError(error));
      return;
    }
    if (signal.aborted) return;
    if (client.observed && initData) this.statuses.want(client.initData(initData)?.keyIds ?? []);
    const updated = session.update(license); // before the app's listeners, which may throw
    player.trigger(COMPLETE as never, { ...about, error: null }, {});
    try {
      await updated;
    } catch (cause) {
      if (signal.aborted) return;
      const error = client.fail(createError("license-rejected", { cause, keySystem, messageType }));
      this.raise(KEY_ERROR, UPDATE_FAILED, error);
      return;
    }
    player.trigger(UPDATED as never, {}, {});
    this.renewals.licensedSession(session, drmOf(keySystem)!, detailsOf(license));
  }

  /** dash.js makes its `error` event from an event of its protection module. */
  private raise(type: string, code: number, error: PallyConError, about: { data?: object | null } = {}): void {
    const { hint, message } = error;
    const shown: DashError = { code, message: message.endsWith(hint) ? message : `${message} ${hint}`, data: error };
    this.player.trigger(type as never, { ...about, error: shown }, {});
  }

  private report(session: MediaKeySession): void {
    const list: [string, string][] = [];
    session.keyStatuses.forEach((status, bytes) => list.push([hex(asBytes(bytes as Bytes)), status]));
    this.statuses.report(list);
  }
}
