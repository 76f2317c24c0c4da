// One client's work for one player: it follows contrib-eme's sessions from a source's first init data to the next
// source.
import { asBytes, copyBytes, createError, drmOf, hex, newAbortController, toPallyConError } from "../../core.js";
import type { Bytes, Client, InitDataType, Octets, Undo } from "../../core.js";
import { detailsOf, type LicenseHandler } from "../../license-handler.js";
import { KeyStatuses } from "../parts/key-status.js";
import type { Renewals } from "../parts/renewal.js";
import { warnUntested } from "../parts/version.js";
import type { Player, Session, Tech, VideojsPlayer } from "./types.js";

const ENCRYPTED = 5; // MediaError.MEDIA_ERR_ENCRYPTED of video.js
/** contrib-eme's names of failures. */
const LICENSE_FAILED = "eme-failed-generate-license-request";
const CERTIFICATE_FAILED = "eme-failed-set-server-certificate";
/** Another source, or none: video.js clears its error with the first event, and creates a new tech with the second. */
const NEXT_SOURCE = ["loadstart", "playerreset"];

/** contrib-eme's callback. */
export type Done = (error: null, license: Octets) => void;

const attachments = new WeakMap<Player, Map<Client, Attachment>>();

/** The attachment of this player and client. */
export function attachmentOf(given: VideojsPlayer, client: Client): Attachment {
  const player = given as unknown as Player;
  if (typeof player?.eme !== "object" || typeof player.tech !== "function") throw createError("player-invalid");
  const known = attachments.get(player) ?? new Map<Client, Attachment>();
  if (!attachments.has(player)) {
    attachments.set(player, known);
    skipWithoutInitData(player);
    player.on("dispose", () => {
      known.forEach((attachment) => attachment.dispose());
      // contrib-eme closes its sessions now, and reports failures to the player, whose error() then throws.
      const last = player.error();
      player.error = () => last;
    });
  }
  const attachment = known.get(client) ?? new Attachment(player, client, () => known.delete(client));
  known.set(client, attachment);
  return attachment;
}

/**
 * VHS passes contrib-eme the init data of every DRM in the manifest, whichever is in use. If the one in use has none,
 * and a session already exists, contrib-eme dereferences null and the app gets a TypeError. The media contain init data
 * of their own.
 */
function skipWithoutInitData(player: Player): void {
  const { eme } = player;
  const initialize = eme.initializeMediaKeys;
  eme.initializeMediaKeys = (options = {}, callback, ...rest) => {
    const { keySystem } = player.tech(true).el();
    const sources = [options, player.currentSource()];
    const known = !keySystem || sources.some(({ keySystems }) => keySystems?.[keySystem]?.pssh);
    if (known) initialize(options, callback, ...rest);
    else callback?.();
  };
}

/** A promise for contrib-eme that must not reject: it would report the failure again, with another name. */
const never = <T>(): Promise<T> => new Promise(() => {});

export class Attachment {
  private readonly player: Player;
  private readonly client: Client;
  private readonly undo: Undo;
  /** for the requests of this source */
  private controller = newAbortController();
  private statuses: KeyStatuses | undefined;
  private renewals: Renewals | undefined;
  /** raises contrib-eme's events, while a source of ours is played */
  private tech: Tech | undefined;
  private keySystem = "";
  /** the message that contrib-eme is about to request a license for */
  private message: MediaKeyMessageEvent | undefined;
  private readonly sessions = new WeakMap<EventTarget, Session>();
  /**
   * Sessions of this source without a license: contrib-eme never repeats a request for equal init data with the same
   * URL.
   */
  private readonly unlicensed = new Set<EventTarget>();
  private readonly certified = new WeakMap<MediaKeys, Promise<void>>();
  private uncertified: MediaKeys | undefined;

  constructor(player: Player, client: Client, forget: () => void) {
    this.player = player;
    this.client = client;
    player.on(NEXT_SOURCE, this.end);
    warnUntested(client, "video.js", { constructor: { version: player.version?.()["video.js"] } }, /^8\./);
    this.undo = client.adopt(() => {
      forget();
      this.dispose();
    });
  }

  /**
   * Immediately: contrib-eme continues in the same tick. For a player that lives on, a pending request becomes its
   * error.
   */
  dispose(): void {
    this.controller.abort();
    this.leave();
    this.player.off(NEXT_SOURCE, this.end);
    void this.undo();
  }

  /** The current source, while it is one of ours. */
  media(): HTMLMediaElement | undefined {
    return this.tech?.el();
  }

  /** contrib-eme has init data for one of our key systems. */
  begin(keySystem: string): void {
    this.keySystem = keySystem;
    const tech = this.player.tech(true);
    if (this.tech === tech || this.controller.signal.aborted) return;
    this.tech = tech;
    this.statuses = new KeyStatuses(this.client);
    tech.on("keysessioncreated", this.onSession);
    tech.on("keysessionupdated", this.onUpdated);
    tech.on("keymessage", this.onMessage);
  }

  /** Pending requests of the source get nothing; the next source starts as if there had been none. */
  private readonly end = (): void => {
    this.controller.abort();
    this.controller = newAbortController();
    this.leave();
  };

  private leave(): void {
    this.statuses?.stop();
    this.renewals?.stop();
    this.tech?.off("keysessioncreated", this.onSession);
    this.tech?.off("keysessionupdated", this.onUpdated);
    this.tech?.off("keymessage", this.onMessage);
    this.tech = undefined;
    if (this.unlicensed.size) this.player.eme.activeSrc = null;
    this.unlicensed.clear();
    if (this.uncertified) this.certified.delete(this.uncertified);
    this.uncertified = undefined;
  }

  private readonly onMessage = ({ messageEvent }: { messageEvent: MediaKeyMessageEvent }): void => {
    this.message = messageEvent;
  };

  private readonly onUpdated = ({ keySession }: { keySession: EventTarget }): void => {
    this.unlicensed.delete(keySession);
  };

  /** contrib-eme calls generateRequest() next: its error can only be observed here. */
  private readonly onSession = ({ keySession: session }: { keySession: MediaKeySession }): void => {
    const {
      client,
      keySystem,
      statuses,
      controller: { signal },
    } = this;
    const keys = this.tech!.el().mediaKeysObject!;
    const generateRequest = session.generateRequest.bind(session);
    this.unlicensed.add(session);
    session.generateRequest = async (type, initData) => {
      this.sessions.set(session, { initData: copyBytes(initData as Bytes), initDataType: type as InitDataType });
      try {
        await this.certify(keys, keySystem);
        if (signal.aborted) throw createError("aborted", { phase: "certificate" });
      } catch (thrown) {
        this.report(thrown, signal, keySystem, CERTIFICATE_FAILED);
        return never();
      }
      return generateRequest(type, initData);
    };
    if (client.observed)
      session.addEventListener("keystatuseschange", () => {
        const known = this.sessions.get(session);
        if (known) statuses?.want(client.initData(known.initData, known.initDataType)?.keyIds ?? []);
        const list: [string, string][] = [];
        session.keyStatuses.forEach((status, bytes) => list.push([hex(asBytes(bytes as Bytes)), status]));
        statuses?.report(list);
      });
  };

  /** Resolves when the CDM has the certificate, if there is one. A failure is forgotten with its source. */
  private certify(keys: MediaKeys, keySystem: string): Promise<void> {
    const drm = drmOf(keySystem);
    const { client } = this;
    let certified = this.certified.get(keys);
    if (!certified && (drm === "fairplay" || (drm === "widevine" && client.options.certificate?.widevine))) {
      certified = set(client, keys, keySystem, drm).catch((error: unknown) => {
        // Widevine's CDM requests one in a message.
        if (drm === "widevine") return;
        this.uncertified = keys;
        throw error;
      });
      this.certified.set(keys, certified);
    }
    return certified ?? Promise.resolve();
  }

  /** A license for the latest message of contrib-eme. */
  async license(
    handler: LicenseHandler,
    keySystem: string,
    message: Bytes,
    done: Done,
    renewals: Renewals,
  ): Promise<void> {
    const {
      controller: { signal },
      message: event,
    } = this;
    this.renewals = renewals;
    this.message = undefined;
    const session = event?.target as MediaKeySession | null | undefined;
    const renewal = event?.messageType === "license-renewal";
    if (session && !renewal) this.unlicensed.add(session);
    try {
      if (signal.aborted) throw createError("aborted");
      const license = await handler(message, {
        signal,
        ...(session ? this.sessions.get(session) : {}),
        ...(event ? { messageType: event.messageType } : {}),
        ...(session ? { sessionId: session.sessionId } : {}),
      });
      if (signal.aborted) return;
      done(null, license);
      if (session) renewals.licensedSession(session, drmOf(keySystem)!, detailsOf(license));
    } catch (thrown) {
      if (!signal.aborted) this.tech?.trigger("licenserequestattempted"); // as contrib-eme does after its callback
      renewals.failed(session, toPallyConError(thrown));
      // With a usable key playback continues; contrib-eme opens another session when the keys have expired.
      if (!(renewal && session && isUsable(session))) this.report(thrown, signal, keySystem, LICENSE_FAILED);
    }
  }

  /** contrib-eme would report it twice, with other names, and never for a session that already had a response. */
  private report(thrown: unknown, signal: AbortSignal, keySystem: string, errorType: string): void {
    // Another source has been loaded: nothing waits for this one.
    if (this.controller.signal !== signal) return;
    const originalError = toPallyConError(thrown);
    const shown = this.player.error() as { originalError?: unknown } | null;
    if (shown?.originalError === originalError) return;
    const { message: text, hint } = originalError;
    const message = text.includes(hint) ? text : `${text} ${hint}`;
    this.player.error({ code: ENCRYPTED, message, keySystem, originalError, metadata: { errorType, keySystem } });
  }
}

function isUsable({ keyStatuses }: MediaKeySession): boolean {
  let usable = false;
  keyStatuses.forEach((status) => {
    usable ||= status === "usable";
  });
  return usable;
}

async function set(client: Client, keys: MediaKeys, keySystem: string, drm: "fairplay" | "widevine"): Promise<void> {
  const certificate = await client.certificate(drm);
  const rejected = (cause?: unknown) => client.fail(createError("certificate-rejected", { keySystem, cause }));
  const taken = await keys.setServerCertificate(certificate).catch((cause: unknown) => {
    throw rejected(cause);
  });
  if (!taken && drm === "fairplay") throw rejected();
}
