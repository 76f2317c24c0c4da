// What to request from each DRM: its key systems best first, the robustness levels of each, the init data types.
import { KEY_SYSTEM, RECOMMENDATION } from "../core.js";
import type { Drm, InitDataType, Scheme } from "../types.js";

export interface KeySystem {
  drm: Drm;
  name: string;
  /** what to request for video, best first: each is a query of its own */
  video: string[];
  audio: string[];
  initDataTypes: InitDataType[];
  /** the scheme to assume in browsers without `encryptionScheme` */
  scheme: Scheme;
  /** how good it is, by the granted robustness; higher is better */
  rank(robustness: string): number;
  level(robustness: string): string | undefined;
  /** every robustness that EME defines for it, including those that are never requested */
  known: RegExp;
}

/** The `rank` that no software CDM can have. */
export const HARDWARE = 3;
const SOFTWARE = 2;

const widevine = (name: string, video: string[]): KeySystem => ({
  drm: "widevine",
  name,
  video,
  // Audio is never decoded in hardware: with HW_SECURE_ALL for video, Chrome for Android only accepts "" for audio.
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
  // Devices on the market have at least SL2000; 150 is for tests, and must be requested explicitly.
  level: (robustness) => (name.endsWith("3000") ? "SL3000" : `SL${robustness || 2000}`),
  known: name.endsWith("3000") ? /^3000$/ : /^(150|2000)$/,
});

/** DRMs whose CDMs have one level without a name. */
const NONE = /(?!)/;

/**
 * Key systems that are alternatives of each other share a list: the first one granted ends it. Lists are queried in
 * parallel.
 * Chrome for Windows offers L1 as `com.widevine.alpha.experiment`, which is queried if the plain name does not have it.
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
