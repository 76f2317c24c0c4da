// Which DRM: the best that the browser has, of those that may be used.
import { probe } from "../../environment/index.js";
import { PallyConError } from "../../core.js";
import type { Drm } from "../../core.js";
import type { MediaOptions } from "../media.js";

export interface Choice { drm: Drm; keySystem: string; access?: MediaKeySystemAccess }

/** FairPlay under WebKit's own API, before EME lost its prefix. */
export const LEGACY = "com.apple.fps.1_0";

export interface LegacyKeys { createSession(type: string, initData: Uint8Array): EventTarget & { update(data: Uint8Array): void; close(): void; error?: { code: number; systemCode: number } | null; sessionId: string } | null }
export const legacyKeys = () => (globalThis as { WebKitMediaKeys?: { new (keySystem: string): LegacyKeys; isTypeSupported(keySystem: string, type: string): boolean } }).WebKitMediaKeys;

/** ClearKey hides nothing: only who names it gets it. */
const DRMS: Drm[] = ["fairplay", "playready", "widevine"];

export async function choose(options: MediaOptions): Promise<Choice> {
  const { drms = DRMS, codecs, fairplay = "auto" } = options;
  if (fairplay === "legacy" && drms.includes("fairplay") && legacyKeys()?.isTypeSupported(LEGACY, "video/mp4")) return { drm: "fairplay", keySystem: LEGACY };
  for (const { drm, keySystem, initDataTypes } of await probe({ drms, ...(codecs ? { codecs } : {}) })) {
    if (keySystem === LEGACY ? fairplay === "modern" : drm === "fairplay" && fairplay === "legacy") continue;
    if (keySystem === LEGACY) return { drm, keySystem };
    // What is in hardware alone needs content made for it, audio and video under separate keys: it has to be asked for.
    if (/\.3000$|experiment$/.test(keySystem) && !options.robustness) continue;
    try {
      return { drm, keySystem, access: await navigator.requestMediaKeySystemAccess(keySystem, configurations(drm, initDataTypes, options)) };
    } catch { /* not with these options: the next one */ }
  }
  throw new PallyConError({
    code: "drm-unsupported", phase: "environment", message: `This browser can use none of ${drms.join(", ")} for this.`,
    hint: "Ask diagnose() what stands in the way: an insecure page, an iframe without allow=\"encrypted-media\", codecs, a browser without a CDM.",
  });
}

function configurations(drm: Drm, initDataTypes: string[], options: MediaOptions): MediaKeySystemConfiguration[] {
  const { codecs, robustness, sessionType = "temporary", persistentState = "optional", distinctiveIdentifier = "optional" } = options;
  const wanted = codecs?.video || codecs?.audio ? codecs : { video: "avc1.42E01E", audio: "mp4a.40.2" };
  const levels = robustness ? [robustness]
    : drm === "widevine" ? [{ video: "SW_SECURE_DECODE", audio: "SW_SECURE_CRYPTO" }, { video: "SW_SECURE_CRYPTO", audio: "SW_SECURE_CRYPTO" }, {}]
    : [{}];
  const one = (kind: "video" | "audio", level = "") => {
    const codec = wanted[kind];
    return codec ? { [`${kind}Capabilities`]: [{ contentType: codec.includes("/") ? codec : `${kind}/mp4; codecs="${codec}"`, robustness: level }] } : {};
  };
  return levels.map(({ video, audio }) => ({ initDataTypes, sessionTypes: [sessionType], persistentState, distinctiveIdentifier, ...one("video", video), ...one("audio", audio) }));
}
