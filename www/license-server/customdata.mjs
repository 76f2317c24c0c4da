/**
 * Validates custom data, in the order that a server must use: text, base64, JSON, fields, site, hash, policy, time,
 * DRM. The result for one content id is the `Grant`.
 */
import { decodeBase64 } from "./base64.mjs";
import { decryptText, sameBytes } from "./digest.mjs";
import { Refusal } from "./errors.mjs";
import { LIFETIME, tokenHash } from "./token.mjs";

/** Allowance for clock differences: a token may be this many seconds in the future. */
const SKEW = 5;

/**
 * @typedef {object} Grant
 * @property {import("./accounts.mjs").Account} account
 * @property {string} cid
 * @property {boolean} keyRotation
 * @property {boolean} json whether the response must be JSON
 * @property {Record<string, unknown>} playback the policy's playback part
 * @property {{ userId: string, orderId?: string }} [auth] from auth data: the user and order for the callback
 */

/**
 * @param {string} value
 * @param {{ accounts: Map<string, import("./accounts.mjs").Account>, now: number, drm: string, tokenOnly: boolean }}
 * context
 * @returns {Grant}
 */
export function checkCustomData(value, { accounts, now, drm, tokenOnly }) {
  if (/\s/.test(value)) throw new Refusal(7007, "whitespace in the custom data");
  const bytes = decodeBase64(value);
  if (bytes === undefined || bytes.length === 0) throw new Refusal(7009, "the custom data is not standard base64");
  const fields = parseObject(bytes.toString("utf8"));
  if (fields === undefined) throw new Refusal(7013, "the custom data is not a JSON object");
  const account = accounts.get(text(fields, "site_id"));
  if (account === undefined) throw new Refusal(1003, "unknown site_id");
  const isAuthData = "data" in fields && !("policy" in fields) && !("token" in fields);
  if (isAuthData && tokenOnly) throw new Refusal(7010, "callback auth data instead of a token");
  const grant = isAuthData ? openAuthData(fields, account) : openToken(fields, account, now);
  const drmType = "drm_type" in fields ? text(fields, "drm_type") : "PlayReady";
  if (drmType.toLowerCase() !== drm) throw new Refusal(7018, `drm_type does not name ${drm}`);
  return grant;
}

/**
 * @param {Record<string, unknown>} fields
 * @param {import("./accounts.mjs").Account} account
 * @param {number} now
 * @returns {Grant}
 */
function openToken(fields, account, now) {
  const policy = text(fields, "policy" in fields ? "policy" : "token");
  const cid = text(fields, "cid");
  const signed = {
    drmType: "drm_type" in fields ? text(fields, "drm_type") : "",
    siteId: account.siteId,
    userId: text(fields, "user_id"),
    cid,
    policy,
    timestamp: text(fields, "timestamp"),
  };
  const hash = Buffer.from(tokenHash(account.accessKey, signed), "ascii");
  if (!sameBytes(hash, Buffer.from(text(fields, "hash"), "utf8"))) throw new Refusal(7019, "the hash does not match");
  const sealed = decodeBase64(policy);
  const opened = sealed && decryptText(account.siteKey, sealed);
  const rules = opened === undefined ? undefined : parseObject(opened);
  if (rules === undefined) throw new Refusal(7008, "the policy does not decrypt to a JSON object");
  checkTime(signed.timestamp, now);
  const playback = rules.playback_policy;
  return {
    account,
    cid,
    keyRotation: fields.key_rotation === true,
    json: fields.response_format === "json" || fields.response_format === "custom",
    playback: isObject(playback) ? playback : {},
  };
}

/**
 * The site's callback decides with this (callback.mjs); in a run without one, everyone is allowed.
 * @param {Record<string, unknown>} fields
 * @param {import("./accounts.mjs").Account} account
 * @returns {Grant}
 */
function openAuthData(fields, account) {
  const sealed = decodeBase64(text(fields, "data"));
  const opened = sealed && decryptText(account.siteKey, sealed);
  const inner = opened === undefined ? undefined : parseObject(opened);
  if (inner === undefined) throw new Refusal(8706, "the auth data does not decrypt to a JSON object");
  const auth = { userId: text(inner, "user_id"), ...(typeof inner.oid === "string" && { orderId: inner.oid }) };
  return { account, cid: text(inner, "cid"), keyRotation: true, json: false, playback: {}, auth };
}

/**
 * @param {string} stamp
 * @param {number} now milliseconds
 */
function checkTime(stamp, now) {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(stamp) ? Date.parse(stamp) : Number.NaN;
  if (Number.isNaN(at)) throw new Refusal(7009, "the timestamp is not yyyy-mm-ddThh:mm:ssZ");
  const age = (now - at) / 1000;
  if (age > LIFETIME) throw new Refusal(7011, `the token is ${Math.round(age)} s old`);
  if (age < -SKEW) throw new Refusal(7011, `the token is ${Math.round(-age)} s in the future`);
}

/**
 * @param {Record<string, unknown>} fields
 * @param {string} name
 */
function text(fields, name) {
  const value = fields[name];
  if (typeof value !== "string" || value === "") throw new Refusal(7010, `${name} is missing`);
  return value;
}

/**
 * @param {string} json
 * @returns {Record<string, unknown> | undefined}
 */
function parseObject(json) {
  try {
    const value = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
