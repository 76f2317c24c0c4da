// The media module decides about sessions: a wasm module that only this adapter loads.
import bindgen, * as bindings from "../../../build/wasm/media/pallycon_drm.js";
import { fetchModule } from "../../core.js";

/** @internal */
export type { Actions, MediaSessions, MessageType, RequestReason } from "../../../build/wasm/media/pallycon_drm.js";

export type Source = Parameters<typeof fetchModule>[0];
/** @internal */
export type MediaModule = typeof bindings;

let loading: Promise<MediaModule> | undefined;

/** Loads it once; after a failure the next call tries again. @internal */
export function mediaModule(source?: Source): Promise<MediaModule> {
  loading ??= load(source).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(source?: Source): Promise<MediaModule> {
  const beside = () => new URL("./media.wasm", import.meta.url);
  await bindgen({ module_or_path: await fetchModule(source, beside, "legacyInitData") });
  return bindings;
}
