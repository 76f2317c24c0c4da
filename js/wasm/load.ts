// The player module: loaded once, from any source, and again after a failure.
import bindgen, * as core from "../../build/wasm/player/pallycon_drm.js";
import { createError, type PallyConError } from "../errors/error.js";
import { withTimeout } from "../time.js";
import { fetchModule, type ModuleSource } from "./module.js";
import { loadOnce } from "./once.js";
import { Reason } from "../generated/codes.js";

let wasm: core.InitOutput | undefined;

let instances = 0;
/** The number of the module's instance: it changes after a trap. */
export const instance = (): number => instances;

export const isLoaded = (): boolean => !!wasm;

/** A .wasm file that has not arrived by then counts as missing. */
const LOAD_TIMEOUT = 30_000;

const late = () =>
  createError("wasm-unreachable", { reason: Reason.WasmTooLate, parameters: [LOAD_TIMEOUT, "player.wasm"] });

/**
 * The file's URL. At the top level, where file tracers see it; bundlers that write scripts without modules remove
 * import.meta.
 */
export let playerUrl: URL | undefined;
try {
  playerUrl = new URL("./player.wasm", import.meta.url);
} catch {
  /* init() reports it */
}

/** Loads the module. A failed load can be repeated; while loaded, another source is ignored. */
export const load = loadOnce((source?: ModuleSource) =>
  withTimeout({ ms: LOAD_TIMEOUT, phase: "environment", late }, async () => {
    wasm = await bindgen({
      module_or_path: await fetchModule(source, "player.wasm", "parseInitData", playerUrl),
    });
  }),
);

/** Callers that wait for a task of the instance. @internal */
export const inFlight = new Set<(error: PallyConError) => void>();

/**
 * Runs a call of the core. After a trap an instance's memory cannot be trusted, so the next call gets a new one.
 * @internal
 */
export function guarded<T>(run: () => T): T {
  if (!wasm) throw createError("not-initialized");
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof WebAssembly.RuntimeError)) throw cause;
    instances++;
    core.__wbg_reset_state();
    // While an instance exists, initSync() only returns its exports.
    wasm = (core.initSync as unknown as () => core.InitOutput)();
    const error = createError("internal", { cause });
    // Their tasks are gone with the instance.
    for (const reject of inFlight) reject(error);
    throw error;
  }
}

let bytes = new Uint8Array();

/** The whole memory. Its buffer changes after each growth, and with each instance. */
export function memory(): Uint8Array {
  const { buffer } = wasm!.memory;
  return bytes.buffer === buffer ? bytes : (bytes = new Uint8Array(buffer));
}
