// Loading the module: once, from wherever it is, and again after a failure.
import bindgen, * as bindings from "../build/wasm/player/pallycon_drm.js";
import { PallyConError, toPallyConError } from "./error.js";
import { fetchModule, type ModuleSource } from "./module.js";

/** @internal */
export type Core = typeof bindings;

let loaded: WebAssembly.Module | undefined;
let loading: Promise<void> | undefined;

/**
 * Loads the wasm once. Without an argument it finds the .wasm beside this module (browser, bundler, Node, worker). A failure is
 * forgotten, so that it can be tried again; while loaded, another source is ignored.
 *
 * Throws "wasm-blocked" where WebAssembly is absent or forbidden, "wasm-unreachable" where the file cannot be had.
 */
export function init(source?: ModuleSource): Promise<void> {
  if (loaded) return Promise.resolve();
  loading ??= load(source).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(source?: ModuleSource): Promise<void> {
  const module = await fetchModule(source, () => new URL("./player.wasm", import.meta.url), "parseInitData");
  await bindgen({ module_or_path: module });
  loaded = module;
}

/**
 * Calls the core; what it throws becomes a PallyConError.
 * @internal
 */
export function call<T>(run: (core: Core) => T): T {
  if (!loaded) {
    throw new PallyConError({ code: "not-initialized", phase: "environment", message: "The wasm module is not loaded yet.", hint: "Await init() or createPallyCon() first." });
  }
  try {
    return run(bindings);
  } catch (thrown) {
    throw asThrown(thrown);
  }
}

/** The core's own errors, and the instance's death: after a trap its memory cannot be trusted, so the next call gets a new one. */
function asThrown(thrown: unknown): unknown {
  if (typeof thrown === "string") return toPallyConError(thrown, INTERNAL);
  if (thrown instanceof WebAssembly.RuntimeError && loaded) {
    bindings.__wbg_reset_state();
    return new PallyConError({ ...INTERNAL, cause: thrown });
  }
  return thrown;
}

export const INTERNAL = {
  code: "internal", phase: "environment", message: "Something went wrong inside pallycon-drm itself.", hint: "Please report it, with the error's cause and stack.",
} as const;
