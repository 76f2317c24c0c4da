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
    name: "play", file: "index.html", label: "Play",
    title: "Play: pallycon-drm",
    description: "Protected playback through PallyCon multi-DRM, step by step.",
    // blob: is the players' media and workers, and FairPlay's certificate for hls.js.
    policy: { "connect-src": "'self' data: blob:", "media-src": "'self' blob:", "worker-src": "blob:", "img-src": "'self' data:" },
  },
  {
    name: "inspect", file: "inspect.html", label: "Inspect",
    title: "Inspect: pallycon-drm",
    description: "What a PSSH box, PlayReady Object, segment, manifest, token, license or error says, field by field. Nothing is sent.",
    // Its worker starts from a blob, so that this policy is the worker's, too. The two URLs that may become scripts are made in inspect/trusted.ts.
    policy: { "worker-src": "'self' blob:", "require-trusted-types-for": "'script'", "trusted-types": "inspect" },
  },
];

/** @param {Page} page */
export const policyOf = (page) => Object.entries({ ...BASE, ...page.policy }).map(([name, value]) => `${name} ${value}`.trim()).join("; ");
