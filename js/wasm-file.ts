// Types of pallycon-drm/player.wasm and the other files: a bundler turns the import into a URL or a module, which
// init() takes.
import type { ModuleSource } from "./wasm/module.js";

declare const source: ModuleSource;
export default source;
