// The pages of the site: address, name, and the exceptions of each one's policy. scripts/demo.mjs writes a document for
// each from layout.html and NAME/page.html; the tests use the same list.

/**
 * The base policy of every page: its own scripts and wasm, and requests to its own host. Nothing inline, nothing from
 * third parties.
 */
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
    // The visitor's own stream, token URL and license server may be anywhere. blob: is the players' media and workers,
    // and FairPlay's certificate for hls.js; data: are key URIs of HLS playlists.
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
      "The contents of a PSSH box, PlayReady Object, segment, manifest, token, license or error, field by field. Nothing is sent.",
    // Its worker is started from a blob, so that it has this policy, too. inspect/trusted.ts makes the two URLs that
    // may become scripts.
    policy: { "worker-src": "'self' blob:", "require-trusted-types-for": "'script'", "trusted-types": "inspect" },
  },
  {
    name: "errors",
    file: "errors.html",
    label: "Error lab",
    title: "Error lab: pallycon-drm",
    description:
      "What an app gets when DRM playback fails, from the player alone and with pallycon-drm; and every error code.",
    policy: { "frame-src": "'self'" },
  },
  {
    name: "device",
    file: "device.html",
    label: "This device",
    title: "This device: pallycon-drm",
    description: "The DRMs that work on this device, their levels, and what is in the way.",
    // https: is for the URLs that a visitor checks. Chromium before 97 does not know 'wasm-unsafe-eval', and TVs have
    // it; without the broader keyword the page's module would not run there, and diagnose() would report that the page
    // forbids it.
    policy: { "script-src": "'self' 'unsafe-eval' 'wasm-unsafe-eval'", "connect-src": "'self' https:" },
  },
];

/**
 * The policy of the Error lab's frames: licenses come from the local server with its other name, another origin as in
 * practice.
 */
const LOCAL = "http://127.0.0.1:* http://localhost:*";
const FRAME = {
  ...BASE,
  "connect-src": `'self' ${LOCAL} data: blob:`,
  "media-src": "'self' blob:",
  "worker-src": "blob:",
};

/** Documents outside the navigation, from errors/frame.html: the last two forbid what pages often forget to allow. */
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
