// server.wasm inside a script, so that no bundler and no file tracer can lose it: brotli in base64.
import { builtin, createError } from "../core.js";
import { Reason } from "../generated/codes.js";

/** The file's bytes. Only runtimes with Node's modules unpack them; the others cannot compile bytes either. */
export async function unpack(): Promise<Uint8Array> {
  const zlib = builtin<{ brotliDecompressSync(packed: Uint8Array): Uint8Array }>("node:zlib");
  if (!zlib) throw createError("wasm-blocked", { reason: Reason.WasmRefusedOutside });
  // Imported on demand: edge runtimes that get a module do not parse it.
  const { default: packed } = await import("../embedded/server.js");
  return zlib.brotliDecompressSync(Uint8Array.from(atob(packed), (character) => character.charCodeAt(0)));
}
