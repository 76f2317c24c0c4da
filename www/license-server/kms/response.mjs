/**
 * Content keys, and the CPIX response that contains them. A key depends only on content id, track type and period, so a
 * repeated request gets the same keys.
 */
import { createHmac } from "node:crypto";
import { escapeXml } from "../xml.mjs";
import { systemElements } from "./systems.mjs";

/**
 * @param {string} secret
 * @param {string} contentId
 * @param {{ trackType?: string, period?: number }} use
 * @returns {{ kid: Buffer, key: Buffer, iv: Buffer }}
 */
export function deriveKey(secret, contentId, { trackType = "", period }) {
  const derive = (/** @type {string} */ what) =>
    createHmac("sha256", secret)
      .update(JSON.stringify([what, contentId, trackType, period ?? null]), "utf8")
      .digest()
      .subarray(0, 16);
  return { kid: derive("kid"), key: derive("key"), iv: derive("iv") };
}

/** @param {Buffer} kid */
export function uuidOf(kid) {
  return kid.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * @typedef {object} ResponseStyle
 * @property {string} secret
 * @property {string} provider
 * @property {boolean} version2
 * @property {boolean} [ateme] with the additional namespaces that ATEME's response declares
 */

/**
 * @param {import("./request.mjs").CpixRequest} request
 * @param {ResponseStyle} style
 * @returns {{ xml: string, known: import("../catalog.mjs").KnownKey[] }}
 */
export function cpixResponse({ contentId, keys, periods }, { secret, provider, version2, ateme = false }) {
  const made = keys.map((request) => {
    const { trackType, systemIds } = request;
    const period = request.period?.index;
    // FairPlay only supports cbcs, whatever was requested.
    const fairplayOnly = systemIds.every((id) => id.startsWith("94ce86fb"));
    const scheme = fairplayOnly ? "cbcs" : (request.scheme ?? "cenc");
    const derived = deriveKey(secret, contentId, { trackType, period });
    return {
      request,
      ...derived,
      facts: { contentId, provider, scheme, trackType, period, kid: derived.kid, key: derived.key },
    };
  });
  const list = (/** @type {string} */ name, /** @type {string[]} */ items) =>
    items.length === 0 ? "" : `<cpix:${name}>${items.join("")}</cpix:${name}>`;
  const contentKeys = made.map(
    ({ kid, key, iv, facts }) =>
      `<cpix:ContentKey commonEncryptionScheme="${facts.scheme}" explicitIV="${iv.toString("base64")}" kid="${uuidOf(kid)}">` +
      `<cpix:Data><pskc:Secret><pskc:PlainValue>${key.toString("base64")}</pskc:PlainValue></pskc:Secret></cpix:Data></cpix:ContentKey>`,
  );
  // In upper case, as the official client expects when it compares.
  const systems = made.flatMap(({ request, kid, facts }) =>
    request.systemIds.map(
      (systemId) =>
        `<cpix:DRMSystem kid="${uuidOf(kid)}" systemId="${systemId.toUpperCase()}">${systemElements(systemId, facts, version2)}</cpix:DRMSystem>`,
    ),
  );
  const rules = made.filter(({ request }) => request.ruled).map(({ request, kid }) => usageRule(request, uuidOf(kid)));
  const more = ateme
    ? ' xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" xmlns:ns3="urn:ietf:params:xml:ns:keyprov:pskc"' +
      ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    : "";
  const xml =
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' +
    `<cpix:CPIX id="${escapeXml(contentId)}" xmlns:cpix="urn:dashif:org:cpix"` +
    ` xmlns:pskc="urn:ietf:params:xml:ns:keyprov:pskc" xmlns:speke="urn:aws:amazon:com:speke"${more}>` +
    list("ContentKeyList", contentKeys) +
    list(
      "ContentKeyPeriodList",
      periods.map(({ id, index }) => `<cpix:ContentKeyPeriod id="${escapeXml(id)}" index="${index}"/>`),
    ) +
    list("ContentKeyUsageRuleList", rules) +
    list("DRMSystemList", systems) +
    "</cpix:CPIX>\n";
  const known = made.map(({ kid, key, facts: { trackType = "", period } }) => ({
    cid: contentId,
    keyId: kid.toString("hex"),
    key: key.toString("hex"),
    trackType,
    period,
  }));
  return { xml, known };
}

/**
 * @param {import("./request.mjs").KeyRequest} request
 * @param {string} kid
 */
function usageRule({ trackType, period, video }, kid) {
  const attribute = (/** @type {string} */ name, /** @type {number | string | undefined} */ value) =>
    value === undefined ? "" : ` ${name}="${value}"`;
  const filters =
    (period === undefined ? "" : `<cpix:KeyPeriodFilter periodId="${escapeXml(period.id)}"/>`) +
    (video === undefined
      ? ""
      : `<cpix:VideoFilter${attribute("maxPixels", video.maxPixels)}${attribute("minPixels", video.minPixels)}/>`);
  return `<cpix:ContentKeyUsageRule${attribute("intendedTrackType", trackType)} kid="${kid}">${filters}</cpix:ContentKeyUsageRule>`;
}
