// What prevents playback on this page, each with what to do about it.
import type { DiagnoseOptions, Problem } from "../types.js";
import { contentProblems } from "./content.js";
import { pageProblems, storageProblems } from "./page.js";
import { probeUntil } from "./probe.js";
import { problem } from "./problem.js";
import { deadline, type Deadline } from "./time.js";
import { urlProblems } from "./urls.js";
import { wasmProblems } from "./wasm.js";

/**
 * Lists what prevents playback here, most serious first; empty if nothing does. It needs neither wasm nor a page, never
 * throws, and resolves within its own time limit. docs/errors.md lists the codes.
 */
export async function diagnose(options: DiagnoseOptions = {}): Promise<Problem[]> {
  const { urls = [], timeout = 8000 } = options;
  const limit = deadline(timeout);
  // A check that cannot run proves nothing.
  const checks = [
    keyProblems(options, limit),
    storageProblems(),
    wasmProblems(limit),
    ...urls.map((url) => urlProblems(url, limit)),
  ].map((check) => check.catch((): Problem[] => []));
  const found = await Promise.all(checks).finally(limit.clear);
  return ([] as Problem[]).concat(...found);
}

/** Checks the page first: if the page may not use EME, asking the browser reveals nothing. */
async function keyProblems({ content, drm }: DiagnoseOptions, limit: Deadline): Promise<Problem[]> {
  const page = await pageProblems(limit);
  if (page.length) return page;
  const { list, complete } = await probeUntil(limit, { drms: drm ? [drm] : ["widevine", "playready", "fairplay"] });
  const chosen = list[0];
  if (chosen) return content ? contentProblems(content, chosen) : [];
  if (!complete) return [problem("cdm-unanswered")];
  const wanted = drm
    ? { widevine: "Widevine", playready: "PlayReady", fairplay: "FairPlay", clearkey: "ClearKey" }[drm]
    : "Widevine, PlayReady or FairPlay";
  return [problem("cdm-missing", [wanted])];
}
