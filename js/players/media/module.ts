// The media module decides about sessions: a wasm module that only this adapter loads.
import bindgen, * as bindings from "../../../build/wasm/media/pallycon_drm.js";
import { fetchModule, loadOnce } from "../../core.js";

/** @internal */
export type { Actions, MediaSessions, MessageType, RequestReason } from "../../../build/wasm/media/pallycon_drm.js";

export type Source = Parameters<typeof fetchModule>[0];
/** @internal */
export type MediaModule = typeof bindings;

let url: URL | undefined;
try {
  url = new URL("./media.wasm", import.meta.url);
} catch {
  /* attachMedia() reports it */
}

/** Loads it once; after a failure the next call tries again. @internal */
export const mediaModule = loadOnce(async (source?: Source): Promise<MediaModule> => {
  await bindgen({ module_or_path: await fetchModule(source, "media.wasm", "legacyInitData", url) });
  return bindings;
});
