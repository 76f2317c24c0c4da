// Observes how the player uses EME: key system access, sessions, messages, updates and key statuses. It changes
// nothing: every call and every result passes through. (Wrapped objects are the browser's own, with some methods
// overridden.)
import type { Observed } from "./recorded.js";

type Add = (event: Observed) => void;
type Capabilities = { decodingInfo(configuration: object): Promise<{ keySystemAccess?: MediaKeySystemAccess | null }> };

const copy = (bytes: BufferSource): Uint8Array =>
  ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength).slice()
    : new Uint8Array(bytes).slice();
const hex = (bytes: BufferSource): string =>
  Array.from(copy(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

let listener: Add | undefined;
let installed = false;
let sessions = 0;
/** The browser's name of a session is known from its first message. */
const numbers = new Map<string, number>();

/** The number of an observed session. */
export const sessionNumber = (sessionId: string | undefined): number | undefined =>
  sessionId ? numbers.get(sessionId) : undefined;

/** Reports to `add` from now on. Sessions that are still open from before are no longer observed. */
export function observeEme(add: Add): void {
  listener = add;
  sessions = 0;
  numbers.clear();
  if (!installed) install();
}

function install(): void {
  installed = true;
  const nav = navigator as { requestMediaKeySystemAccess?: Navigator["requestMediaKeySystemAccess"] };
  const request = nav.requestMediaKeySystemAccess?.bind(navigator);
  if (request) {
    const watched = async (keySystem: string, configurations: MediaKeySystemConfiguration[]) => {
      const started = Date.now();
      const add = listener;
      try {
        const access = await request(keySystem, configurations);
        add?.({ type: "access", keySystem, started, granted: true });
        return watchAccess(access);
      } catch (error) {
        add?.({ type: "access", keySystem, started, granted: false });
        throw error;
      }
    };
    Object.defineProperty(navigator, "requestMediaKeySystemAccess", {
      value: watched,
      configurable: true,
      writable: true,
    });
  }
  const capabilities = navigator.mediaCapabilities as unknown as Capabilities | undefined;
  if (!capabilities) return;
  const decodingInfo = capabilities.decodingInfo.bind(capabilities);
  Object.defineProperty(capabilities, "decodingInfo", {
    configurable: true,
    writable: true,
    value: async (configuration: { keySystemConfiguration?: { keySystem: string } }) => {
      const started = Date.now();
      const add = listener;
      const info = await decodingInfo(configuration);
      const keySystem = configuration.keySystemConfiguration?.keySystem;
      if (keySystem) add?.({ type: "access", keySystem, started, granted: !!info.keySystemAccess });
      if (info.keySystemAccess) watchAccess(info.keySystemAccess);
      return info;
    },
  });
}

const watched = new WeakSet<object>();

/** Overrides a method of the object, once. */
function over<T extends object, K extends keyof T & string>(object: T, name: K, make: (own: T[K]) => T[K]): void {
  const own = object[name];
  if (typeof own !== "function") return;
  Object.defineProperty(object, name, {
    value: make((own as (...args: unknown[]) => unknown).bind(object) as T[K]),
    configurable: true,
    writable: true,
  });
}

function watchAccess(access: MediaKeySystemAccess): MediaKeySystemAccess {
  if (watched.has(access)) return access;
  watched.add(access);
  over(access, "createMediaKeys", (own) => async () => watchKeys(await own()));
  return access;
}

function watchKeys(keys: MediaKeys): MediaKeys {
  if (watched.has(keys)) return keys;
  watched.add(keys);
  over(keys, "setServerCertificate", (own) => async (certificate) => {
    const add = listener;
    const started = Date.now();
    const told = (ok: boolean) => add?.({ type: "server-certificate", bytes: certificate.byteLength, started, ok });
    try {
      const taken = await own(certificate);
      told(true);
      return taken;
    } catch (error) {
      told(false);
      throw error;
    }
  });
  over(keys, "createSession", (own) => (type) => watchSession(own(type)));
  return keys;
}

function watchSession(session: MediaKeySession): MediaKeySession {
  const add = listener;
  if (!add) return session;
  const number = (sessions += 1);
  add({ type: "session", session: number });
  over(session, "generateRequest", (own) => (initDataType, initData) => {
    add({ type: "generate-request", session: number, initDataType, initData: copy(initData) });
    return own(initDataType, initData);
  });
  over(session, "update", (own) => async (response) => {
    const started = Date.now();
    const bytes = copy(response);
    try {
      await own(response);
      add({ type: "update", session: number, response: bytes, started });
    } catch (error) {
      add({ type: "update", session: number, response: bytes, started, failure: (error as Error).name });
      throw error;
    }
  });
  session.addEventListener("message", ({ message, messageType }) => {
    if (session.sessionId) numbers.set(session.sessionId, number);
    add({ type: "challenge", session: number, messageType, message: copy(message) });
  });
  session.addEventListener("keystatuseschange", () => {
    const statuses: { keyId: string; status: string }[] = [];
    session.keyStatuses.forEach((status, keyId) => statuses.push({ keyId: hex(keyId), status }));
    add({ type: "statuses", session: number, statuses });
  });
  session.closed?.then(() => add({ type: "closed", session: number })).catch(() => undefined);
  return session;
}
