// The player module: loaded once, from wherever it is, and again after a failure.
import bindgen, * as core from "../../build/wasm/player/pallycon_drm.js";
import { createError } from "../errors/error.js";
import { withTimeout } from "../time.js";
import { fetchModule, type ModuleSource } from "./module.js";
import { Reason } from "../generated/codes.js";

export { core };

let loaded = false;
let loading: Promise<void> | undefined;

export const isLoaded = (): boolean => loaded;

/** A .wasm file that has not arrived by then counts as missing. */
const LOAD_TIMEOUT = 30_000;

/** Loads the module. A failure is forgotten, so that it can be tried again; while loaded, another source is ignored. */
export function load(source?: ModuleSource): Promise<void> {
  const late = () => createError("wasm-unreachable", { reason: Reason.WasmTooLate, parameters: [LOAD_TIMEOUT] });
  return loading ??= withTimeout({ ms: LOAD_TIMEOUT, phase: "environment", late }, async () => {
    await bindgen({ module_or_path: await fetchModule(source, () => new URL("./player.wasm", import.meta.url), "parseInitData") });
    loaded = true;
  }).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
}

/** Runs a call of the core. After a trap an instance's memory cannot be trusted, so the next call gets a new one. @internal */
export function guarded<T>(run: () => T): T {
  if (!loaded) throw createError("not-initialized");
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof WebAssembly.RuntimeError)) throw cause;
    core.__wbg_reset_state();
    throw createError("internal", { cause });
  }
}

/** The memory of the instance in use: while it is loaded, initSync() only gives back what is there. */
const memoryOf = (): ArrayBuffer => (core.initSync as unknown as () => { memory: WebAssembly.Memory })().memory.buffer as ArrayBuffer;

let view: Uint8Array | undefined;

/** All of the memory. It is another buffer after each growth. */
export function memory(): Uint8Array {
  const buffer = memoryOf();
  return view?.buffer === buffer ? view : (view = new Uint8Array(buffer));
}
