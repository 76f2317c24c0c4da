/**
 * pallycon-drm/server: license tokens, auth data and CPIX, for Node, Deno, workers and build jobs, where the site key
 * is safe.
 * Every function is asynchronous, because the wasm is loaded on first use.
 * @packageDocumentation
 */
export type * from "./server/types.js";
export { PallyConError } from "./errors/error.js";
export { init } from "./server/load.js";
export { createAuthData, createLicenseToken, openAuthData, openLicenseToken } from "./server/token.js";
export { buildCpixRequest, kmsUrl, parseCpixRequest, parseCpixResponse, requestContentKeys } from "./server/cpix.js";
export * from "./server/views.js";
export { packagerSettings, packagerViews } from "./server/packager.js";
export { callbackHandler } from "./server/callback.js";
export { tokenHandler } from "./server/handler.js";
export { nodeListener } from "./server/node.js";

if (typeof window !== "undefined" && typeof document !== "undefined") {
  throw new Error(
    "pallycon-drm/server must not run in a browser: it uses the site key and the access key, and anyone who has these can license everything. Import it on a server, and let the page request tokens from that server.",
  );
}
