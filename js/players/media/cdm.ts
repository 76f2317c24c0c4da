// The CDM under its two APIs, EME and WebKit's older one, behind one shape.
import { PallyConError } from "../../core.js";
import type { Octets } from "../../core.js";
import { LEGACY, legacyKeys, type Choice, type LegacyKeys } from "./choose.js";

export interface Listener {
  message(message: Uint8Array, type: string): void;
  statuses(): void;
  closed(reason: string): void;
}
export interface Session {
  readonly id: string;
  /** `keyid:status` with blanks between */
  readonly statuses: string;
  readonly expiration: number;
  update(data: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
export interface Cdm {
  certify(certificate: Octets): Promise<void>;
  attach(): Promise<void>;
  open(type: string, initData: Octets, on: Listener): Promise<Session>;
  detach(): Promise<void>;
}

const RELOAD = "Load the source again; if it comes back, look at the error's cause: it is what the CDM said.";

export const cdmError = (keySystem: string, code: string, message: string, cause?: unknown, hint = RELOAD) =>
  new PallyConError({ code, phase: "session", message, hint, keySystem, cause });

const refused = (keySystem: string, cause: unknown) =>
  cdmError(keySystem, "license-rejected", "The CDM refused the license.", cause, "Check that nothing changes the answer on its way, and that it is for this DRM, this session and this content.");
const certificateRejected = (keySystem: string, cause?: unknown) =>
  cdmError(keySystem, "certificate-rejected", "The CDM refused the certificate.", cause, "Use the certificate of this DRM that is registered for the site: DER for FairPlay.");

const hex = (id: BufferSource) => {
  const bytes = ArrayBuffer.isView(id) ? new Uint8Array(id.buffer, id.byteOffset, id.byteLength) : new Uint8Array(id);
  return Array.from(bytes, (byte) => `0${byte.toString(16)}`.slice(-2)).join("");
};

/** MediaKeys that an element would not let go of while it played (Chromium) serve the next attachment. */
const kept = new WeakMap<HTMLMediaElement, { keySystem: string; keys: MediaKeys }>();

export async function modernCdm(video: HTMLMediaElement, { keySystem, access }: Choice & { access: MediaKeySystemAccess }, sessionType: MediaKeySessionType): Promise<Cdm> {
  const before = kept.get(video);
  const keys = before?.keySystem === keySystem && before.keys === video.mediaKeys ? before.keys : await access.createMediaKeys();
  return {
    async certify(certificate) {
      const taken = await keys.setServerCertificate(certificate).catch((cause: unknown) => { throw certificateRejected(keySystem, cause); });
      // Where a CDM takes none it says so; FairPlay's always does.
      if (!taken && keySystem.startsWith("com.apple")) throw certificateRejected(keySystem);
    },
    async attach() {
      if (video.mediaKeys === keys) return;
      try {
        await video.setMediaKeys(keys);
      } catch (cause) {
        throw cdmError(keySystem, "media-keys-refused", "The element did not take the MediaKeys.", cause, "Another player may still use this element: undo it first.");
      }
      kept.set(video, { keySystem, keys });
    },
    async open(type, initData, on) {
      const session = keys.createSession(sessionType);
      session.addEventListener("message", ({ message, messageType }) => on.message(new Uint8Array(message), messageType));
      session.addEventListener("keystatuseschange", () => on.statuses());
      void session.closed.then((reason) => on.closed(String(reason)));
      await session.generateRequest(type, initData);
      return {
        get id() { return session.sessionId; },
        get statuses() {
          const list: string[] = [];
          session.keyStatuses.forEach((status, id) => list.push(`${hex(id)}:${status}`));
          return list.join(" ");
        },
        get expiration() { return session.expiration; },
        update: (data) => session.update(data as Octets).catch((cause: unknown) => { throw refused(keySystem, cause); }),
        close: () => session.close(),
      };
    },
    async detach() {
      if (video.mediaKeys === keys) await video.setMediaKeys(null).then(() => kept.delete(video), () => undefined);
    },
  };
}

interface WebKitElement extends HTMLMediaElement { webkitKeys?: LegacyKeys | null; webkitSetMediaKeys(keys: LegacyKeys | null): void }

/** @param blob what createSession takes: init data, asset id and certificate in one */
export function legacyCdm(element: HTMLMediaElement, blob: (initData: Octets, certificate: Octets) => Uint8Array): Cdm {
  const video = element as WebKitElement;
  let der: Octets;
  return {
    certify: async (certificate) => { der = certificate; },
    attach: async () => undefined,
    async open(_type, initData, on) {
      // Safari takes them only once it knows what it plays: now.
      const Keys = legacyKeys();
      if (!video.webkitKeys && Keys) video.webkitSetMediaKeys(new Keys(LEGACY));
      const session = video.webkitKeys?.createSession("video/mp4", blob(initData, der));
      if (!session) throw new Error("createSession gave nothing");
      let settle: { resolve(): void; reject(cause: unknown): void } | undefined;
      const opened = new Promise<void>((resolve, reject) => { settle = { resolve, reject }; });
      session.addEventListener("webkitkeymessage", (event) => {
        settle?.resolve();
        on.message(new Uint8Array((event as Event & { message: Uint8Array }).message), "license-request");
      });
      session.addEventListener("webkitkeyadded", () => settle?.resolve());
      session.addEventListener("webkitkeyerror", () => settle?.reject(new Error(`webkitkeyerror ${session.error?.code} (${session.error?.systemCode})`)));
      await opened;
      return {
        id: session.sessionId, statuses: "", expiration: NaN,
        update: (data) => new Promise<void>((resolve, reject) => {
          settle = { resolve, reject: (cause) => reject(refused(LEGACY, cause)) };
          session.update(data);
        }),
        close: async () => session.close(),
      };
    },
    async detach() {
      if (video.webkitKeys) video.webkitSetMediaKeys(null);
    },
  };
}
