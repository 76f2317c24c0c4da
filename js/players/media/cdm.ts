// One interface for both APIs of the CDM: EME, and WebKit's legacy API.
import { LEGACY_FAIRPLAY, createError, drmOf, hex } from "../../core.js";
import type { Bytes, Octets } from "../../core.js";
import { legacyKeys, type LegacyKeys } from "../../environment/index.js";
import type { Choice } from "./choose.js";

export interface KeyStatus {
  keyId: string;
  status: string;
}
export interface Listener {
  message(message: Uint8Array, type: MediaKeyMessageType): void;
  statuses(): void;
  closed(reason: string): void;
}
export interface Session {
  readonly id: string;
  readonly statuses: KeyStatus[];
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

const licenseRejected = (keySystem: string, cause: unknown) => createError("license-rejected", { keySystem, cause });
const certificateRejected = (keySystem: string, cause?: unknown) =>
  createError("certificate-rejected", { keySystem, cause });

/** Chromium does not detach MediaKeys from a playing element: the next attachment reuses them. */
const kept = new WeakMap<HTMLMediaElement, { level: string; keys: MediaKeys }>();

export async function modernCdm(
  video: HTMLMediaElement,
  { keySystem, access }: Choice & { access: MediaKeySystemAccess },
  sessionType: MediaKeySessionType,
): Promise<Cdm> {
  const before = kept.get(video);
  const level = `${keySystem} ${access.getConfiguration().videoCapabilities?.[0]?.robustness ?? ""}`;
  const reusable = before?.level === level && before.keys === video.mediaKeys;
  const keys = reusable ? before.keys : await access.createMediaKeys();
  return {
    async certify(certificate) {
      const taken = await keys.setServerCertificate(certificate).catch((cause: unknown) => {
        throw certificateRejected(keySystem, cause);
      });
      // False: the CDM does not support certificates. FairPlay's always does.
      if (!taken && drmOf(keySystem) === "fairplay") throw certificateRejected(keySystem);
    },
    async attach() {
      if (video.mediaKeys === keys) return;
      try {
        await video.setMediaKeys(keys);
      } catch (cause) {
        throw createError("media-keys-refused", { keySystem, cause });
      }
      kept.set(video, { level, keys });
    },
    async open(type, initData, on) {
      const session = keys.createSession(sessionType);
      session.addEventListener("message", ({ message, messageType }) => {
        on.message(new Uint8Array(message), messageType);
      });
      session.addEventListener("keystatuseschange", () => on.statuses());
      void session.closed.then((reason) => on.closed(String(reason)));
      await session.generateRequest(type, initData);
      return {
        get id() {
          return session.sessionId;
        },
        get statuses() {
          const list: KeyStatus[] = [];
          session.keyStatuses.forEach((status, id) => list.push({ keyId: hex(id as Bytes), status }));
          return list;
        },
        get expiration() {
          return session.expiration;
        },
        update: (data) =>
          session.update(data as Octets).catch((cause: unknown) => {
            throw licenseRejected(keySystem, cause);
          }),
        close: () => session.close(),
      };
    },
    async detach() {
      if (video.mediaKeys === keys)
        await video.setMediaKeys(null).then(
          () => kept.delete(video),
          () => undefined,
        );
    },
  };
}

interface WebKitElement extends HTMLMediaElement {
  webkitKeys?: LegacyKeys | null;
  webkitSetMediaKeys(keys: LegacyKeys | null): void;
}

/** @param blob builds the argument of createSession: init data, asset id and certificate in one */
export function legacyCdm(element: HTMLMediaElement, blob: (initData: Octets, certificate: Octets) => Uint8Array): Cdm {
  const video = element as WebKitElement;
  let der: Octets;
  return {
    certify: async (certificate) => {
      der = certificate;
    },
    attach: async () => undefined,
    async open(_type, initData, on) {
      // Safari only accepts them once it knows the source.
      const Keys = legacyKeys();
      if (!video.webkitKeys && Keys) video.webkitSetMediaKeys(new Keys(LEGACY_FAIRPLAY));
      const session = video.webkitKeys?.createSession("video/mp4", blob(initData, der));
      if (!session) throw new Error("createSession returned nothing");
      let settle: { resolve(): void; reject(cause: unknown): void } | undefined;
      const opened = new Promise<void>((resolve, reject) => {
        settle = { resolve, reject };
      });
      session.addEventListener("webkitkeymessage", (event) => {
        settle?.resolve();
        on.message(new Uint8Array((event as Event & { message: Uint8Array }).message), "license-request");
      });
      session.addEventListener("webkitkeyadded", () => settle?.resolve());
      session.addEventListener("webkitkeyerror", () => {
        settle?.reject(new Error(`webkitkeyerror ${session.error?.code} (${session.error?.systemCode})`));
      });
      await opened;
      return {
        id: session.sessionId,
        statuses: [],
        expiration: NaN,
        update: (data) =>
          new Promise<void>((resolve, reject) => {
            settle = { resolve, reject: (cause) => reject(licenseRejected(LEGACY_FAIRPLAY, cause)) };
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
