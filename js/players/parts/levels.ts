// The security levels that a player may still request, and the steps down from one to the next.
import { createError, type AdapterOptions, type Client, type Drm, type PallyConError } from "../../core.js";
import { levels, type Level } from "../../environment/index.js";

export type { Level };

/** ClearKey protects nothing, and has no levels. */
const DRMS: Drm[] = ["fairplay", "playready", "widevine"];

export class Levels {
  /** those that may be requested, best first */
  left: Level[];
  private readonly client: Client;
  private refused: string | undefined;
  private told = "";

  constructor(client: Client, left: Level[]) {
    this.client = client;
    this.left = left;
  }

  /** of this DRM, best first */
  of(drm: Drm): Level[] {
    return this.left.filter((level) => level.drm === drm);
  }

  /** of the name to request first */
  underBestName(drm: Drm): Level[] {
    const list = this.of(drm);
    return list.filter(({ keySystem }) => keySystem === list[0]!.keySystem);
  }

  /** FairPlay has one level, which cannot be chosen and which no content refuses. */
  find(keySystem: string, video = ""): Level | undefined {
    const levels = this.left.filter(({ drm }) => drm === "widevine" || drm === "playready");
    return levels.find((level) => level.keySystem === keySystem && (level.robustness.video ?? "") === video);
  }

  /** The CDM or the content refuses `level`. Returns false if no lower one is left to request. */
  refuse(level: Level | undefined): boolean {
    if (!level) return false;
    this.left = this.left.filter((one) => one !== level);
    this.refused = nameOf(level);
    return this.left.length > 0;
  }

  /** A session has started with this level. */
  use({ drm, keySystem, robustness }: Level): void {
    const key = JSON.stringify([keySystem, robustness, this.refused]);
    if (this.told === key) return;
    this.told = key;
    const { client, refused } = this;
    client.emit({
      type: "robustness",
      drm,
      keySystem,
      ...(Object.keys(robustness).length ? { robustness } : {}),
      ...(refused === undefined ? {} : { refused }),
    });
  }

  /** The app's error if `level` was the last one. */
  error(level: Level, cause: unknown): PallyConError {
    const { keySystem } = level;
    return createError("robustness-refused", { parameters: [keySystem, nameOf(level)], keySystem, cause });
  }
}

/**
 * The same access, whose sessions report how the content responds to its level: `used` when the CDM has made a request,
 * `refused` when it has not. The player gets what the promise of `refused` resolves with; it may stay pending.
 */
export function watched(
  access: MediaKeySystemAccess,
  used: () => void,
  refused: (cause: unknown) => Promise<never>,
): MediaKeySystemAccess {
  return {
    keySystem: access.keySystem,
    getConfiguration: () => access.getConfiguration(),
    async createMediaKeys() {
      const keys = await access.createMediaKeys();
      const createSession = keys.createSession.bind(keys);
      keys.createSession = (type) => {
        const session = createSession(type);
        const generateRequest = session.generateRequest.bind(session);
        session.generateRequest = (initDataType, initData) =>
          generateRequest(initDataType, initData).then(used, refused);
        return session;
      };
      return keys;
    },
  };
}

/** The level of an access, from what the browser has granted. */
export const robustnessOf = (access: MediaKeySystemAccess): string =>
  access.getConfiguration().videoCapabilities?.[0]?.robustness ?? "";

/** PlayReady encodes its highest level in the key system's name. */
const nameOf = ({ keySystem, robustness }: Level): string => robustness.video || robustness.audio || keySystem;

export async function levelsFor(client: Client, { robustness }: AdapterOptions, drms = DRMS): Promise<Levels> {
  return new Levels(client, await levels(robustness!, { drms }));
}
