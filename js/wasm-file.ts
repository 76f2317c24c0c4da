// Types of pallycon-drm/player.wasm and its like: what a bundler makes of the file (its URL, or the module) is for init().
import type { ModuleSource } from "./wasm/module.js";

declare const source: ModuleSource;
export default source;
