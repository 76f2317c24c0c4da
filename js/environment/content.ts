// What of the content this browser's DRM cannot play, before the CDM reports it as a number.
import type { DiagnoseOptions, Problem, Probed } from "../types.js";
import { problem } from "./problem.js";
import { Reason } from "../generated/codes.js";

const plain = (keyId: string) => keyId.toLowerCase().replace(/[^0-9a-f]/g, "");

/** `chosen`: the DRM that would be used for it. */
export function contentProblems(
  { scheme, videoKeyIds = [], audioKeyIds = [] }: NonNullable<DiagnoseOptions["content"]>,
  chosen: Probed,
): Problem[] {
  const found: Problem[] = [];
  const { drm, keySystem, robustness, schemes } = chosen;
  const mode = scheme === "cbcs" || scheme === "cbc1" ? "cbcs" : "cenc";
  if (scheme && drm === "fairplay" && mode === "cenc") {
    found.push(problem("scheme-unsupported", [scheme, "FairPlay", "cbcs"], Reason.FairplayScheme));
  } else if (scheme && !schemes.includes(mode)) {
    found.push(problem("scheme-unsupported", [scheme, keySystem, schemes.join(" and ")]));
  }
  const video = new Set(videoKeyIds.map(plain));
  const shared = audioKeyIds.some((keyId) => video.has(plain(keyId)));
  const hardware = robustness?.video?.startsWith("HW") || chosen.securityLevel === "SL3000";
  if (shared && hardware)
    found.push(problem("hardware-key-shared", [keySystem, robustness?.video ? ` (${robustness.video})` : ""]));
  return found;
}
