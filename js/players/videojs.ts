/**
 * video.js 8 with videojs-contrib-eme 5: `player.src({ src, type, keySystems: pallyConKeySystems(player, drm) })`,
 * after `player.eme()`.
 * contrib-eme gets each license from a callback; here that is one request of ours. A failure becomes `player.error()`,
 * with our PallyConError as its `originalError` (`pallyConError(player.error())`).
 * @packageDocumentation
 */
import { KEY_SYSTEM, PallyConError, clientOf, createError } from "../core.js";
import type { AdapterOptions, Bytes, Drm, PallyCon } from "../core.js";
import { handlerOf } from "../license-handler.js";
import { Renewals } from "./parts/renewal.js";
import { attachmentOf, type Done } from "./videojs/attachment.js";
import type { KeySystem, VideojsPlayer } from "./videojs/types.js";

export type { KeySystem, VideojsPlayer };

export interface VideojsOptions extends Omit<AdapterOptions, "robustness"> {
  /**
   * allowed DRMs, in order of preference; default FairPlay, PlayReady, Widevine. ClearKey protects nothing: name it to
   * use it.
   */
  drms?: Drm[];
}

const DRMS: Drm[] = ["fairplay", "playready", "widevine"];

/** The PallyConError behind an error of video.js (`player.error()`). */
export function pallyConError(error: unknown): PallyConError | undefined {
  const { originalError: found } = (error ?? {}) as { originalError?: unknown };
  return found instanceof PallyConError ? found : undefined;
}

/**
 * The `keySystems` of a source. One player may use them for many sources, with different options for each; everything
 * that belongs to them ends when the player or the client is disposed of. Throws "player-invalid" if `player` is not a
 * player with contrib-eme, "drm-invalid" for an unknown DRM.
 */
export function pallyConKeySystems(
  player: VideojsPlayer,
  drm: PallyCon,
  options: VideojsOptions = {},
): Record<string, KeySystem> {
  const client = clientOf(drm);
  const { drms = DRMS, ...adapter } = options;
  const attachment = attachmentOf(player, client);
  const renewals = new Renewals(client, "video.js", adapter.renewal);
  const keySystems: Record<string, KeySystem> = {};
  for (const name of drms) {
    // PlayReady only with this name: VHS has no init data from the manifest for "….recommendation".
    const keySystem = KEY_SYSTEM[name];
    if (!keySystem) throw createError("drm-invalid", { parameters: [String(name)] });
    const handler = handlerOf(drm, { ...adapter, keySystem, media: () => attachment.media() });
    keySystems[keySystem] = {
      persistentState: name === "widevine" ? adapter.persistentState : undefined,
      // contrib-eme's first call for any init data.
      getContentId(_options, initData) {
        attachment.begin(keySystem);
        return initData;
      },
      // The attachment sets the certificate before each first request: contrib-eme does not wait for it.
      getCertificate: (_options, done) => done(null),
      // With FairPlay, the content id precedes the message.
      getLicense(...args) {
        const [message, done] = args.slice(-2) as [Bytes, Done];
        void attachment.license(handler, keySystem, message, done, renewals);
      },
    };
  }
  return keySystems;
}
