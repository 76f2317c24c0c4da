// Chooses the best allowed DRM that the browser supports.
import { legacyKeys, probe } from "../../environment/index.js";
import { LEGACY_FAIRPLAY, createError } from "../../core.js";
import type { Drm, PallyConError } from "../../core.js";
import type { MediaOptions } from "../media.js";

export interface Choice {
  drm: Drm;
  keySystem: string;
  access?: MediaKeySystemAccess;
}
/** What to request: one robustness, or several of which the first one granted is used. */
export interface Candidate {
  drm: Drm;
  keySystem: string;
  initDataTypes: string[];
  levels: { video?: string; audio?: string }[];
}

/** Widevine's levels, from the highest that needs no hardware to the lowest. */
const SOFTWARE: Candidate["levels"] = [
  { video: "SW_SECURE_DECODE", audio: "SW_SECURE_CRYPTO" },
  { video: "SW_SECURE_CRYPTO", audio: "SW_SECURE_CRYPTO" },
  {},
];

/** Without ClearKey, which protects nothing: it must be requested explicitly. */
export const DRMS: Drm[] = ["fairplay", "playready", "widevine"];

export async function choose(options: MediaOptions): Promise<Choice> {
  const { drms = DRMS, codecs } = options;
  if (isLegacyWanted(options)) return { drm: "fairplay", keySystem: LEGACY_FAIRPLAY };
  const found = await probe({ drms, ...(codecs ? { codecs } : {}) });
  const candidates = found.map(
    ({ drm, keySystem, initDataTypes }): Candidate => ({
      drm,
      keySystem,
      initDataTypes,
      levels: drm === "widevine" ? SOFTWARE : [{}],
    }),
  );
  // Hardware DRM needs content made for it, with separate keys for audio and video: it must be requested explicitly.
  for (const candidate of candidates.filter(({ keySystem }) => !/\.3000$|experiment$/.test(keySystem))) {
    const choice = await ask(candidate, options);
    if (choice) return choice;
  }
  throw unsupported(options);
}

export const unsupported = ({ drms = DRMS }: MediaOptions): PallyConError =>
  createError("drm-unsupported", { parameters: [drms.join(", ")] });

export const isLegacyWanted = ({ drms = DRMS, fairplay }: MediaOptions): boolean =>
  fairplay === "legacy" && drms.includes("fairplay") && !!legacyKeys()?.isTypeSupported(LEGACY_FAIRPLAY, "video/mp4");

/** The browser's access to it; undefined if it is not allowed, or refused. */
export async function ask(candidate: Candidate, options: MediaOptions): Promise<Choice | undefined> {
  const { fairplay = "auto" } = options;
  const { drm, keySystem } = candidate;
  if (keySystem === LEGACY_FAIRPLAY) return fairplay === "modern" ? undefined : { drm, keySystem };
  if (drm === "fairplay" && fairplay === "legacy") return undefined;
  try {
    const wanted = configurations(candidate, options);
    return { drm, keySystem, access: await navigator.requestMediaKeySystemAccess(keySystem, wanted) };
  } catch {
    return undefined; // not with these options
  }
}

function configurations({ initDataTypes, levels }: Candidate, options: MediaOptions): MediaKeySystemConfiguration[] {
  const { codecs, sessionType = "temporary" } = options;
  const { persistentState = "optional", distinctiveIdentifier = "optional" } = options;
  const wanted = codecs?.video || codecs?.audio ? codecs : { video: "avc1.42E01E", audio: "mp4a.40.2" };
  const one = (kind: "video" | "audio", level = "") => {
    const codec = wanted[kind];
    if (!codec) return {};
    const contentType = codec.includes("/") ? codec : `${kind}/mp4; codecs="${codec}"`;
    return { [`${kind}Capabilities`]: [{ contentType, robustness: level }] };
  };
  return levels.map(({ video, audio }) => ({
    initDataTypes,
    sessionTypes: [sessionType],
    persistentState,
    distinctiveIdentifier,
    ...one("video", video),
    ...one("audio", audio),
  }));
}
