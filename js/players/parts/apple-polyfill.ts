// Shaka's polyfill of EME on top of Safari's old WebKitMediaKeys, which the app installs with
// PatchedMediaKeysApple.install().

/** drm.initDataTransform in Shaka's configuration. */
export type Transform = (initData: Uint8Array, type: string, info: Info | null) => Uint8Array;
interface Info {
  keySystem?: string;
  videoRobustness?: string;
  serverCertificate?: Uint8Array | null;
}

/** The polyfill's init data, by the transform's result: only the former can be read as init data. */
const originals = new WeakMap<Uint8Array, Uint8Array>();
export const originalOf = (initData: Uint8Array): Uint8Array => originals.get(initData) ?? initData;

export const polyfilled = (): boolean =>
  typeof self === "object" && (self as { shakaMediaKeysPolyfill?: unknown }).shakaMediaKeysPolyfill === "apple";

/**
 * The init data of the old API: URI, content id and certificate combined. Shaka's own transform uses the URI's host as
 * the content id, which ends at the first `/` of PallyCon's base64. The polyfill passes the URI as UTF-8:
 *     length u32le | URI UTF-16LE | length u32le | content id UTF-16LE | length u32le | certificate
 */
export const legacyTransform =
  (before: Transform): Transform =>
  (initData, type, info) => {
    const certificate = info?.serverCertificate;
    if (type !== "skd" || !certificate) return before(initData, type, info);
    const uri = new TextDecoder().decode(initData);
    const parts = [utf16(uri), utf16(uri.replace(/^skd:\/\//i, "")), certificate];
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
    let at = 0;
    for (const part of parts) {
      new DataView(whole.buffer).setUint32(at, part.length, true);
      whole.set(part, at + 4);
      at += 4 + part.length;
    }
    originals.set(whole, initData);
    return whole;
  };

const utf16 = (text: string): Uint8Array =>
  Uint8Array.from({ length: 2 * text.length }, (_, at) => text.charCodeAt(at >> 1) >> (at % 2 ? 8 : 0));
