// The media module: the sessions' decisions, in a wasm of their own that only this adapter loads.
import bindgen, * as bindings from "../../../build/wasm/media/pallycon_drm.js";
import { fetchModule } from "../../core.js";

export type Source = Parameters<typeof fetchModule>[0];
/** @internal */
export type MediaModule = typeof bindings;

let loading: Promise<MediaModule> | undefined;

/** Once; a failure is forgotten. @internal */
export function mediaModule(source?: Source): Promise<MediaModule> {
  loading ??= load(source).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(source?: Source): Promise<MediaModule> {
  await bindgen({ module_or_path: await fetchModule(source, () => new URL("./media.wasm", import.meta.url), "legacyInitData") });
  return bindings;
}
