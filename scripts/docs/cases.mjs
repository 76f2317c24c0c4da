// What is made to go wrong for docs/without-and-with.md, and for which DRM: the first in the list that the player has.
const license = (fault, more) => ({ faults: [{ on: "license", fault, ...more }] });
const certificate = (fault) => ({ faults: [{ on: "certificate", fault }] });
const token = (fault) => ({ faults: [{ on: "token", fault }] });

/** A name of this machine that is no localhost to the browser. */
export const STRANGER = "player.example";

export const CASES = [
  { what: "1003: the site is not known", drm: "widevine", ...license("error:1003") },
  { what: "2001: the server's database, once", drm: "widevine", ...license("error:2001", { times: 1 }) },
  { what: "7001: the content is not known", drm: "widevine", ...license("error:7001") },
  { what: "7011: the token is twenty minutes old", drm: "widevine", ...token("expires:1200") },
  { what: "7012: the token is for other content", drm: "widevine", ...token("wrong-cid") },
  { what: "7019: the token was changed", drm: "widevine", ...token("tampered") },
  { what: "7107: the challenge is not valid", drm: "widevine", ...license("error:7107") },
  { what: "7205: the challenge is not valid", drm: "playready", ...license("error:7205") },
  { what: "7301: the site has no FairPlay", drm: "fairplay", ...license("error:7301") },
  { what: "8002: the site's own refusal", drm: "widevine", ...license("site-error:E42:Please renew your subscription") },
  { what: "8711: the viewing period is over", drm: "widevine", ...license("error-number:8711") },
  { what: "9001: a parameter is missing", drm: "widevine", ...license("error:9001") },
  { what: "a sign-in page of the network", drm: "widevine", ...license("html") },
  { what: "an empty answer", drm: "widevine", ...license("empty") },
  { what: "JSON of another shape", drm: "widevine", ...license("json") },
  { what: "half a license", drm: "widevine", ...license("truncate") },
  { what: "another DRM's license", drm: "widevine", ...license("wrong-drm") },
  { what: "HTTP 403", drm: "widevine", ...license("status:403") },
  { what: "HTTP 503, once", drm: "widevine", ...license("status:503", { times: 1 }) },
  { what: "HTTP 503, once, with an SPC to send again", drm: "fairplay", ...license("status:503", { times: 1 }) },
  { what: "no CORS headers", drm: "widevine", ...license("no-cors") },
  { what: "the connection breaks", drm: "widevine", ...license("close") },
  { what: "no answer in time", drm: "widevine", ...license("slow:9000") },
  { what: "the CKC comes as bytes", drm: "fairplay", ...license("raw") },
  { what: "the CKC comes in XML", drm: "fairplay", ...license("ckc-xml") },
  { what: "a page in place of the certificate", drm: "fairplay", ...certificate("html") },
  { what: "an error in place of the certificate", drm: "fairplay", ...certificate("error:7302") },
  { what: "the certificate comes as base64", drm: "fairplay", ...certificate("base64") },
  { what: "the PlayReady message is UTF-8", drm: "playready", bridge: { playreadyForm: "utf8" } },
  { what: "the PlayReady message is bare SOAP of odd length", drm: "playready", bridge: { playreadyForm: "raw-odd" } },
  { what: "the key may not be shown on this display", drm: "widevine", bridge: { statuses: { "*": "output-restricted" } } },
];

/** The page itself is wrong: with the package, the app asks diagnose() when it fails. */
export const ENVIRONMENTS = [
  { what: "an insecure context", drm: "widevine", bridge: null, host: STRANGER, environment: true },
  { what: "an iframe without allow", drm: "widevine", bridge: null, framed: true, environment: true },
  { what: "Permissions-Policy: encrypted-media=()", drm: "widevine", bridge: null, headers: { "permissions-policy": "encrypted-media=()" }, environment: true },
  { what: "no Widevine in this browser", drm: "widevine", bridge: null, environment: true },
  { what: "a Content-Security-Policy without wasm", drm: "widevine", bridge: {}, headers: { "content-security-policy": "script-src 'self'" }, environment: true },
  { what: "a Content-Security-Policy without the license server", drm: "widevine", bridge: {}, headers: { "content-security-policy": "connect-src 'self' blob: data:" }, environment: true },
];
