// The pages of the site: address, name, and what each one's policy allows. scripts/demo.mjs writes a document for each from
// layout.html and NAME/page.html; the tests walk the same list.

/** What every page may do: run its own scripts and wasm, and fetch from its own host. Nothing inline, nothing of a third party. */
const BASE = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "style-src": "'self'",
  "connect-src": "'self'",
  "img-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
};

/**
 * @typedef {object} Page
 * @property {string} name its folder, script and style sheet
 * @property {string} file its address
 * @property {string} label in the navigation
 * @property {string} title
 * @property {string} description
 * @property {Record<string, string>} policy what differs from BASE
 */

/** @type {Page[]} in the order of the navigation */
export const PAGES = [
  {
    name: "play",
    file: "index.html",
    label: "Play",
    title: "Play: pallycon-drm",
    description:
      "Protected playback through PallyCon multi-DRM: every step to the license to scale, and the code to copy.",
    // The visitor's own stream, token URL and license server may be anywhere. blob: is the players' media and workers, and
    // FairPlay's certificate for hls.js; data: are key URIs of HLS playlists.
    policy: {
      "connect-src": "'self' https: http: data: blob:",
      "media-src": "'self' https: http: blob:",
      "worker-src": "blob:",
    },
  },
  {
    name: "inspect",
    file: "inspect.html",
    label: "Inspect",
    title: "Inspect: pallycon-drm",
    description:
      "What a PSSH box, PlayReady Object, segment, manifest, token, license or error says, field by field. Nothing is sent.",
    // Its worker starts from a blob, so that this policy is the worker's, too. The two URLs that may become scripts are made in inspect/trusted.ts.
    policy: { "worker-src": "'self' blob:", "require-trusted-types-for": "'script'", "trusted-types": "inspect" },
  },
  {
    name: "errors",
    file: "errors.html",
    label: "Error lab",
    title: "Error lab: pallycon-drm",
    description:
      "What an app is told when DRM playback fails, by the player alone and with pallycon-drm; and every error code.",
    policy: { "frame-src": "'self'" },
  },
  {
    name: "device",
    file: "device.html",
    label: "This device",
    title: "This device: pallycon-drm",
    description: "Which DRM works on this device, at which level, and what is in the way.",
    // https: is for the URLs that a visitor has checked. Chromium before 97 does not know 'wasm-unsafe-eval', and TVs have it; the
    // page runs no module of its own there, and diagnose() says that the page forbids it: hence the broader word.
    policy: { "script-src": "'self' 'unsafe-eval' 'wasm-unsafe-eval'", "connect-src": "'self' https:" },
  },
];

/** What the Error lab's frames may do: licenses come from the local server under its other name, as in life from another origin. */
const LOCAL = "http://127.0.0.1:* http://localhost:*";
const FRAME = {
  ...BASE,
  "connect-src": `'self' ${LOCAL} data: blob:`,
  "media-src": "'self' blob:",
  "worker-src": "blob:",
};

/** Documents without a place in the navigation, from errors/frame.html: the last two forbid what pages forget to allow. */
export const FRAMES = [
  { file: "errors-frame.html", policy: FRAME },
  { file: "errors-frame-no-wasm.html", policy: { ...FRAME, "script-src": "'self'" } },
  { file: "errors-frame-no-license.html", policy: { ...FRAME, "connect-src": "'self' data: blob:" } },
];

/** @param {{policy: Record<string, string>}} page */
export const policyOf = ({ policy }) =>
  Object.entries({ ...BASE, ...policy })
    .map(([name, value]) => `${name} ${value}`.trim())
    .join("; ");
