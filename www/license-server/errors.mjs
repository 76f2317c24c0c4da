/**
 * The errors of the license server: code → message. An error is `{"errorCode":"…","message":"…"}` with HTTP status 200,
 * which is why a client must look into every response.
 */

/** @type {ReadonlyMap<string, string>} */
export const CATALOG = new Map(
  Object.entries({
    // site and server
    1002: "The license or user limit of the trial is exceeded",
    1003: "The site ID was not found",
    1004: "The service of this site is stopped",
    1005: "The trial period has ended",
    1006: "The site key could not be decrypted",
    2001: "The database connection failed",
    2701: "The license record could not be written",
    2702: "The record of a failed license could not be written",
    // token and custom data
    7001: "Package information was not found for this content or key ID",
    7002: "The usage information URL could not be created",
    7003: "NCG certificate error",
    7006: "The key could not be decrypted for the license request",
    7007: "The customdata could not be parsed",
    7008: "The customdata could not be decrypted",
    7009: "The token could not be parsed",
    7010: "Token data was not found",
    7011: "The token has expired or is not valid yet",
    7012: "The content ID does not match the token",
    7013: "The token is not valid JSON",
    7016: "The token is invalid",
    7017: "The token's use could not be recorded",
    7018: "The DRM type of the token is invalid",
    7019: "The hash of the token does not match",
    7021: "The DRM type is not NCG",
    // Widevine
    7101: "The Widevine request data could not be created",
    7102: "The Widevine license could not be created",
    7103: "The Widevine server cannot be reached",
    7104: "The site has no Widevine",
    7105: "The Widevine device ID was not found",
    7106: "The Widevine service certificate failed",
    7107: "The Widevine challenge is invalid",
    7110: "The device certificate is revoked",
    7111: "The response of the Widevine proxy could not be parsed",
    7112: "The Widevine PSSH is invalid",
    7113: "The Widevine server certificate file failed",
    7115: "The device is permanently revoked",
    7127: "The content is not DRM content",
    // PlayReady
    7201: "The PlayReady license could not be created",
    7202: "The PlayReady server cannot be reached",
    7203: "The PlayReady request data could not be created",
    7204: "The PlayReady request data cannot be read",
    7205: "The PlayReady request could not be parsed",
    7206: "There is no PlayReady CustomData in the request",
    // FairPlay
    7300: "The FPS certificate could not be decrypted",
    7301: "The site has no FairPlay",
    7302: "The FPS private key was not found",
    7303: "The FPS key of the site is invalid",
    7304: "The FPS license could not be created",
    7305: "The SPC message is null",
    7306: "The FPS device ID is null",
    7308: "The FPS assetId is invalid",
    7315: "The FPS server certificate file failed",
    7316: "The SPC could not be decrypted by RSA",
    7317: "The SPC data is invalid",
    // callback
    8002: "Custom error of the site",
    8004: "The nonce is invalid",
    8006: "The callback returned invalid XML",
    8701: "The callback URL could not be reached",
    8705: "The callback URL is invalid",
    8706: "The callback data could not be decrypted",
    8707: "The start or end datetime is invalid",
    8708: "The datetime format is invalid",
    8709: "The start is not before the end",
    8710: "The period has not started",
    8711: "The period is over",
    8712: "The HDCP setting is invalid",
    8715: "The CGMS-A setting is invalid",
    8716: "The APS setting is invalid",
    // request
    9001: "A request parameter is missing",
    9999: "The mode is not supported",
  }),
);

/** A request that the license server refuses; `why` is only for the request log and contains no token and no key. */
export class Refusal extends Error {
  /**
   * @param {number | string} code
   * @param {string} why
   * @param {string} [message] the response's text, if PallyCon's own says too little
   */
  constructor(code, why, message) {
    super(message ?? CATALOG.get(String(code)) ?? "Unknown error");
    this.code = String(code);
    this.why = why;
  }
}

/** A request refused at HTTP level, before any DRM is involved. */
export class HttpError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {Record<string, string>} [headers]
   */
  constructor(status, message, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/**
 * @typedef {object} Reply the response of an endpoint
 * @property {number} status
 * @property {string} [type] Content-Type
 * @property {Buffer} body
 * @property {Record<string, string>} [headers]
 * @property {boolean} [cors] false: without CORS headers
 * @property {boolean} [close] cuts the connection instead
 * @property {string} [refused] the code and why, for the request log
 */

/**
 * @param {string} text
 * @param {number} [status]
 * @returns {Reply}
 */
export function textReply(text, status = 200) {
  return { status, type: "text/plain; charset=utf-8", body: Buffer.from(text, "utf8") };
}

/**
 * @param {unknown} value
 * @param {number} [status]
 * @returns {Reply}
 */
export function jsonReply(value, status = 200) {
  return { status, type: "application/json; charset=utf-8", body: Buffer.from(JSON.stringify(value), "utf8") };
}

/**
 * @param {string} code
 * @param {string} [message]
 * @param {{ asNumber?: boolean }} [options]
 * @returns {Reply}
 */
export function errorReply(code, message = CATALOG.get(code) ?? "Unknown error", { asNumber = false } = {}) {
  return jsonReply({ errorCode: asNumber ? Number(code) : code, message });
}
