// FairPlay with WebKit's own API, which predates unprefixed EME.

interface LegacySession extends EventTarget {
  readonly sessionId: string;
  readonly error?: { code: number; systemCode: number } | null;
  update(data: Uint8Array): void;
  close(): void;
}
export interface LegacyKeys {
  createSession(type: string, initData: Uint8Array): LegacySession | null;
}
interface LegacyKeysConstructor {
  new (keySystem: string): LegacyKeys;
  isTypeSupported(keySystem: string, type: string): boolean;
}
declare const WebKitMediaKeys: LegacyKeysConstructor;

export const legacyKeys = () => (typeof WebKitMediaKeys === "undefined" ? undefined : WebKitMediaKeys);
