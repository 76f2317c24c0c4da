/**
 * pallycon-drm/inline: the main entry with its wasm inside the script, where a `.wasm` file cannot be served or copied. The adapters are
 * used as ever. It is compiled by init() or with the first request, as the file would be.
 *
 * @packageDocumentation
 */
import hex from "./embedded/player.js";
import { bytesOfHex } from "./bytes-of-hex.js";
import { embed } from "./core.js";

embed("player.wasm", () => bytesOfHex(hex));

export * from "./index.js";
