/**
 * Mints license tokens and callback auth data. Both are base64 of a JSON object that is sent as
 * `pallycon-customdata-v2`;
 * customdata.mjs, which shares only the hash with this file, checks them.
 *     token      {drm_type, site_id, user_id, cid, policy, timestamp, hash [, response_format] [, key_rotation]}
 *     auth data  {drm_type, site_id, data}           data = encrypted {user_id, cid [, oid]}
 */
import { createHash } from "node:crypto";
import { encryptText } from "./digest.mjs";

/** The spelling of each DRM in a token, by the short name for the token endpoint. */
export const DRM_TYPES = /** @type {const} */ ({
  widevine: "Widevine",
  playready: "PlayReady",
  fairplay: "FairPlay",
  wiseplay: "Wiseplay",
  ncg: "NCG",
});

/** One hour, not persistent: exactly what the demo needs. */
export const DEMO_POLICY = { policy_version: 2, playback_policy: { persistent: false, license_duration: 3600 } };

/** The lifetime of a token, in seconds. */
export const LIFETIME = 600;

/**
 * @param {string} accessKey
 * @param {{ drmType: string, siteId: string, userId: string, cid: string, policy: string, timestamp: string }} token
 */
export function tokenHash(accessKey, { drmType, siteId, userId, cid, policy, timestamp }) {
  return createHash("sha256")
    .update(accessKey + drmType + siteId + userId + cid + policy + timestamp, "utf8")
    .digest("base64");
}

/**
 * `yyyy-mm-ddThh:mm:ssZ`: the milliseconds of toISOString would be refused.
 * @param {number} milliseconds
 */
export function timestamp(milliseconds) {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/**
 * @param {import("./accounts.mjs").Account} account
 * @param {object} token
 * @param {string} token.drmType
 * @param {string} token.cid
 * @param {string} token.timestamp
 * @param {string} [token.userId]
 * @param {string} [token.policy] JSON text
 * @param {string} [token.responseFormat]
 * @param {boolean} [token.keyRotation]
 * @param {"policy" | "token"} [token.policyField] the older tokens say `token`
 */
export function mintToken(account, token) {
  const { drmType, cid, userId = "LICENSETOKEN", responseFormat, keyRotation, policyField = "policy" } = token;
  const policy = encryptText(account.siteKey, token.policy ?? JSON.stringify(DEMO_POLICY));
  const hashed = { drmType, siteId: account.siteId, userId, cid, policy, timestamp: token.timestamp };
  return pack({
    drm_type: drmType,
    site_id: account.siteId,
    user_id: userId,
    cid,
    [policyField]: policy,
    timestamp: token.timestamp,
    hash: tokenHash(account.accessKey, hashed),
    ...(responseFormat === undefined ? {} : { response_format: responseFormat }),
    ...(keyRotation === undefined ? {} : { key_rotation: keyRotation }),
  });
}

/**
 * @param {import("./accounts.mjs").Account} account
 * @param {{ drmType: string, cid: string, userId?: string }} auth
 */
export function mintAuthData(account, { drmType, cid, userId = "LICENSETOKEN" }) {
  const data = encryptText(account.siteKey, JSON.stringify({ user_id: userId, cid }));
  return pack({ drm_type: drmType, site_id: account.siteId, data });
}

/** @param {object} value */
function pack(value) {
  return Buffer.from(JSON.stringify(value), "utf8").toString("base64");
}
