/**
 * Faults that a test requests: which requests they affect, and how many. They are implemented in damage.mjs (for any
 * response), license.mjs, certificates.mjs and mint.mjs (specific ones).
 */
import { CATALOG, HttpError } from "./errors.mjs";

/**
 * @typedef {"license" | "certificate" | "token" | "media"} Target
 * @typedef {object} Fault
 * @property {Target} on
 * @property {string} text as requested
 * @property {string} name
 * @property {string} argument everything after the first colon
 * @property {number} number the argument, if it is a number
 * @property {string} [drm]
 * @property {string} [kid]
 * @property {number} after matching requests to let pass first
 * @property {number} times how many requests to affect
 * @property {number} seen
 * @property {number} used
 */

const ANY =
  /^(?:html(?::[2-5]\d\d)?|json|empty|truncate|status:[2-5]\d\d(?::retry-after=\d+)?|flip:-?\d+|redirect|slow:\d{1,5}|close|no-cors|error:\w+|error-number:\d+|site-error:[^:]*:.*)$/s;
/** @type {Record<Target, RegExp>} */
const ONLY = {
  license: /^(?:wrong-drm|base64|base64url|raw|ckc-xml|ckc-json|format-json|missing-key)$/,
  certificate: /^(?:wrong-drm|base64|base64url|raw)$/,
  token: /^(?:expires:\d+|future:\d+|wrong-cid|wrong-drm-type|tampered)$/,
  media: /^$/,
};
const MAX_FAULTS = 100;

/**
 * @param {unknown} list
 * @returns {Fault[]}
 */
export function parseFaults(list) {
  if (!Array.isArray(list) || list.length > MAX_FAULTS)
    throw new HttpError(400, "Faults are a JSON array of at most 100");
  return list.map((item) => {
    const { on, fault: text, drm, kid, after = 0, times = Number.POSITIVE_INFINITY } = item ?? {};
    if (!Object.hasOwn(ONLY, on)) throw new HttpError(400, `A fault's "on" is one of ${Object.keys(ONLY).join(", ")}`);
    if (typeof text !== "string" || !(ANY.test(text) || ONLY[/** @type {Target} */ (on)].test(text))) {
      throw new HttpError(400, `There is no fault ${JSON.stringify(text)} on ${on}`);
    }
    const [name, argument = ""] = split(text);
    if (name.startsWith("error") && !CATALOG.has(argument)) throw new HttpError(400, `There is no code ${argument}`);
    if (![after, times].every((count) => count >= 0)) throw new HttpError(400, "after and times are counts");
    const keyId = kid === undefined ? undefined : String(kid).replaceAll("-", "").toLowerCase();
    return {
      on,
      text,
      name,
      argument,
      number: Number.parseInt(argument, 10),
      drm,
      kid: keyId,
      after,
      times,
      seen: 0,
      used: 0,
    };
  });
}

/** @param {string} text */
function split(text) {
  const colon = text.indexOf(":");
  return colon < 0 ? [text] : [text.slice(0, colon), text.slice(colon + 1)];
}

/**
 * The first active fault for this request; every matching fault counts it.
 * @param {Fault[]} faults
 * @param {{ on: string, drm?: string, keyIds?: string[] }} request
 * @returns {Fault | undefined}
 */
export function meet(faults, { on, drm, keyIds = [] }) {
  /** @type {Fault | undefined} */
  let met;
  for (const fault of faults) {
    if (fault.on !== on) continue;
    if (fault.drm !== undefined && fault.drm !== drm) continue;
    if (fault.kid !== undefined && !keyIds.includes(fault.kid)) continue;
    fault.seen += 1;
    if (met === undefined && fault.seen > fault.after && fault.used < fault.times) {
      fault.used += 1;
      met = fault;
    }
  }
  return met;
}
