// What can be chosen: the players and the DRMs of each, and what can be made to go wrong at the license server.

/** @typedef {"widevine" | "playready" | "fairplay" | "clearkey"} Drm */

/** `load` brings a module that exports `play` (see players/shaka.js). A player is added by a line here. */
export const PLAYERS = [
  { id: "shaka", label: "Shaka Player", drms: ["widevine", "playready"], load: () => import("./players/shaka.js") },
];

/** @type {Record<Drm, {label: string, keySystem: string}>} */
export const DRMS = {
  widevine: { label: "Widevine", keySystem: "com.widevine.alpha" },
  playready: { label: "PlayReady", keySystem: "com.microsoft.playready" },
  fairplay: { label: "FairPlay", keySystem: "com.apple.fps" },
  clearkey: { label: "ClearKey", keySystem: "org.w3.clearkey" },
};

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
  { id: "cut", label: "The connection is cut once", expect: "Asked again; then the video plays.", faults: [{ on: "license", fault: "close", times: 1 }] },
  { id: "forbidden", label: "The server refuses (403)", expect: "An HTTP error, named as such.", faults: [{ on: "license", fault: "status:403" }] },
  { id: "portal", label: "A sign-in page answers", expect: "Not a license but HTML under status 200: a captive portal or gateway.", faults: [{ on: "license", fault: "html" }] },
  { id: "empty", label: "The answer is empty", expect: "Status 200 and nothing in it.", faults: [{ on: "license", fault: "empty" }] },
  { id: "flip", label: "One bit of the license is wrong", expect: "It looks like a license; the CDM refuses it.", faults: [{ on: "license", fault: "flip:-5" }] },
  { id: "wrong-drm", label: "Another DRM's license", expect: "Recognised before the CDM gets it, or refused by it.", faults: [{ on: "license", fault: "wrong-drm" }] },
  { id: "missing-key", label: "One key is missing in the license", expect: "One track stays without a key.", faults: [{ on: "license", fault: "missing-key" }] },
  { id: "slow", label: "The answer takes 4 seconds", expect: "It waits, then plays.", faults: [{ on: "license", fault: "slow:4000" }] },
];
