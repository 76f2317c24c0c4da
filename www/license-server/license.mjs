/** A license request: challenge and custom data in, license in its outer format out. */
import { Refusal, jsonReply } from "./errors.mjs";
import { askSite } from "./callback.mjs";
import { checkCustomData } from "./customdata.mjs";
import { chooseKeys } from "./keys.mjs";
import { FAIRPLAY_CERTIFICATE_HASH, WIDEVINE_CERTIFICATE, flipBit } from "./certificates.mjs";
import {
  isCertificateRequest,
  looksLikeWidevine,
  readWidevineChallenge,
  wrapServiceCertificate,
  writeWidevineLicense,
} from "./widevine.mjs";
import {
  looksLikePlayReady,
  readPlayReadyChallenge,
  wrapPlayReadyLicense,
  writePlayReadyLicense,
} from "./playready.mjs";
import { looksLikeFairPlay, readSpc, readSpcForm, writeCkc } from "./fairplay.mjs";
import { readClearKeyChallenge, writeJwkSet } from "./clearkey.mjs";

export const CUSTOM_DATA = "pallycon-customdata-v2";

/**
 * @typedef {"widevine" | "playready" | "fairplay" | "clearkey"} Drm
 * @typedef {object} Asked the contents of a request's body, read before any fault and any check of the token
 * @property {Drm} [drm]
 * @property {boolean} certificate whether it requests the service certificate
 * @property {import("./widevine.mjs").Challenge} [challenge]
 * @property {Refusal} [refusal] why there is no challenge
 */

/**
 * @param {Buffer} body
 * @param {string} contentType
 * @param {Drm} [only] the path's DRM, if it accepts only one
 * @returns {Asked}
 */
export function readRequest(body, contentType, only) {
  const drm =
    only ??
    (looksLikeWidevine(body)
      ? "widevine"
      : looksLikePlayReady(body)
        ? "playready"
        : looksLikeFairPlay(body, contentType)
          ? "fairplay"
          : undefined);
  if (drm === "widevine" && isCertificateRequest(body)) return { drm, certificate: true };
  try {
    const challenge = drm === undefined ? undefined : readChallenge(drm, body, contentType);
    return { drm, certificate: false, challenge };
  } catch (error) {
    if (error instanceof Refusal) return { drm, certificate: false, refusal: error };
    throw error;
  }
}

/**
 * @param {Drm} drm
 * @param {Buffer} body
 * @param {string} contentType
 */
function readChallenge(drm, body, contentType) {
  switch (drm) {
    case "widevine":
      return readWidevineChallenge(body);
    case "playready":
      return readPlayReadyChallenge(body);
    case "fairplay":
      return readSpc(readSpcForm(body, contentType), FAIRPLAY_CERTIFICATE_HASH);
    case "clearkey":
      return readClearKeyChallenge(body);
  }
}

/**
 * @param {Asked} asked
 * @param {object} context
 * @param {string | undefined} context.header
 * @param {URLSearchParams} context.query
 * @param {Map<string, import("./accounts.mjs").Account>} context.accounts
 * @param {import("./catalog.mjs").KnownKey[]} context.known
 * @param {number} context.now
 * @param {string} [context.callback] the site's page that decides about auth data
 * @param {import("./faults.mjs").Fault} [context.fault]
 * @returns {Promise<import("./errors.mjs").Reply>}
 */
export async function licenseReply(asked, { header, query, accounts, known, now, callback, fault }) {
  if (asked.certificate) {
    const body = wrapServiceCertificate(WIDEVINE_CERTIFICATE);
    return {
      status: 200,
      type: "application/octet-stream",
      body: fault?.name === "flip" ? flipBit(body, fault.number) : body,
    };
  }
  const inside = asked.challenge?.customData;
  const value = header ?? query.get(CUSTOM_DATA) ?? inside;
  if (!value) throw new Refusal(asked.drm === "playready" ? 7206 : 9001, "no custom data in header, URL or challenge");
  const tokenOnly = header === undefined && !query.has(CUSTOM_DATA);
  const drm = asked.drm ?? claimedDrm(value);
  const checked = checkCustomData(value, { accounts, now, drm, tokenOnly });
  const grant = checked.auth !== undefined && callback !== undefined ? await askSite(callback, checked, drm) : checked;
  if (drm === "fairplay" && !grant.account.fairplay) throw new Refusal(7301, "the site has no FairPlay");
  if (asked.refusal !== undefined) throw asked.refusal;
  const { challenge } = asked;
  if (challenge === undefined) throw new Refusal(UNREADABLE[drm] ?? 9001, `not a message of ${drm}`);
  const keys = chooseKeys(challenge, known, grant);
  const policy = grant.playback;
  const renewal = typeof policy.renewal_duration === "number" ? Math.trunc(policy.renewal_duration) : 0;
  const given = fault?.name === "missing-key" ? keys.slice(0, -1) : keys;
  return dress(challenge, given, { renewal, fault, json: grant.json, policy });
}

/** @param {{ known: import("./catalog.mjs").KnownKey[], cid: string, asked: Asked, fault?: import("./faults.mjs").Fault }} context */
export function clearKeyReply({ known, cid, asked, fault }) {
  if (asked.refusal !== undefined) throw asked.refusal;
  /** @type {import("./widevine.mjs").Challenge} */
  const challenge = asked.challenge ?? { drm: "clearkey", keyIds: [], nonce: Buffer.alloc(16), kind: 1, all: true };
  const keys = chooseKeys(challenge, known, { cid, keyRotation: true, playback: {} });
  return dress(challenge, fault?.name === "missing-key" ? keys.slice(0, -1) : keys, {
    renewal: 0,
    fault,
    json: false,
    policy: {},
  });
}

/** @type {Record<string, number>} */
const UNREADABLE = { widevine: 7107, playready: 7204, fairplay: 7317 };

/**
 * An unrecognized body is refused with an error for the DRM that the token names.
 * @param {string} value
 */
function claimedDrm(value) {
  try {
    const drm = String(JSON.parse(Buffer.from(value, "base64").toString("utf8")).drm_type).toLowerCase();
    return Object.hasOwn(UNREADABLE, drm) ? drm : "widevine";
  } catch {
    return "widevine";
  }
}

/**
 * The license in the format that its DRM's CDM or adapter expects, or in the one that a fault requests.
 * @param {import("./widevine.mjs").Challenge} challenge
 * @param {import("./widevine.mjs").LicenseKey[]} keys
 * @param {{ renewal: number, fault?: import("./faults.mjs").Fault, json: boolean, policy: Record<string, unknown> }}
 * options
 * @returns {import("./errors.mjs").Reply}
 */
function dress(challenge, keys, { renewal, fault, json, policy }) {
  const name = fault?.name ?? "";
  /** @type {Drm} */
  const drm = name === "wrong-drm" ? (challenge.drm === "widevine" ? "playready" : "widevine") : challenge.drm;
  const write = { widevine: writeWidevineLicense, playready: writePlayReadyLicense, fairplay: writeCkc };
  let license = drm === "clearkey" ? writeJwkSet(keys) : write[drm](challenge, keys, renewal);
  if (fault?.name === "flip") license = flipBit(license, fault.number);
  const original = drm === "playready" ? wrapPlayReadyLicense(license) : license;
  if (json || name === "format-json") {
    const text =
      drm === "widevine"
        ? license.toString("hex")
        : drm === "fairplay"
          ? license.toString("base64")
          : original.toString("utf8");
    const device_info = {
      device_id: "local",
      device_model: "demo",
      os_version: "0",
      session_id: "local",
      is_chrome_cdm: true,
    };
    return jsonReply({ license: text, device_info, ...policy });
  }
  const ckc = license.toString("base64");
  if (name === "base64") return asText(original.toString("base64"));
  if (name === "base64url") return asText(original.toString("base64url"));
  if (name === "ckc-xml") return { ...asText(`<ckc>${ckc}</ckc>`), type: "text/xml; charset=utf-8" };
  if (name === "ckc-json") return jsonReply({ ckc });
  if (drm === "fairplay" && name !== "raw") return asText(ckc);
  return { status: 200, type: TYPES[drm], body: original };
}

/** @type {Record<Drm, string>} */
const TYPES = {
  widevine: "application/octet-stream",
  playready: "text/xml; charset=utf-8",
  fairplay: "application/octet-stream",
  clearkey: "application/json; charset=utf-8",
};

/**
 * @param {string} text
 * @returns {import("./errors.mjs").Reply}
 */
function asText(text) {
  return { status: 200, type: "text/plain; charset=utf-8", body: Buffer.from(text, "ascii") };
}
