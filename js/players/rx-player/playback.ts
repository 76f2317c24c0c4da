// The state of one player: which requests end with it, and whether its keys are still valid when a renewal is refused.
import { drmOf, hex, newAbortController, type Client, type Drm, type PallyConError, type Undo } from "../../core.js";
import { KeyStatuses } from "../parts/key-status.js";
import { errorOf, link } from "./errors.js";
import type { RxError, RxPlayer } from "./types.js";

/** As rx-player's EncryptedMediaError. */
const WARNING = { name: "EncryptedMediaError", type: "ENCRYPTED_MEDIA_ERROR", code: "KEY_LOAD_ERROR", fatal: false };
/** Protected in rx-player's types. */
interface Emitter {
  trigger?: (name: string, error: Error) => void;
}

const playbacks = new WeakMap<Client, WeakMap<RxPlayer, Playback>>();

/** One per player and client, however often content is loaded. */
export function playbackOf(player: RxPlayer, client: Client): Playback {
  const ofClient = playbacks.get(client) ?? new WeakMap<RxPlayer, Playback>();
  playbacks.set(client, ofClient);
  const playback = ofClient.get(player) ?? new Playback(player, client);
  ofClient.set(player, playback);
  return playback;
}

class Playback {
  private readonly player: RxPlayer;
  private readonly client: Client;
  private statuses: KeyStatuses;
  private requests: AbortController | undefined;
  private undo: Undo | undefined;
  private refused: PallyConError | undefined;
  private expired = false;

  constructor(player: RxPlayer, client: Client) {
    this.player = player;
    this.client = client;
    this.statuses = new KeyStatuses(client);
    player.addEventListener("warning", (error) => this.onError(error));
    player.addEventListener("playerStateChange", (state) => this.onState(state));
  }

  /** Aborted when playback ends. The client references the player until then, and no longer. */
  signal(): AbortSignal {
    if (!this.requests) {
      const requests = newAbortController();
      this.requests = requests;
      this.undo = this.client.adopt(() => requests.abort());
    }
    return this.requests.signal;
  }

  /** The access in use, including variants, if it is that DRM's: the element may still have older MediaKeys. */
  keySystem(drm: Drm): string | undefined {
    try {
      const { keySystem = "" } = this.player.getKeySystemConfiguration() ?? {};
      return drmOf(keySystem) === drm ? keySystem : undefined;
    } catch {
      return undefined; // disposed of
    }
  }

  licensed(): void {
    this.refused = undefined;
    this.expired = false;
  }

  /**
   * Whether playback continues after a refused renewal. The app gets it as a warning of the player, which is what
   * rx-player calls an error that it survives.
   */
  outlives(error: PallyConError): boolean {
    if (this.expired) return false;
    if (error.code === "aborted") return true;
    this.refused = error;
    const warning = Object.assign(new Error(error.message), WARNING);
    link(warning, error);
    (this.player as unknown as Emitter).trigger?.("warning", warning);
    return true;
  }

  private onState(state: string): void {
    if (state === "LOADING") this.licensed();
    if (state !== "STOPPED") return;
    this.requests?.abort();
    this.requests = undefined;
    void this.undo?.();
    // Linked now, before rx-player raises it, so that its first listener already finds ours.
    const error = this.player.getError();
    if (error) this.onError(error);
    this.statuses.stop();
    this.statuses = new KeyStatuses(this.client);
  }

  private onError(error: Error): void {
    const { code, message, keyStatuses } = error as RxError;
    if (code !== "KEY_STATUS_CHANGE_ERROR") return void errorOf(error);
    this.statuses.report((keyStatuses ?? []).map(({ keyId, keyStatus }) => [hex(keyId), keyStatus]));
    const statuses = keyStatuses?.map(({ keyStatus }) => keyStatus);
    if (!(statuses ? statuses.includes("expired") : /expired/.test(message))) return;
    this.expired = true;
    // The reason why they have not been renewed.
    if (this.refused) link(error, this.refused);
  }
}
