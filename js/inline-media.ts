/**
 * pallycon-drm/inline-media: pallycon-drm/media with its wasm inside the script. The page needs pallycon-drm/inline as
 * well.
 *
 * @packageDocumentation
 */
import hex from "./embedded/media.js";
import { bytesOfHex } from "./bytes-of-hex.js";
import { embed } from "./core.js";

embed("media.wasm", () => bytesOfHex(hex));

export * from "./players/media.js";
