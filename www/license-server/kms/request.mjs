/**
 * A packager's CPIX request: which keys for which tracks and periods, for which DRM systems.
 *
 *     CPIX@id
 *       ContentKeyList/ContentKey @kid [@commonEncryptionScheme]
 *       DRMSystemList/DRMSystem @kid @systemId
 *       [ContentKeyPeriodList/ContentKeyPeriod @id @index]
 *       [ContentKeyUsageRuleList/ContentKeyUsageRule @kid @intendedTrackType
 *         [KeyPeriodFilter @periodId] [VideoFilter @minPixels @maxPixels]]
 */
import { Refusal } from "../errors.mjs";
import { childrenNamed, descend, parseXml } from "../xml.mjs";
import { systemName } from "./systems.mjs";

const CPIX = "urn:dashif:org:cpix";
const SCHEMES = ["cenc", "cbc1", "cens", "cbcs"];
const TRACKS = ["AUDIO", "SD", "HD", "UHD1", "UHD2"];
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MAX_KEYS = 64;
const MAX_ID = 200;

/**
 * @typedef {object} Period
 * @property {string} id
 * @property {number} index
 * @typedef {object} VideoFilter
 * @property {number} [minPixels]
 * @property {number} [maxPixels]
 * @typedef {object} KeyRequest
 * @property {string} kid as the packager named it; the response has another
 * @property {string} [scheme] as requested, if at all
 * @property {string} [trackType]
 * @property {Period} [period]
 * @property {VideoFilter} [video]
 * @property {boolean} ruled whether a usage rule names it
 * @property {string[]} systemIds
 * @typedef {object} CpixRequest
 * @property {string} contentId
 * @property {KeyRequest[]} keys
 * @property {Period[]} periods
 */

/**
 * @param {string} why
 * @param {number} [code]
 */
function refuse(why, code = 9001) {
  return new Refusal(code, why, why);
}

/**
 * @param {Buffer} body
 * @param {{ multiKey: boolean }} version
 * @returns {CpixRequest}
 */
export function readCpixRequest(body, { multiKey }) {
  const root = parseXml(body.toString("utf8"));
  if (root === undefined) throw refuse("The CPIX request is not well-formed XML");
  if (root.name !== "CPIX" || root.namespace !== CPIX) throw refuse(`The root is not CPIX in ${CPIX}`);
  const contentId = root.attributes.id ?? "";
  if (contentId === "" || [...contentId].length > MAX_ID)
    throw refuse(`The CPIX id must have 1 to ${MAX_ID} characters`);
  const asked = childrenNamed(descend(root, "ContentKeyList"), "ContentKey");
  if (asked.length === 0 || asked.length > MAX_KEYS) throw refuse(`A request has 1 to ${MAX_KEYS} ContentKey elements`);
  if (asked.length > 1 && !multiKey) throw refuse("Several keys need version 2 of the API", 9999);
  const periods = childrenNamed(descend(root, "ContentKeyPeriodList"), "ContentKeyPeriod").map(readPeriod);
  if (new Set(periods.map(({ id }) => id)).size !== periods.length) throw refuse("Two key periods have the same id");
  const rules = childrenNamed(descend(root, "ContentKeyUsageRuleList"), "ContentKeyUsageRule");
  const systems = childrenNamed(descend(root, "DRMSystemList"), "DRMSystem").map(readSystem);
  if (systems.length === 0) throw refuse("The request has no DRMSystem");
  const single = asked.length === 1;
  const keys = asked.map((element) => {
    const kid = uuid(element.attributes.kid, "ContentKey");
    const scheme = element.attributes.commonEncryptionScheme;
    if (scheme !== undefined && !SCHEMES.includes(scheme)) throw refuse(`${scheme} is not an encryption scheme`);
    // With one key its kid is not used at all: packagers send systems and rules with ids that match nothing.
    const own = (/** @type {string | undefined} */ other) => single || other?.toLowerCase() === kid;
    const matching = rules.filter((rule) => own(rule.attributes.kid));
    if (matching.length > 1) throw refuse(`Key ${kid} has more than one usage rule`);
    const ids = systems.filter((system) => own(system.kid)).map(({ systemId }) => systemId);
    if (new Set(ids).size !== ids.length) throw refuse(`Key ${kid} names a DRM system twice`);
    if (ids.length === 0) throw refuse(`Key ${kid} has no DRMSystem`);
    return { kid, scheme, systemIds: ids, ruled: matching.length > 0, ...readRule(matching[0], periods) };
  });
  checkDistinct(keys, systems, single);
  return { contentId, keys, periods };
}

/**
 * @param {KeyRequest[]} keys
 * @param {{ kid: string }[]} systems
 * @param {boolean} single
 */
function checkDistinct(keys, systems, single) {
  if (single) return;
  const kids = new Set(keys.map(({ kid }) => kid));
  if (kids.size !== keys.length) throw refuse("Two ContentKey elements have the same kid");
  const stray = systems.find(({ kid }) => !kids.has(kid));
  if (stray !== undefined) throw refuse(`DRMSystem names ${stray.kid}, which no ContentKey has`);
  const uses = keys.map(({ trackType, period }) => `${trackType}/${period?.index}`);
  if (keys.some(({ trackType }) => trackType === undefined))
    throw refuse("Every one of several keys needs an intendedTrackType");
  if (new Set(uses).size !== uses.length) throw refuse("Two keys are for the same track type and period");
}

/**
 * @param {import("../xml.mjs").Element | undefined} rule
 * @param {Period[]} periods
 * @returns {{ trackType?: string, period?: Period, video?: VideoFilter }}
 */
function readRule(rule, periods) {
  const periodId = descend(rule, "KeyPeriodFilter")?.attributes.periodId;
  const period = periodId === undefined ? periods[0] : periods.find(({ id }) => id === periodId);
  if (periodId !== undefined && period === undefined) throw refuse(`There is no key period ${periodId}`);
  if (periodId === undefined && periods.length > 1)
    throw refuse("With several periods every key needs a KeyPeriodFilter");
  const trackType = rule?.attributes.intendedTrackType;
  if (trackType !== undefined && !TRACKS.includes(trackType)) throw refuse(`${trackType} is not a track type`);
  const filter = descend(rule, "VideoFilter");
  if (filter === undefined) return { trackType, period };
  if (trackType === "AUDIO") throw refuse("A key for AUDIO has a VideoFilter");
  const minPixels = pixels(filter.attributes.minPixels);
  const maxPixels = pixels(filter.attributes.maxPixels);
  if (minPixels !== undefined && maxPixels !== undefined && minPixels > maxPixels)
    throw refuse("minPixels is above maxPixels");
  return { trackType, period, video: { minPixels, maxPixels } };
}

/** @param {string | undefined} text */
function pixels(text) {
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) throw refuse("A VideoFilter's pixels are not a number");
  return Number(text);
}

/**
 * @param {import("../xml.mjs").Element} element
 * @returns {Period}
 */
function readPeriod({ attributes: { id = "", index = "" } }) {
  if (id === "" || !/^\d{1,10}$/.test(index) || Number(index) > 0xffffffff)
    throw refuse("A ContentKeyPeriod needs an id and an index");
  return { id, index: Number(index) };
}

/** @param {import("../xml.mjs").Element} element */
function readSystem({ attributes }) {
  const systemId = uuid(attributes.systemId, "DRMSystem");
  if (systemName(systemId) === undefined) throw refuse(`The DRM system ${systemId} is not supported`, 9999);
  return { kid: uuid(attributes.kid, "DRMSystem"), systemId };
}

/**
 * @param {string | undefined} text
 * @param {string} where
 */
function uuid(text, where) {
  if (text === undefined || !UUID.test(text)) throw refuse(`An id of ${where} is not a UUID`);
  return text.toLowerCase();
}
