// Shaka requests the levels that its configuration lists. Only after it has chosen one can the content refuse it
// (6006): then the content is loaded again with the remaining levels, and the app only gets the last refusal.
import { KEY_SYSTEM, drmOf, type AdapterOptions, type Client, type Drm, type PallyConError } from "../../core.js";
import { levelsFor, type Level, type Levels } from "../parts/levels.js";
import type { DrmConfig, DrmInfo, ShakaError, ShakaPlayer } from "./types.js";

/** FAILED_TO_GENERATE_LICENSE_REQUEST, REQUESTED_KEY_SYSTEM_CONFIG_UNAVAILABLE */
const [REQUEST_REFUSED, CONFIG_REFUSED] = [6006, 6001];
const DRMS: Drm[] = ["widevine", "playready", "fairplay"];
const unique = <T>(list: T[]): T[] => Array.from(new Set(list));

export interface Robust {
  used(): void;
  undo(): void;
}

export async function robustShaka(player: ShakaPlayer, client: Client, options: AdapterOptions): Promise<Robust> {
  return new Steps(player, client, await levelsFor(client, options));
}

class Steps implements Robust {
  private readonly player: ShakaPlayer;
  private readonly client: Client;
  private readonly levels: Levels;
  private readonly before: DrmConfig;
  private readonly load: ShakaPlayer["load"];
  private readonly dispatch: ShakaPlayer["dispatchEvent"];
  /** names that have our robustness */
  private readonly configured = new Set<string>();
  /** what the app has loaded last */
  private args: never[] | undefined;
  private running = false;
  /** another attempt, started because a level was refused */
  private step: Promise<unknown> | undefined;
  /** Shaka's choice that was refused: each of its sessions reports that */
  private refusedInfo: Partial<DrmInfo> | null | undefined;
  private final: PallyConError | undefined;
  /** Shaka's choice for the latest session: while it loads, drmInfo() does not have it */
  private info: Partial<DrmInfo> | null | undefined;

  constructor(player: ShakaPlayer, client: Client, levels: Levels) {
    this.player = player;
    this.client = client;
    this.levels = levels;
    this.before = (player.getConfiguration() as { drm: DrmConfig }).drm;
    this.load = player.load;
    this.dispatch = player.dispatchEvent;
    this.configure();
    // A Storage has no events: it rejects with the refusal.
    if ("store" in player) return;
    player.load = (...args) => {
      this.args = args;
      this.step = undefined;
      return this.run(args, this.load.apply(player, args));
    };
    player.dispatchEvent = (event) => {
      const { type, detail } = event as { type: string; detail?: ShakaError };
      return type === "error" && detail && this.handles(detail) ? true : this.dispatch.call(player, event);
    };
  }

  used(): void {
    const level = this.inUse();
    if (level) this.levels.use(level);
  }

  undo(): void {
    const { player, before } = this;
    player.load = this.load;
    player.dispatchEvent = this.dispatch;
    const { initDataTransform, preferredKeySystems, keySystemsMapping } = before;
    const advanced: DrmConfig["advanced"] = {};
    for (const keySystem of Array.from(this.configured)) advanced[keySystem] = before.advanced[keySystem];
    const mapping: DrmConfig["keySystemsMapping"] = {};
    for (const drm of DRMS) mapping[KEY_SYSTEM[drm]] = keySystemsMapping[KEY_SYSTEM[drm]];
    try {
      player.configure({ drm: { initDataTransform, preferredKeySystems, keySystemsMapping: mapping, advanced } });
    } catch {
      /* destroyed: there is no configuration left to restore */
    }
  }

  private inUse(): Level | undefined {
    const { keySystem = "", videoRobustness } = this.info ?? {};
    return this.levels.find(keySystem, videoRobustness);
  }

  /** By DRM, the best name and all its levels; the DRMs in the app's order, or in that of their levels. */
  private configure(): void {
    const { before, levels, player } = this;
    const advanced: DrmConfig["advanced"] = {};
    const mapping: DrmConfig["keySystemsMapping"] = {};
    const order = before.preferredKeySystems.length
      ? before.preferredKeySystems.map(drmOf)
      : levels.left.map(({ drm }) => drm);
    for (const drm of DRMS) {
      const plain = KEY_SYSTEM[drm];
      const list = levels.underBestName(drm);
      const name = list[0]?.keySystem ?? plain;
      mapping[plain] = name === plain ? before.keySystemsMapping[plain] : name;
      const named = list.filter(({ robustness }) => robustness.video || robustness.audio);
      if (!named.length) continue;
      this.configured.add(name);
      advanced[name] = {
        videoRobustness: unique(named.map(({ robustness }) => robustness.video ?? "")),
        audioRobustness: unique(named.map(({ robustness }) => robustness.audio ?? "")),
      };
    }
    const names = order.map((drm) => drm && (levels.of(drm)[0]?.keySystem ?? KEY_SYSTEM[drm]));
    const preferredKeySystems = unique([...(names.filter(Boolean) as string[]), ...before.preferredKeySystems]);
    const initDataTransform: DrmConfig["initDataTransform"] = (initData, type, info) => {
      this.info = info;
      return before.initDataTransform(initData, type, info);
    };
    player.configure({ drm: { initDataTransform, preferredKeySystems, keySystemsMapping: mapping, advanced } });
  }

  /** Waits for an attempt, and for those that follow it while levels are left. */
  private async run(args: never[], attempt: Promise<unknown>): Promise<unknown> {
    this.running = true;
    for (;;) {
      let failed: unknown;
      let result: unknown;
      try {
        result = await attempt;
      } catch (error) {
        failed = error;
      }
      const step = this.args === args ? this.step : undefined;
      this.step = this.args === args ? undefined : this.step;
      if (step) {
        attempt = step;
      } else if (failed && this.args === args && this.handles(failed as ShakaError)) {
        attempt = this.step!;
        this.step = undefined;
      } else {
        if (this.args === args) this.running = false;
        if (failed) throw failed;
        return result;
      }
    }
  }

  /** Whether the error is a refused level and another attempt has started: `step`. */
  private handles(error: ShakaError): boolean {
    const { args, levels } = this;
    if (!args || (error.code !== REQUEST_REFUSED && error.code !== CONFIG_REFUSED)) return false;
    const { info } = this;
    if (info && info === this.refusedInfo) return this.explains(error);
    this.refusedInfo = info;
    const level = this.inUse();
    const refused =
      error.code === REQUEST_REFUSED
        ? level && [level]
        : ([] as Level[]).concat(...DRMS.map((drm) => levels.underBestName(drm)));
    if (!refused?.length) return false;
    const left = refused.map((one) => levels.refuse(one)).pop();
    // A PreloadManager belongs to one attempt.
    const retry = left && typeof args[0] === "string";
    this.final = retry
      ? undefined
      : this.client.fail(levels.error(refused[refused.length - 1]!, error.data?.[1] ?? error));
    if (retry) this.retry(args);
    return this.explains(error);
  }

  /** The app gets the last refusal, with ours inside. */
  private explains(error: ShakaError): boolean {
    const { final } = this;
    if (!final) return true;
    error.data = [...(error.data ?? []), final];
    error.message = final.message;
    return false;
  }

  private retry(args: never[]): void {
    const { player } = this;
    const video = player.getMediaElement();
    const playing = !!video && !video.paused;
    const [uri, startTime, ...rest] = args as unknown[];
    const from = video?.currentTime || startTime;
    // Not within Shaka's own event.
    const step = Promise.resolve().then(async () => {
      this.configure();
      await this.load.apply(player, [uri, from, ...rest] as never[]);
      if (playing) video.play().catch(() => {}); // loading has paused it
    });
    step.catch(() => {}); // the caller that waits for the attempt gets it
    if (this.running) {
      this.step = step;
      return;
    }
    this.run(args, step).catch((detail: unknown) => {
      this.dispatch.call(player, Object.assign(new Event("error"), { detail }) as never);
    });
  }
}
