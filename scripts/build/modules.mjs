// The wasm modules, dist/NAME.wasm. Each is built from the feature of the crate that has its name.
export const MODULES = ["player", "media", "inspect", "server"];
/** What the site of www/demo loads. */
export const PAGE_MODULES = ["player", "media", "inspect"];
