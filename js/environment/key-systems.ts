// What each DRM can be asked for: its key systems best first, the robustness levels of each, the init data types.
import { KEY_SYSTEM, RECOMMENDATION } from "../core.js";
import type { Drm, InitDataType, Scheme } from "../types.js";

export interface KeySystem {
  drm: Drm;
  name: string;
  /** what to ask of video, best first: each a question of its own in one call */
  video: string[];
  audio: string[];
  initDataTypes: InitDataType[];
  /** the one scheme of browsers that know no `encryptionScheme` */
  scheme: Scheme;
  /** how good it is, by the robustness that was granted; higher is better */
  rank(robustness: string): number;
  level(robustness: string): string | undefined;
  /** every robustness of it that EME knows, also those that nobody needs to ask for */
  known: RegExp;
}

/** `rank` of what no software can grant. */
export const HARDWARE = 3;
const SOFTWARE = 2;

const widevine = (name: string, video: string[]): KeySystem => ({
  drm: "widevine",
  name,
  video,
  // Audio is never decoded in hardware: with HW_SECURE_ALL for video, Chrome for Android takes no more than "" for it.
  audio: ["SW_SECURE_CRYPTO", ""],
  initDataTypes: ["cenc", "webm", "keyids"],
  scheme: "cenc",
  rank: (robustness) => (robustness.startsWith("HW") ? HARDWARE : robustness === "SW_SECURE_DECODE" ? SOFTWARE : 1),
  level: (robustness) => (robustness === "HW_SECURE_ALL" ? "L1" : robustness ? "L3" : undefined),
  known: /^(SW_SECURE_(CRYPTO|DECODE)|HW_SECURE_(CRYPTO|DECODE|ALL))$/,
});

const playready = (name: string, video: string[]): KeySystem => ({
  drm: "playready",
  name,
  video,
  audio: [""],
  initDataTypes: ["cenc", "keyids"],
  scheme: "cenc",
  rank: () => (name.endsWith("3000") ? HARDWARE : SOFTWARE),
  // A device that is sold has SL2000 at least; 150 is for tests, and has to be asked for.
  level: (robustness) => (name.endsWith("3000") ? "SL3000" : `SL${robustness || 2000}`),
  known: name.endsWith("3000") ? /^3000$/ : /^(150|2000)$/,
});

/** Those whose CDMs have one level, without a name. */
const NONE = /(?!)/;

/**
 * Those that may be tried in turn are in one list: the first that is granted ends it. Lists are tried side by side.
 * `com.widevine.alpha.experiment` is where Chrome for Windows has L1; it is asked where the plain name has not.
 */
export const KEY_SYSTEMS: KeySystem[][] = [
  [
    {
      drm: "fairplay",
      name: KEY_SYSTEM.fairplay,
      video: [""],
      audio: [""],
      initDataTypes: ["skd", "sinf", "cenc"],
      scheme: "cbcs",
      rank: () => HARDWARE,
      level: () => undefined,
      known: NONE,
    },
  ],
  [playready(`${RECOMMENDATION}.3000`, ["3000", ""])],
  [playready(RECOMMENDATION, ["2000", "150", ""]), playready(KEY_SYSTEM.playready, ["2000", "150", ""])],
  [widevine(KEY_SYSTEM.widevine, ["HW_SECURE_ALL", "SW_SECURE_DECODE", "SW_SECURE_CRYPTO"])],
  [widevine(`${KEY_SYSTEM.widevine}.experiment`, ["HW_SECURE_ALL"])],
  [
    {
      drm: "clearkey",
      name: KEY_SYSTEM.clearkey,
      video: [""],
      audio: [""],
      initDataTypes: ["cenc", "keyids", "webm"],
      scheme: "cenc",
      rank: () => 0,
      level: () => undefined,
      known: NONE,
    },
  ],
];
