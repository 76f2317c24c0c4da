/**
 * pallycon-drm/inline: the main entry with its wasm inside the script, for sites that cannot serve or copy a `.wasm`
 * file. The adapters are used as usual. init() or the first request compiles it, like the file.
 *
 * @packageDocumentation
 */
import hex from "./embedded/player.js";
import { bytesOfHex } from "./bytes-of-hex.js";
import { embed } from "./core.js";

embed("player.wasm", () => bytesOfHex(hex));

export * from "./index.js";
