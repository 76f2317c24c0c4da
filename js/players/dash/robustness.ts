// dash.js has one robustness setting per DRM, and the key system names to request it with. If the content refuses a
// level, the source is attached again with the next one.
import { KEY_SYSTEM, drmOf, type AdapterOptions, type Client, type Drm, type PallyConError } from "../../core.js";
import { levelsFor, watched, type Levels } from "../parts/levels.js";
import type { DashPlayer, KeySystemAccess, ProtectionDataSet } from "./types.js";

const STREAM_INITIALIZED = "streamInitialized";

export class Robust {
  private readonly player: DashPlayer;
  private readonly levels: Levels;

  constructor(player: DashPlayer, levels: Levels) {
    this.player = player;
    this.levels = levels;
  }

  /** The settings with the best level of each DRM, in the order of the levels. */
  configured(data: ProtectionDataSet): ProtectionDataSet {
    const { levels } = this;
    const set: ProtectionDataSet = {};
    for (const drm of Object.keys(KEY_SYSTEM) as Drm[]) {
      const name = KEY_SYSTEM[drm];
      const [best] = levels.of(drm);
      const { video, audio } = best?.robustness ?? {};
      set[name] = {
        ...(best ? { priority: levels.left.indexOf(best) + 1 } : {}),
        ...data[name],
        ...(best ? { systemStringPriority: [best.keySystem] } : {}),
        ...(video ? { videoRobustness: video } : {}),
        ...(audio ? { audioRobustness: audio } : {}),
      };
    }
    return set;
  }

  /** @param failed called if no level is left; dash.js then waits until the source is removed */
  watch(access: KeySystemAccess, configure: () => void, failed: (error: PallyConError) => void): void {
    const { levels } = this;
    const native = access.nativeMediaKeySystemAccessObject;
    // The configured one: if the first track has no video, the access says nothing about video.
    const drm = drmOf(native.keySystem);
    const best = drm && levels.of(drm)[0];
    const level = best && levels.find(native.keySystem, best.robustness.video);
    if (!level) return;
    let refused = false;
    access.nativeMediaKeySystemAccessObject = watched(
      native,
      () => levels.use(level),
      (cause) => {
        const first = !refused;
        refused = true;
        if (first && levels.refuse(level)) {
          configure();
          this.reload();
        } else if (first) {
          failed(levels.error(level, cause));
        }
        // dash.js would raise a rejection as an error.
        return new Promise<never>(() => {});
      },
    );
  }

  /** Reloads the source at its current position. */
  private reload(): void {
    const { player } = this;
    const video = player.getVideoElement();
    const { paused, currentTime } = video;
    const play = () => {
      player.off(STREAM_INITIALIZED as never, play as never);
      video.play().catch(() => {});
    };
    if (!paused) player.on(STREAM_INITIALIZED as never, play as never);
    player.attachSource(player.getSource() as never, currentTime || NaN);
  }
}

export const robustDash = async (player: DashPlayer, client: Client, options: AdapterOptions): Promise<Robust> =>
  new Robust(player, await levelsFor(client, options));
