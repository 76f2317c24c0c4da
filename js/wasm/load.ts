// The player module: loaded once, from wherever it is, and again after a failure.
import bindgen, * as core from "../../build/wasm/player/pallycon_drm.js";
import { createError, type PallyConError } from "../errors/error.js";
import { withTimeout } from "../time.js";
import { fetchModule, type ModuleSource } from "./module.js";
import { loadOnce } from "./once.js";
import { Reason } from "../generated/codes.js";

let wasm: core.InitOutput | undefined;

let instances = 0;
/** Which instance of the module it is: after a trap, another one. */
export const instance = (): number => instances;

export const isLoaded = (): boolean => !!wasm;

/** A .wasm file that has not arrived by then counts as missing. */
const LOAD_TIMEOUT = 30_000;

const late = () => createError("wasm-unreachable", { reason: Reason.WasmTooLate, parameters: [LOAD_TIMEOUT] });

/** Loads the module. A failure is forgotten, so that it can be tried again; while loaded, another source is ignored. */
export const load = loadOnce((source?: ModuleSource) =>
  withTimeout({ ms: LOAD_TIMEOUT, phase: "environment", late }, async () => {
    wasm = await bindgen({
      module_or_path: await fetchModule(source, () => new URL("./player.wasm", import.meta.url), "parseInitData"),
    });
  }),
);

/** Who waits for a task of the instance. @internal */
export const inFlight = new Set<(error: PallyConError) => void>();

/** Runs a call of the core. After a trap an instance's memory cannot be trusted, so the next call gets a new one. @internal */
export function guarded<T>(run: () => T): T {
  if (!wasm) throw createError("not-initialized");
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof WebAssembly.RuntimeError)) throw cause;
    instances++;
    core.__wbg_reset_state();
    // While there is an instance, initSync() only gives back its exports.
    wasm = (core.initSync as unknown as () => core.InitOutput)();
    const error = createError("internal", { cause });
    // Their tasks are gone with the instance.
    for (const reject of inFlight) reject(error);
    throw error;
  }
}

let bytes = new Uint8Array();

/** All of the memory. It is another buffer after each growth, and in each instance. */
export function memory(): Uint8Array {
  const { buffer } = wasm!.memory;
  return bytes.buffer === buffer ? bytes : (bytes = new Uint8Array(buffer));
}
