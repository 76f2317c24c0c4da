// What of the content this browser's DRM cannot do, before the CDM says it with a number.
import type { DiagnoseOptions, Problem, Probed } from "../types.js";
import { problem } from "./page.js";

const plain = (keyId: string) => keyId.toLowerCase().replace(/[^0-9a-f]/g, "");

/** `chosen`: what would be used for it. */
export function contentProblems({ scheme, videoKeyIds = [], audioKeyIds = [] }: NonNullable<DiagnoseOptions["content"]>, chosen: Probed): Problem[] {
  const found: Problem[] = [];
  const { drm, keySystem, robustness, schemes } = chosen;
  const mode = scheme === "cbcs" || scheme === "cbc1" ? "cbcs" : "cenc";
  if (scheme && drm === "fairplay" && mode === "cenc") {
    found.push(problem("scheme-unsupported", `The content is encrypted with ${scheme}, and FairPlay plays cbcs alone.`, "Package the content with cbcs for FairPlay (Widevine and newer PlayReady play that, too)."));
  } else if (scheme && !schemes.includes(mode)) {
    found.push(problem("scheme-unsupported", `The content is encrypted with ${scheme}, and ${keySystem} here plays ${schemes.join(" and ")} alone.`, `Offer these devices the content in ${schemes.join(" or ")}.`));
  }
  const video = new Set(videoKeyIds.map(plain));
  const shared = audioKeyIds.some((keyId) => video.has(plain(keyId)));
  const hardware = robustness?.video?.startsWith("HW") || chosen.securityLevel === "SL3000";
  if (shared && hardware) {
    found.push(problem("hardware-key-shared", `Audio and video share a key, and ${keySystem} decrypts video in hardware${robustness?.video ? ` (${robustness.video})` : ""}: it will not give that key to audio.`,
      "Package with separate keys for audio and video (multi-key), or ask for a software level: SW_SECURE_DECODE, or PlayReady without 3000."));
  }
  return found;
}
