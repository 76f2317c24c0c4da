// Chooses the best of the allowed DRMs that the browser has.
import { legacyKeys, probe } from "../../environment/index.js";
import { LEGACY_FAIRPLAY, createError } from "../../core.js";
import type { Drm } from "../../core.js";
import type { MediaOptions } from "../media.js";

export interface Choice { drm: Drm; keySystem: string; access?: MediaKeySystemAccess }

/** Widevine's levels, from the highest that needs no hardware to the lowest. */
const SOFTWARE: NonNullable<MediaOptions["robustness"]>[] = [
  { video: "SW_SECURE_DECODE", audio: "SW_SECURE_CRYPTO" },
  { video: "SW_SECURE_CRYPTO", audio: "SW_SECURE_CRYPTO" },
  {},
];

/** Without ClearKey, which protects nothing: it has to be asked for. */
const DRMS: Drm[] = ["fairplay", "playready", "widevine"];

export async function choose(options: MediaOptions): Promise<Choice> {
  const { drms = DRMS, codecs, fairplay = "auto" } = options;
  if (fairplay === "legacy" && drms.includes("fairplay") && legacyKeys()?.isTypeSupported(LEGACY_FAIRPLAY, "video/mp4")) {
    return { drm: "fairplay", keySystem: LEGACY_FAIRPLAY };
  }
  for (const { drm, keySystem, initDataTypes } of await probe({ drms, ...(codecs ? { codecs } : {}) })) {
    if (keySystem === LEGACY_FAIRPLAY ? fairplay === "modern" : drm === "fairplay" && fairplay === "legacy") continue;
    if (keySystem === LEGACY_FAIRPLAY) return { drm, keySystem };
    // Hardware DRM needs content made for it, with separate keys for audio and video: it has to be asked for.
    if (/\.3000$|experiment$/.test(keySystem) && !options.robustness) continue;
    try {
      const wanted = configurations(drm, initDataTypes, options);
      return { drm, keySystem, access: await navigator.requestMediaKeySystemAccess(keySystem, wanted) };
    } catch { /* not with these options: try the next one */ }
  }
  throw createError("drm-unsupported", { parameters: [drms.join(", ")] });
}

function configurations(drm: Drm, initDataTypes: string[], options: MediaOptions): MediaKeySystemConfiguration[] {
  const { codecs, robustness, sessionType = "temporary" } = options;
  const { persistentState = "optional", distinctiveIdentifier = "optional" } = options;
  const wanted = codecs?.video || codecs?.audio ? codecs : { video: "avc1.42E01E", audio: "mp4a.40.2" };
  const levels = robustness ? [robustness] : drm === "widevine" ? SOFTWARE : [{}];
  const one = (kind: "video" | "audio", level = "") => {
    const codec = wanted[kind];
    if (!codec) return {};
    const contentType = codec.includes("/") ? codec : `${kind}/mp4; codecs="${codec}"`;
    return { [`${kind}Capabilities`]: [{ contentType, robustness: level }] };
  };
  return levels.map(({ video, audio }) => ({
    initDataTypes, sessionTypes: [sessionType], persistentState, distinctiveIdentifier,
    ...one("video", video), ...one("audio", audio),
  }));
}
