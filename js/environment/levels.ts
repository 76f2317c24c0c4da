// The security levels that an option `robustness` allows in this browser, best first: the results of probe(), plus the
// lower levels that a CDM with these levels also grants, from the table.
import { createError } from "../core.js";
import { Reason } from "../generated/codes.js";
import type { Probed, ProbeOptions, Robustness } from "../types.js";
import { HARDWARE, KEY_SYSTEMS, type KeySystem } from "./key-systems.js";
import { probe } from "./probe.js";

/** A level to request: `robustness` is empty if the DRM has only one level. */
export interface Level extends Pick<Probed, "drm" | "keySystem" | "initDataTypes"> {
  robustness: { video?: string; audio?: string };
}
interface Ranked extends Level {
  rank: number;
}

const ALL = ([] as KeySystem[]).concat(...KEY_SYSTEMS);
const ALLOWED = `"hardware", "software", or levels of one DRM such as { video: "SW_SECURE_DECODE" }`;
const invalid = () =>
  createError("options-invalid", { reason: Reason.OptionKind, parameters: ["robustness", ALLOWED] });

/** Throws "options-invalid" if `option` is neither of the two words and names no level of any DRM. */
export async function levels(option: Robustness, options: ProbeOptions): Promise<Level[]> {
  if (option === "hardware" || option === "software") {
    const all = ([] as Ranked[]).concat(...(await probe(options)).map(stepsOf)).sort((a, b) => b.rank - a.rank);
    // FairPlay has no levels to choose from.
    const allowed = all.filter(({ drm, rank }) => option === "hardware" || rank < HARDWARE || drm === "fairplay");
    return allowed.map(({ rank, ...level }) => level);
  }
  const { video, audio } = Object(option) as { video?: unknown; audio?: unknown };
  const name = video || audio;
  if (typeof name !== "string") throw invalid();
  const named = ALL.filter(({ known }) => known.test(name));
  if (!named.length) throw invalid();
  const found = await probe(options);
  // The key system name that grants it: on Windows, L1 is only in the experiment's.
  const granted = (keySystem: string) => found.find((one) => one.keySystem === keySystem);
  const order = (keySystem: string) =>
    granted(keySystem)?.robustness?.video === video ? 0 : granted(keySystem) ? 1 : 2;
  const allowed = named
    .filter(({ drm }) => !options.drms || options.drms.includes(drm))
    .sort((a, b) => order(a.name) - order(b.name));
  return allowed.map(({ drm, name: keySystem, initDataTypes }) => ({
    drm,
    keySystem,
    initDataTypes,
    robustness: { ...(option as object) },
  }));
}

/** What the browser grants, and the lower levels under the same name. */
function stepsOf({ drm, keySystem, initDataTypes, robustness = {} }: Probed): Ranked[] {
  const system = ALL.find(({ name }) => name === keySystem);
  const best = robustness.video ?? robustness.audio ?? "";
  const rank = system?.rank(best) ?? HARDWARE; // WebKit's old FairPlay is not in the table
  const [audio] = system?.audio ?? [];
  const lower = (system?.video ?? [])
    .filter((name) => name && system!.rank(name) < rank)
    .map(
      (video): Ranked => ({
        drm,
        keySystem,
        initDataTypes,
        robustness: { video, ...(audio ? { audio } : {}) },
        rank: system!.rank(video),
      }),
    );
  return [{ drm, keySystem, initDataTypes, robustness, rank }, ...lower];
}
