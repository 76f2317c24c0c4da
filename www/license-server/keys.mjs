/** The keys for a challenge: those that it names, if they belong to the token's content. */
import { liveContentId, meansContent } from "./catalog.mjs";
import { Refusal } from "./errors.mjs";
import { keyIdOfAsset } from "./fairplay.mjs";

/** @typedef {import("./catalog.mjs").KnownKey} KnownKey */

/** Resolutions from low to high; tracks that `allowed_track_types` omits are not in the license. */
const RANK = new Map([
  ["SD", 1],
  ["HD", 2],
  ["UHD1", 3],
  ["UHD2", 4],
]);
const LIMIT = new Map([
  ["SD_ONLY", 1],
  ["SD_HD", 2],
  ["SD_UHD1", 3],
  ["SD_UHD2", 4],
]);

/**
 * @param {import("./widevine.mjs").Challenge} challenge
 * @param {KnownKey[]} known
 * @param {{ cid: string, keyRotation: boolean, playback: Record<string, unknown> }} grant
 * @returns {import("./widevine.mjs").LicenseKey[]}
 */
export function chooseKeys(challenge, known, { cid, keyRotation, playback }) {
  const { contentId } = challenge;
  if (contentId !== undefined && contentId !== "" && !meansContent(contentId, cid)) {
    throw new Refusal(7012, "the content id of the challenge is not the token's");
  }
  const own = known.filter((key) => key.cid === cid);
  const asked = challenge.all
    ? own
    : [
        ...new Map(
          [...byAsset(challenge, known, own), ...challenge.keyIds.map((keyId) => byKeyId(keyId, known, own))].map(
            (key) => [key.keyId, key],
          ),
        ).values(),
      ];
  if (asked.length === 0) throw new Refusal(7001, "no key is known for the content");
  if (!keyRotation && asked.some(({ period }) => period !== undefined)) {
    throw new Refusal(7001, "the content's keys rotate and the token lacks key_rotation");
  }
  // A release requests no keys: its response only confirms the nonce.
  if (challenge.kind === 3) return [];
  const limit = LIMIT.get(String(playback.allowed_track_types)) ?? Number.POSITIVE_INFINITY;
  return asked.filter(({ trackType }) => (RANK.get(trackType) ?? 0) <= limit);
}

/**
 * @param {string} keyId
 * @param {KnownKey[]} known
 * @param {KnownKey[]} own
 */
function byKeyId(keyId, known, own) {
  const key = own.find((each) => each.keyId === keyId);
  if (key !== undefined) return key;
  const elsewhere = known.some((each) => each.keyId === keyId);
  throw elsewhere
    ? new Refusal(7012, "the key belongs to other content")
    : new Refusal(7001, `unknown key id ${keyId}`);
}

/**
 * A FairPlay asset id: base64 of the key id, or the CID and the period, or only the CID.
 * @param {import("./widevine.mjs").Challenge} challenge
 * @param {KnownKey[]} known
 * @param {KnownKey[]} own
 * @returns {KnownKey[]}
 */
function byAsset({ assetId, keyIds }, known, own) {
  if (!assetId) return [];
  const keyId = keyIdOfAsset(assetId);
  if (keyId !== undefined) return [byKeyId(keyId, known, own)];
  const fits = (/** @type {KnownKey} */ { cid, period }) =>
    assetId === (period === undefined ? cid : liveContentId(cid, period));
  const keys = own.filter(fits);
  if (keys.length > 0) return keyIds.length > 0 ? [] : keys;
  if (known.some(fits)) throw new Refusal(7012, "the asset id belongs to other content");
  if (keyIds.length > 0) return [];
  throw new Refusal(7001, "unknown asset id");
}
