// hls.js requests one robustness, whatever the DRM, and knows four key system names. It lets a function of ours make
// the request instead: one for each level, with the level's own name. If the content refuses a level, that is an error,
// because hls.js keeps its MediaKeys; the next player that uses the same configuration starts one level lower.
import { drmOf, type AdapterOptions, type Client, type PallyConError } from "../../core.js";
import { levelsFor, watched, type Level, type Levels } from "../parts/levels.js";

export class Robust {
  private readonly client: Client;
  private readonly levels: Levels;

  constructor(client: Client, levels: Levels) {
    this.client = client;
    this.levels = levels;
  }

  /** Replaces the browser's function: requests one level after the other. */
  async request(keySystem: string, configurations: MediaKeySystemConfiguration[]): Promise<MediaKeySystemAccess> {
    const { levels } = this;
    const drm = drmOf(keySystem);
    const candidates = drm ? levels.of(drm) : [];
    if (!candidates.length) return navigator.requestMediaKeySystemAccess(keySystem, configurations);
    let failed: unknown;
    for (const level of candidates) {
      const { video, audio } = level.robustness;
      try {
        const wanted = configurations.map((one) => ({
          ...one,
          ...at("videoCapabilities", one, video),
          ...at("audioCapabilities", one, audio),
        }));
        return this.watch(await navigator.requestMediaKeySystemAccess(level.keySystem, wanted), level);
      } catch (error) {
        failed = error;
      }
    }
    throw failed;
  }

  private watch(access: MediaKeySystemAccess, level: Level): MediaKeySystemAccess {
    const { client, levels } = this;
    let error: PallyConError | undefined;
    return watched(
      access,
      () => levels.use(level),
      (cause) => {
        // The last level is kept, so that another player gets its error instead of the browser's default.
        if (!error && levels.of(level.drm).length > 1) levels.refuse(level);
        error ??= client.fail(levels.error(level, cause));
        return Promise.reject(error);
      },
    );
  }
}

/** The same capabilities with another robustness. */
function at(
  kind: "videoCapabilities" | "audioCapabilities",
  configuration: MediaKeySystemConfiguration,
  robustness = "",
): Partial<MediaKeySystemConfiguration> {
  const list = configuration[kind];
  return list ? { [kind]: list.map((capability) => ({ ...capability, robustness })) } : {};
}

export const robustHls = async (client: Client, options: AdapterOptions): Promise<Robust> =>
  new Robust(client, await levelsFor(client, options));
