// The failures that docs/without-and-with.md provokes in every player. A case belongs to a reported issue (`pain`: its
// number in docs/reported-issues.md), to a group of PallyCon's codes (`group`: its title in errors.json), or to another
// section.
const license = (fault, more) => ({ faults: [{ on: "license", fault, ...more }] });
const certificate = (fault) => ({ faults: [{ on: "certificate", fault }] });
const token = (fault) => ({ faults: [{ on: "token", fault }] });
/** The browser as it is, without the bridge. */
const plain = { bridge: null, environment: true };

/** A name of this machine that browsers do not treat as localhost. */
export const STRANGER = "player.example";

/** Reported issues that are not provoked in the players, with the reasons. */
export const NOT_PROVOKED = {
  21: "each player keeps its own box parser, with the package and without. Inputs that make some of them loop indefinitely are not published here",
  23: "the demo's content does not rotate its keys. Tests with made-up init data cover the key period and the time at which a rotated key is requested",
};

export const SECTIONS = [
  { id: "control", title: "When nothing goes wrong" },
  { id: "answer", title: "Responses that are not a license" },
  { id: "page", title: "The browser and the page" },
];

export const CASES = [
  { pain: 1, what: "HTTP 503 once: the SPC is sent again", drm: "fairplay", ...license("status:503", { times: 1 }) },
  { pain: 2, what: "the CKC comes as bytes", drm: "fairplay", ...license("raw") },
  { pain: 2, what: "the CKC comes in XML", drm: "fairplay", ...license("ckc-xml") },
  { pain: 2, what: "the CKC comes in JSON", drm: "fairplay", ...license("ckc-json") },
  { pain: 3, what: "7011: the token is twenty minutes old", drm: "widevine", ...token("expires:1200") },
  { pain: 4, what: "a page instead of the certificate", drm: "fairplay", ...certificate("html") },
  { pain: 4, what: "an error instead of the certificate", drm: "fairplay", ...certificate("error:7302") },
  { pain: 4, what: "the certificate comes as base64", drm: "fairplay", ...certificate("base64") },
  {
    pain: 5,
    what: "the app was written for the old API, the browser has the new one",
    drm: "fairplay",
    run: { old: true },
  },
  {
    pain: 5,
    what: "the app was written for the new API, the browser has the old one",
    drm: "fairplay",
    bridge: { fairplay: "legacy" },
    probe: true,
  },
  {
    pain: 6,
    what: "the key's URI has a / in it, and the API wants the content id",
    drm: "fairplay",
    bridge: { fairplay: "legacy" },
    run: { native: true },
  },
  { pain: 6, what: "the sinf data hold whole boxes", drm: "fairplay", bridge: { sinfForm: "box" } },
  { pain: 6, what: "the sinf data are escaped JSON", drm: "fairplay", bridge: { sinfForm: "escaped" } },
  {
    pain: 7,
    what: "HLS whose KEYID attributes differ from the media's",
    drm: "fairplay",
    playlists: "keyid",
    run: { hls: true },
    players: ["shaka", "hls"],
  },
  {
    pain: 7,
    what: "HLS with MPEG-TS",
    drm: "fairplay",
    playlists: "ts",
    run: { hls: true },
    players: ["shaka", "hls"],
  },
  { pain: 8, what: "a second video; the app sets everything up for each", drm: "fairplay", again: true },
  { pain: 9, what: "the PlayReady message is UTF-8", drm: "playready", bridge: { playreadyForm: "utf8" } },
  {
    pain: 9,
    what: "the PlayReady message is bare SOAP of odd length",
    drm: "playready",
    bridge: { playreadyForm: "raw-odd" },
  },
  {
    pain: 10,
    what: "the app names no license URL, and the content's header has an old one",
    drm: "playready",
    run: { unnamed: true },
  },
  {
    pain: 11,
    what: "SL3000 is requested, and the device has SL2000",
    drm: "playready",
    environment: true,
    run: { hardware: "com.microsoft.playready.recommendation.3000" },
  },
  { pain: 12, what: "the device reports key ids in GUID order", drm: "playready", bridge: { guidKeyStatuses: true } },
  {
    pain: 12,
    what: "in GUID order, and the key may not be shown here",
    drm: "playready",
    bridge: { guidKeyStatuses: true, statuses: { "*": "output-restricted" } },
  },
  {
    pain: 13,
    what: "HW_SECURE_ALL is requested, and the device only has software DRM",
    drm: "widevine",
    environment: true,
    run: { robustness: "HW_SECURE_ALL" },
  },
  { pain: 14, what: "an insecure context", drm: "widevine", ...plain, host: STRANGER },
  { pain: 14, what: "no EME in the browser", drm: "widevine", ...plain, webkit: true },
  { pain: 15, what: "an iframe without allow", drm: "widevine", ...plain, framed: true },
  {
    pain: 15,
    what: "Permissions-Policy: encrypted-media=()",
    drm: "widevine",
    ...plain,
    headers: { "permissions-policy": "encrypted-media=()" },
  },
  { pain: 16, what: "the response has no CORS headers", drm: "widevine", environment: true, ...license("no-cors") },
  {
    pain: 17,
    what: "the first token has expired when the license is renewed",
    drm: "widevine",
    ...token("expires:597"),
    bridge: { renewal: { after: 3.5, expiresAfter: 5 } },
    listen: 8000,
  },
  { pain: 18, what: "HTTP 403", drm: "widevine", ...license("status:403"), count: true },
  {
    pain: 18,
    what: "2001: the server's database, once",
    drm: "widevine",
    ...license("error:2001", { times: 1 }),
    count: true,
  },
  {
    pain: 19,
    what: "8002: the site's own refusal",
    drm: "widevine",
    ...license("site-error:E42:Please renew your subscription"),
  },
  {
    pain: 20,
    what: "the CDM requests Widevine's certificate first",
    drm: "widevine",
    bridge: { serviceCertificateRequest: true },
    count: true,
  },
  {
    pain: 22,
    what: "the key may not be shown on this display",
    drm: "widevine",
    bridge: { statuses: { "*": "output-restricted" } },
  },
  { pain: 24, what: "7115: the license server lists the client as revoked", drm: "widevine", ...license("error:7115") },
  { pain: 24, what: "a browser without the DRM, such as plain Electron", drm: "widevine", ...plain },
  {
    pain: 25,
    what: "the app sets the header in the wrong place",
    drm: "widevine",
    run: { misplaced: true },
    strays: true,
  },

  { group: "Site and server", what: "1003: the site is not known", drm: "widevine", ...license("error:1003") },
  { group: "Token and custom data", what: "7001: the content is not known", drm: "widevine", ...license("error:7001") },
  {
    group: "Token and custom data",
    what: "7012: the token is for other content",
    drm: "widevine",
    ...token("wrong-cid"),
  },
  { group: "Token and custom data", what: "7019: the token was changed", drm: "fairplay", ...token("tampered") },
  { group: "Widevine", what: "7107: the challenge is not valid", drm: "widevine", ...license("error:7107") },
  { group: "PlayReady", what: "7205: the challenge is not valid", drm: "playready", ...license("error:7205") },
  { group: "FairPlay", what: "7301: the site has no FairPlay", drm: "fairplay", ...license("error:7301") },
  { group: "FairPlay", what: "7316: the SPC is for another certificate", drm: "fairplay", ...license("error:7316") },
  {
    group: "The site's own callback and policy",
    what: "8711: the viewing period is over (the code is a number)",
    drm: "playready",
    ...license("error-number:8711"),
  },
  { group: "The request", what: "9001: a parameter is missing", drm: "widevine", ...license("error:9001") },

  { section: "control", what: "no fault", drm: "widevine" },
  { section: "control", what: "no fault", drm: "playready" },
  { section: "control", what: "no fault", drm: "fairplay" },

  { section: "answer", what: "a sign-in page of the network", drm: "widevine", ...license("html") },
  { section: "answer", what: "a redirect to a sign-in page", drm: "widevine", ...license("redirect") },
  { section: "answer", what: "an empty response", drm: "widevine", ...license("empty") },
  { section: "answer", what: "JSON of another shape", drm: "widevine", ...license("json") },
  { section: "answer", what: "half a license", drm: "widevine", ...license("truncate") },
  { section: "answer", what: "another DRM's license", drm: "widevine", ...license("wrong-drm") },
  { section: "answer", what: "HTTP 503 permanently", drm: "widevine", ...license("status:503") },
  { section: "answer", what: "the connection breaks", drm: "widevine", environment: true, ...license("close") },
  { section: "answer", what: "no response in time", drm: "widevine", ...license("slow:60000") },
  {
    section: "answer",
    what: "7001 for one of two keys",
    drm: "widevine",
    run: { contentId: "demo-cenc" },
    ...license("error:7001", { kid: "7fbf9f2d3c0e4f5b8be77c2fa1fe6bd1" }),
  },

  {
    section: "page",
    what: "a Content-Security-Policy without wasm",
    drm: "widevine",
    environment: true,
    headers: { "content-security-policy": "script-src 'self'" },
  },
  {
    section: "page",
    what: "a Content-Security-Policy without the license server",
    drm: "widevine",
    environment: true,
    headers: { "content-security-policy": "connect-src 'self' blob: data:" },
  },
];
