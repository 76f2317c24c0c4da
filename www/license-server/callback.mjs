/**
 * The callback type: the site's own page decides what auth data allow.
 *     POST data=encrypted {user_id, cid, oid, nonce, device_id, device_type, drm_type}
 *     response  encrypted {error_code: "0000", error_message, playback_policy, security_policy, …, nonce}
 * Any other error_code reaches the player as 8002 with the site's code and message inside.
 */
import { randomBytes } from "node:crypto";
import { decodeBase64 } from "./base64.mjs";
import { decryptText, encryptText } from "./digest.mjs";
import { HttpError, Refusal } from "./errors.mjs";

/** The page's time limit. */
const TIMEOUT = 5_000;
const MAX_ANSWER = 64 * 1024;

/**
 * A run's callback URL. Only on this machine: API users must not be able to send requests elsewhere.
 * @param {unknown} url
 * @returns {string | undefined} undefined: no callback
 */
export function callbackUrl(url) {
  if (url === null || url === undefined) return undefined;
  if (typeof url === "string" && URL.canParse(url)) {
    const { protocol, hostname } = new URL(url);
    if (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname)) return url;
  }
  throw new HttpError(400, 'A callback is {"url"} of a page on this machine');
}

/**
 * @param {string} url
 * @param {import("./customdata.mjs").Grant} grant of auth data
 * @param {string} drm
 * @returns {Promise<import("./customdata.mjs").Grant>}
 */
export async function askSite(url, grant, drm) {
  const { account, cid, auth } = grant;
  const nonce = randomBytes(8).toString("hex");
  const asked = {
    user_id: auth?.userId,
    cid,
    oid: auth?.orderId ?? "",
    nonce,
    device_id: "local",
    device_type: "demo",
    drm_type: DRM_NAMES[drm] ?? drm,
  };
  const answer = parse(
    account.siteKey,
    await post(url, new URLSearchParams({ data: encryptText(account.siteKey, JSON.stringify(asked)) })),
  );
  if (answer.nonce !== nonce) throw new Refusal(8004, "the callback's nonce differs");
  const { error_code: code, error_message: message, playback_policy: playback } = answer;
  if (code !== "0000")
    throw new Refusal(
      8002,
      "the site refused",
      JSON.stringify({ ERROR: String(code), MESSAGE: String(message ?? "") }),
    );
  const rules =
    typeof playback === "object" && playback !== null ? /** @type {Record<string, unknown>} */ (playback) : {};
  return { ...grant, playback: rules };
}

/** @type {Record<string, string>} */
const DRM_NAMES = { widevine: "Widevine", playready: "PlayReady", fairplay: "FairPlay" };

/**
 * @param {string} url
 * @param {URLSearchParams} body
 */
async function post(url, body) {
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const text = await response.text();
    if (response.status === 200 && text.length <= MAX_ANSWER) return text;
  } catch {
    // As if the page were unreachable.
  }
  throw new Refusal(8701, "the callback page did not respond with 200");
}

/**
 * @param {string} siteKey
 * @param {string} text
 * @returns {Record<string, unknown>}
 */
function parse(siteKey, text) {
  const sealed = decodeBase64(text.trim());
  const opened = sealed && decryptText(siteKey, sealed);
  try {
    const value = JSON.parse(opened ?? "");
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Not JSON.
  }
  throw new Refusal(8706, "the callback's response does not decrypt to a JSON object");
}
