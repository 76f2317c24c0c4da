/**
 * Which key belongs to which content: the committed clips of www/media/catalog.json, and keys that the key server
 * issued to a run's packagers. Content with several key periods lists tracks for each.
 */
import { readFileSync } from "node:fs";

/**
 * @typedef {{ type?: string, trackType: string, keyId: string, key: string, iv?: string }} Track keys and ids in hex
 * @typedef {{ index: number, tracks: Track[] }} Period
 * @typedef {{ contentId: string, tracks?: Track[], periods?: Period[] } & Record<string, unknown>} Content
 * @typedef {{ cid: string, keyId: string, key: string, trackType: string, period?: number }} KnownKey
 */

const HEX_16 = /^[0-9a-f]{32}$/;

/**
 * @param {string | Content[]} source a file, or the list itself
 * @returns {Content[]}
 */
export function loadCatalog(source) {
  const list = typeof source === "string" ? JSON.parse(readFileSync(source, "utf8")) : source;
  if (!Array.isArray(list)) throw new Error("The media catalog is not a JSON array");
  knownKeys(list);
  return list;
}

/**
 * @param {Content[]} catalog
 * @returns {KnownKey[]}
 */
export function knownKeys(catalog) {
  return catalog.flatMap((content) => {
    if (typeof content.contentId !== "string") throw new Error("An entry of the media catalog has no contentId");
    /** @param {Track[] | undefined} tracks @param {number} [period] */
    const of = (tracks, period) =>
      (tracks ?? []).map(({ keyId, key, trackType }) => {
        if (!HEX_16.test(keyId) || !HEX_16.test(key)) {
          throw new Error(`${content.contentId}: keyId and key must be 32 lower-case hex digits`);
        }
        return { cid: content.contentId, keyId, key, trackType, period };
      });
    return [...of(content.tracks), ...(content.periods ?? []).flatMap(({ index, tracks }) => of(tracks, index))];
  });
}

/**
 * The part that a page may see: everything but the keys.
 * @param {Content[]} catalog
 */
export function publicCatalog(catalog) {
  return JSON.parse(JSON.stringify(catalog, (name, value) => (name === "key" ? undefined : value)));
}

/**
 * The content id in live content: the CID and 16 hex digits of the period.
 * @param {string} cid
 * @param {number} period
 */
export function liveContentId(cid, period) {
  return cid + period.toString(16).padStart(16, "0");
}

/**
 * Whether a content id in init data belongs to this content.
 * @param {string} named
 * @param {string} cid
 */
export function meansContent(named, cid) {
  return named === cid || (named.startsWith(cid) && /^[0-9a-f]{16}$/i.test(named.slice(cid.length)));
}
