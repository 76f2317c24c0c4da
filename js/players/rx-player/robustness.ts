// rx-player takes a list of key systems, each with its own robustness. If the content refuses one, rx-player stops:
// then it loads the same content again with the remaining names. It reuses MediaKeys with the same name, so refusing a
// level refuses its name.
import type { AdapterOptions, Client, Drm } from "../../core.js";
import { levelsFor, type Level, type Levels } from "../parts/levels.js";
import type * as Errors from "./errors.js";
import type { Capabilities, KeySystemOption, RxError, RxPlayer } from "./types.js";

interface LoadOptions {
  keySystems?: KeySystemOption[];
  startAt?: unknown;
}
/** Parts that rx-player's types hide, or declare with more parameters than matter here. */
interface Inner {
  loadVideo(options: LoadOptions): void;
  trigger(name: string, error: RxError): void;
  getKeySystemConfiguration(): { keySystem: string; configuration: MediaKeySystemConfiguration } | null;
}

const players = new WeakSet<RxPlayer>();
/** the levels of each of our options */
const owners = new WeakMap<KeySystemOption["getLicense"], { levels: Levels; keySystem: string; client: Client }>();

export interface Robust {
  options: KeySystemOption[];
  used(): void;
}

export async function robustRx(
  player: RxPlayer,
  client: Client,
  options: AdapterOptions,
  drms: Drm[],
  make: (drm: Drm) => Promise<KeySystemOption>,
  link: typeof Errors.link,
): Promise<Robust> {
  const levels = await levelsFor(client, options, drms);
  const names = levels.left.filter(
    ({ keySystem }, at) => levels.left.findIndex((one) => one.keySystem === keySystem) === at,
  );
  const made = await Promise.all(
    names.map(async ({ drm, keySystem }): Promise<KeySystemOption> => {
      const option = { ...(await make(drm)), type: keySystem };
      owners.set(option.getLicense, { levels, keySystem, client });
      const named = levels.left.filter(
        (level) => level.keySystem === keySystem && Object.keys(level.robustness).length > 0,
      );
      return named.length ? { ...option, ...capabilities(named) } : option;
    }),
  );
  step(player, link);
  return {
    options: made,
    used() {
      const { keySystem = "", configuration } = (player as unknown as Inner).getKeySystemConfiguration() ?? {};
      const level = levels.find(keySystem, configuration?.videoCapabilities?.[0]?.robustness);
      if (level) levels.use(level);
    },
  };
}

function capabilities(levels: Level[]): Pick<KeySystemOption, "videoCapabilitiesConfig" | "audioCapabilitiesConfig"> {
  const of = (kind: "video" | "audio"): Capabilities => ({
    type: "robustness",
    value: Array.from(new Set(levels.map(({ robustness }) => robustness[kind] ?? ""))),
  });
  return { videoCapabilitiesConfig: of("video"), audioCapabilitiesConfig: of("audio") };
}

/** Sits between the player and its app: remembers what is loaded, and withholds errors that are not final. */
function step(player: RxPlayer, link: typeof Errors.link): void {
  if (players.has(player)) return;
  players.add(player);
  const inner = player as unknown as Inner;
  const { loadVideo, trigger } = inner;
  let loaded: LoadOptions | undefined;
  inner.loadVideo = (options) => {
    loaded = options;
    loadVideo.call(player, options);
  };
  inner.trigger = (name, error) => {
    const next = name === "error" && loaded ? withoutRefused(inner, loaded, error, link) : undefined;
    if (!next) return trigger.call(player, name, error);
    loaded = next;
    loadVideo.call(player, next);
  };
}

/**
 * Loads the same content with the remaining key systems, if the error means that the content refuses the current one.
 */
function withoutRefused(
  player: Inner,
  options: LoadOptions,
  error: RxError,
  link: typeof Errors.link,
): LoadOptions | undefined {
  const { code } = error;
  // In 4.0 only the player has it.
  const inUse = player.getKeySystemConfiguration();
  const { keySystem = inUse?.keySystem, keySystemConfiguration = inUse?.configuration } = error;
  const all = options.keySystems ?? [];
  const current = all.find(({ getLicense }) => owners.get(getLicense)?.keySystem === keySystem);
  const owner = current && owners.get(current.getLicense);
  if (code !== "KEY_GENERATE_REQUEST_ERROR" || !owner) return undefined;
  const { levels, client } = owner;
  const level = levels.find(owner.keySystem, keySystemConfiguration?.videoCapabilities?.[0]?.robustness);
  if (!level) return undefined;
  const refused = levels.left.filter((one) => one.keySystem === owner.keySystem && one !== level);
  const left = [...refused, level].map((one) => levels.refuse(one)).pop();
  const keySystems = all.filter((option) => option !== current);
  if (left && keySystems.length) return { ...options, keySystems };
  link(error, client.fail(levels.error(level, error)));
  return undefined;
}
