// What can be chosen: the players, the DRMs and the content of each, and what can be made to go wrong at the license server.
// What cannot be had together is offered too, with the reason why it cannot be chosen.

/** @typedef {"widevine" | "playready" | "fairplay" | "clearkey"} Drm */
/** @typedef {{value: string, label: string, why?: string}} Choice `why` it cannot be chosen here */

const HLS = { widevine: "hlsWidevine", playready: "hlsPlayready", fairplay: "hlsSkd", clearkey: "hlsClearkey" };

/**
 * `load` brings a module that exports `play` (see players/shaka.js); `source` is what it plays of a content, where there is
 * anything. A player is added by a line here.
 * @type {{id: string, label: string, drms: Drm[], source: (content: any, drm: Drm) => string | undefined, load: () => Promise<any>}[]}
 */
export const PLAYERS = [
  { id: "shaka", label: "Shaka Player", drms: ["widevine", "playready", "fairplay"], source: (content, drm) => (drm === "fairplay" ? content.hlsSkd : content.dash), load: () => import("./players/shaka.js") },
  { id: "hls", label: "hls.js", drms: ["widevine", "playready", "fairplay", "clearkey"], source: (content, drm) => content[HLS[drm]], load: () => import("./players/hls.js") },
  { id: "dash", label: "dash.js", drms: ["widevine", "playready", "fairplay", "clearkey"], source: (content, drm) => (drm === "clearkey" ? content.dashClearkey : drm === "fairplay" && !content.hlsSkd ? undefined : content.dash), load: () => import("./players/dash.js") },
  { id: "media", label: "A bare video element", drms: ["widevine", "playready", "fairplay", "clearkey"], source: (content, drm) => (drm === "fairplay" && !content.hlsSkd ? undefined : content.contentId), load: () => import("./players/media.js") },
];

/** @type {Record<Drm, {label: string, keySystem: string}>} */
export const DRMS = {
  widevine: { label: "Widevine", keySystem: "com.widevine.alpha" },
  playready: { label: "PlayReady", keySystem: "com.microsoft.playready" },
  fairplay: { label: "FairPlay", keySystem: "com.apple.fps" },
  clearkey: { label: "ClearKey", keySystem: "org.w3.clearkey" },
};

const playerOf = (id) => PLAYERS.find((player) => player.id === id);

/** @returns {Choice[]} */
export const playerChoices = () => PLAYERS.map(({ id, label }) => ({ value: id, label }));

/** @param {string} player @returns {Choice[]} */
export function drmChoices(player) {
  const { label: name, drms } = playerOf(player);
  return Object.entries(DRMS).map(([value, { label }]) => (drms.includes(/** @type {Drm} */ (value)) ? { value, label } : { value, label, why: `not by the adapter for ${name}` }));
}

/** @param {string} player @param {Drm} drm @param {any[]} contents of the catalog @returns {Choice[]} */
export const contentChoices = (player, drm, contents) => contents.map((content) => {
  const choice = { value: content.contentId, label: `${content.title} (${content.contentId})` };
  return playerOf(player).source(content, drm) ? choice : { ...choice, why: `${DRMS[drm].label} decrypts cbcs alone` };
});

/** @param {Drm} drm @returns {Choice[]} */
export const faultChoices = (drm) => FAULTS.map(({ id, label, faults }) => {
  const [fault] = faults;
  if (fault?.on === "token" && drm === "clearkey") return { value: id, label, why: "ClearKey has no token" };
  if (fault?.on === "certificate" && drm !== "fairplay") return { value: id, label, why: "FairPlay alone needs one" };
  return { value: id, label };
});

/**
 * `faults` goes to the server as it is (www/license-server/README.md); `expect` is told before playing.
 * @type {{id: string, label: string, expect: string, faults: object[]}[]}
 */
export const FAULTS = [
  { id: "none", label: "Nothing: it plays", expect: "The video plays.", faults: [] },
  { id: "expired", label: "The token is twenty minutes old", expect: "A warning before the request; then the server refuses with 7011.", faults: [{ on: "token", fault: "expires:1200" }] },
  { id: "future", label: "The token is from the future", expect: "Refused with 7011, as if it had expired: a clock is wrong.", faults: [{ on: "token", fault: "future:900" }] },
  { id: "wrong-cid", label: "The token is for other content", expect: "A warning before the request; then 7012.", faults: [{ on: "token", fault: "wrong-cid" }] },
  { id: "wrong-drm-type", label: "The token names another DRM", expect: "A warning before the request; then 7018.", faults: [{ on: "token", fault: "wrong-drm-type" }] },
  { id: "tampered", label: "The token was changed on its way", expect: "Only the server can see it: 7019.", faults: [{ on: "token", fault: "tampered" }] },
  { id: "no-package", label: "The content is not known (7001)", expect: "An error as JSON under status 200.", faults: [{ on: "license", fault: "error:7001" }] },
  { id: "site", label: "The site's own refusal (8002)", expect: "The site's code and text come through.", faults: [{ on: "license", fault: "site-error:NO_SUBSCRIPTION:Please renew your subscription" }] },
  { id: "busy", label: "The server is busy once (503)", expect: "Asked again after a second; then the video plays.", faults: [{ on: "license", fault: "status:503:retry-after=1", times: 1 }] },
  { id: "cut", label: "The connection is cut once", expect: "Asked again, by the browser itself or by the package; then the video plays.", faults: [{ on: "license", fault: "close", times: 1 }] },
  { id: "forbidden", label: "The server refuses (403)", expect: "An HTTP error, named as such.", faults: [{ on: "license", fault: "status:403" }] },
  { id: "portal", label: "A sign-in page answers", expect: "Not a license but HTML under status 200: a captive portal or gateway.", faults: [{ on: "license", fault: "html" }] },
  { id: "empty", label: "The answer is empty", expect: "Status 200 and nothing in it.", faults: [{ on: "license", fault: "empty" }] },
  { id: "flip", label: "One bit of the license is wrong", expect: "It looks like a license; the CDM refuses it.", faults: [{ on: "license", fault: "flip:-5" }] },
  { id: "wrong-drm", label: "Another DRM's license", expect: "Recognised before the CDM gets it, or refused by it.", faults: [{ on: "license", fault: "wrong-drm" }] },
  { id: "missing-key", label: "One key is missing in the license", expect: "The CDM refuses a license without the key that it asked for; where a license holds several, one track stays without.", faults: [{ on: "license", fault: "missing-key" }] },
  { id: "no-certificate", label: "The certificate cannot be reached", expect: "No license is asked for: FairPlay cannot begin without its certificate.", faults: [{ on: "certificate", fault: "close" }] },
  { id: "no-fairplay", label: "The site has no FairPlay (7301)", expect: "An error as JSON in the certificate's place.", faults: [{ on: "certificate", fault: "error:7301" }] },
  { id: "slow", label: "The answer takes 4 seconds", expect: "It waits, then plays.", faults: [{ on: "license", fault: "slow:4000" }] },
];
