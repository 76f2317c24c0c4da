/**
 * GET /api/drm/token: replaces an application's own backend. It authenticates no one, because the demo has no viewers;
 * faults produce the broken tokens that occur in the field.
 */
import { HttpError } from "./errors.mjs";
import { DRM_TYPES, mintAuthData, mintToken, timestamp } from "./token.mjs";

/**
 * @param {URLSearchParams} query
 * @param {{ account: import("./accounts.mjs").Account, now: number, fault?: import("./faults.mjs").Fault }} context
 */
export function mintForQuery(query, { account, now, fault }) {
  const drm = query.get("drm") ?? "";
  if (!Object.hasOwn(DRM_TYPES, drm))
    throw new HttpError(400, `drm must be one of ${Object.keys(DRM_TYPES).join(", ")}`);
  const contentId = query.get("content_id");
  if (!contentId || contentId.length > 200) throw new HttpError(400, "content_id must have 1 to 200 characters");
  const policy = query.get("policy") ?? undefined;
  if (policy !== undefined && !isJson(policy)) throw new HttpError(400, "policy must be JSON");
  const wrongDrm = drm === "widevine" ? "playready" : "widevine";
  const drmType = DRM_TYPES[/** @type {keyof typeof DRM_TYPES} */ (fault?.name === "wrong-drm-type" ? wrongDrm : drm)];
  const cid = fault?.name === "wrong-cid" ? `not-${contentId}` : contentId;
  const userId = query.get("user_id") ?? undefined;
  if (query.get("kind") === "auth-data") {
    const auth = mintAuthData(account, { drmType, cid, userId });
    return fault?.name === "tampered" ? tampered(auth, "data") : auth;
  }
  const age = { expires: fault?.number ?? 0, future: -(fault?.number ?? 0) }[fault?.name ?? ""] ?? 0;
  const token = mintToken(account, {
    drmType,
    cid,
    userId,
    policy,
    timestamp: timestamp(now - age * 1000),
    responseFormat: query.get("response_format") ?? undefined,
    keyRotation: query.has("key_rotation") ? query.get("key_rotation") === "true" : undefined,
  });
  return fault?.name === "tampered" ? tampered(token, "hash") : token;
}

/**
 * Changes one base64 character of one field: still well-formed, no longer valid.
 * @param {string} customData
 * @param {"hash" | "data"} field
 */
function tampered(customData, field) {
  const fields = JSON.parse(Buffer.from(customData, "base64").toString("utf8"));
  const value = fields[field];
  fields[field] = (value[0] === "A" ? "B" : "A") + value.slice(1);
  return Buffer.from(JSON.stringify(fields), "utf8").toString("base64");
}

/** @param {string} text */
function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
