// Key systems by name. W3C EME leaves the names to the DRMs; the part after a dot is a variant of the same DRM.
import type { Drm } from "./types.js";

/** Each DRM's own key system. */
export const KEY_SYSTEM: Record<Drm, string> = {
  widevine: "com.widevine.alpha",
  playready: "com.microsoft.playready",
  fairplay: "com.apple.fps",
  clearkey: "org.w3.clearkey",
};

/** Variants that are requested by name. */
export const RECOMMENDATION = `${KEY_SYSTEM.playready}.recommendation`;
/** FairPlay with WebKit's own API, which predates unprefixed EME. */
export const LEGACY_FAIRPLAY = `${KEY_SYSTEM.fairplay}.1_0`;

/** The same DRMs under the names of other platforms: Chromecast, and TVs from before 2015. */
const ALIASES: [string, Drm][] = [
  ["com.chromecast.playready", "playready"],
  ["com.youtube.playready", "playready"],
  ["webkit-org.w3.clearkey", "clearkey"],
];

const NAMES = (Object.keys(KEY_SYSTEM) as Drm[]).map((drm): [string, Drm] => [KEY_SYSTEM[drm], drm]).concat(ALIASES);

/** The DRM of a key system, variants included; undefined for any other. */
export const drmOf = (keySystem: string): Drm | undefined =>
  NAMES.find(([name]) => keySystem === name || String(keySystem).startsWith(`${name}.`))?.[1];
