// Security levels on a bare element. Its MediaKeys cannot be replaced during playback, so it gets them only when a
// session's request has shown that the content accepts their level.
import type { AdapterOptions, Client, Octets } from "../../core.js";
import { levelsFor, robustnessOf, type Level, type Levels } from "../parts/levels.js";
import type { Cdm } from "./cdm.js";
import { DRMS, ask, isLegacyWanted, choose as chooseAny, unsupported, type Choice } from "./choose.js";
import type { MediaOptions } from "./options.js";

type Options = AdapterOptions & MediaOptions;
interface Current {
  cdm: Cdm;
  level: Level | undefined;
}

export class Robust {
  private readonly levels: Levels;
  private readonly options: Options;

  constructor(levels: Levels, options: Options) {
    this.levels = levels;
    this.options = options;
  }

  /** The best level that the browser grants. */
  async choose(): Promise<Choice> {
    if (isLegacyWanted(this.options)) return chooseAny(this.options);
    const choice = await this.next(this.levels.left);
    if (!choice) throw unsupported(this.options);
    return choice;
  }

  private async next(candidates: Level[]): Promise<Choice | undefined> {
    for (const level of candidates) {
      const choice = await ask({ ...level, levels: [level.robustness] }, this.options);
      if (choice) return choice;
      this.levels.refuse(level);
    }
    return undefined;
  }

  /**
   * A CDM that switches to the next level of its DRM if the content refuses the current one before any request was
   * made.
   */
  async cdm(first: Choice, make: (choice: Choice) => Promise<Cdm>): Promise<Cdm> {
    const { levels } = this;
    const levelOf = ({ keySystem, access }: Choice) => levels.find(keySystem, access && robustnessOf(access));
    let certificate: Octets | undefined;
    let inUse: Cdm | undefined;
    let attached: Promise<void> | undefined;
    let current: Promise<Current> = make(first).then((cdm) => ({ cdm, level: levelOf(first) }));

    const stepDown = async (level: Level, cause: unknown): Promise<Current> => {
      const choice = levels.refuse(level) ? await this.next(levels.of(level.drm)) : undefined;
      if (!choice) throw levels.error(level, cause);
      const cdm = await make(choice);
      if (certificate) await cdm.certify(certificate);
      return { cdm, level: levelOf(choice) };
    };

    await current;
    return {
      async certify(bytes) {
        certificate = bytes;
        await (await current).cdm.certify(bytes);
      },
      attach: async () => undefined,
      async open(type, initData, on) {
        for (;;) {
          const asked = current;
          const { cdm, level } = await asked;
          try {
            const session = await cdm.open(type, initData, on);
            inUse = cdm;
            // A second setMediaKeys() during the first would be refused.
            await (attached ??= cdm.attach());
            if (level) levels.use(level);
            return session;
          } catch (cause) {
            if (inUse || !level) throw cause;
            // If several sessions are refused, the first one switches the level.
            if (current === asked) current = stepDown(level, cause);
          }
        }
      },
      detach: async () => inUse?.detach(),
    };
  }
}

export const robustMedia = async (client: Client, options: Options): Promise<Robust> =>
  new Robust(await levelsFor(client, options, options.drms ?? DRMS), options);
