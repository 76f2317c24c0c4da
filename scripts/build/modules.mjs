// The wasm modules, dist/NAME.wasm. Each is built from the crate's feature of the same name.
export const MODULES = ["player", "media", "inspect", "server"];
/** The modules that the site in www/demo loads. */
export const PAGE_MODULES = ["player", "media", "inspect"];
