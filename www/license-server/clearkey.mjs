/**
 * ClearKey (W3C Encrypted Media Extensions, 9.1): the license is a JWK set, the challenge the CDM's JSON
 * `{"kids":["base64url"…],"type":"temporary"}`. A GET has no challenge, and its response contains every key of the
 * content.
 */
import { decodeBase64Url } from "./base64.mjs";
import { Refusal } from "./errors.mjs";

/**
 * @param {Buffer} body
 * @returns {import("./widevine.mjs").Challenge}
 */
export function readClearKeyChallenge(body) {
  /** @type {unknown} */
  let request;
  try {
    request = JSON.parse(body.toString("utf8"));
  } catch {
    throw new Refusal(9001, "the ClearKey request is not JSON");
  }
  const kids = /** @type {{ kids?: unknown } | null} */ (request)?.kids;
  const ids = Array.isArray(kids)
    ? kids.map((kid) => (typeof kid === "string" ? decodeBase64Url(kid) : undefined))
    : [];
  const keyIds = ids.flatMap((id) => (id === undefined || id.length === 0 ? [] : [id.toString("hex")]));
  if (keyIds.length === 0 || keyIds.length !== ids.length) throw new Refusal(9001, "no kids in the ClearKey request");
  return { drm: "clearkey", keyIds, nonce: Buffer.alloc(16), kind: 1 };
}

/** @param {import("./widevine.mjs").LicenseKey[]} keys */
export function writeJwkSet(keys) {
  const jwk = (/** @type {string} */ hex) => Buffer.from(hex, "hex").toString("base64url");
  const set = { keys: keys.map(({ keyId, key }) => ({ kty: "oct", kid: jwk(keyId), k: jwk(key) })), type: "temporary" };
  return Buffer.from(JSON.stringify(set), "utf8");
}
