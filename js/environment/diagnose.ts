// What keeps this page from playing, each with what to do about it.
import type { DiagnoseOptions, Problem } from "../types.js";
import { contentProblems } from "./content.js";
import { pageProblems, storageProblems } from "./page.js";
import { probe } from "./probe.js";
import { problem } from "./problem.js";
import { within } from "./time.js";
import { urlProblems } from "./urls.js";
import { wasmProblems } from "./wasm.js";

/**
 * What is in the way here, most serious first; empty where nothing is. It needs neither wasm nor a page, never
 * throws, and resolves within its own time limit. docs/errors.md lists the codes.
 */
export async function diagnose(options: DiagnoseOptions = {}): Promise<Problem[]> {
  const { urls = [], timeout = 8000 } = options;
  const share = timeout * 0.9; // so that what does not answer is named before all is over
  const found: Problem[][] = [];
  const check = async (place: number, work: () => Promise<Problem[]>) => {
    try {
      found[place] = await work();
    } catch { /* what cannot be looked at is not known to be wrong */ }
  };
  await within(timeout, Promise.all([
    check(0, () => keyProblems(options, share)),
    check(1, async () => storageProblems()),
    check(2, () => wasmProblems()),
    ...urls.map((url, index) => check(3 + index, () => urlProblems(url, share))),
  ]), undefined);
  return ([] as Problem[]).concat(...found.filter(Boolean));
}

/** The page first: where it may not ask, asking tells nothing. */
async function keyProblems({ content, drm }: DiagnoseOptions, timeout: number): Promise<Problem[]> {
  const started = Date.now();
  const page = await pageProblems(timeout / 3);
  if (page.length) return page;
  const limit = timeout - (Date.now() - started);
  const asked = Date.now();
  const probed = await probe({ drms: drm ? [drm] : ["widevine", "playready", "fairplay"], timeout: limit });
  const chosen = probed[0];
  if (chosen) return content ? contentProblems(content, chosen) : [];
  if (Date.now() - asked >= limit - 5) return [problem("cdm-unanswered")];
  const wanted = drm ? { widevine: "Widevine", playready: "PlayReady", fairplay: "FairPlay", clearkey: "ClearKey" }[drm] : "Widevine, PlayReady or FairPlay";
  return [problem("cdm-missing", [wanted])];
}
