// The options of attachMedia() besides those of every adapter.
import type { Source } from "./module.js";
import type { Drm, Robustness } from "../../core.js";

export interface MediaOptions {
  /** allowed DRMs; default FairPlay, PlayReady, Widevine, whichever the browser has */
  drms?: Drm[];
  codecs?: { video?: string; audio?: string };
  /** default: software for Widevine, any for the others */
  robustness?: Robustness | undefined;
  sessionType?: MediaKeySessionType;
  persistentState?: MediaKeysRequirement;
  distinctiveIdentifier?: MediaKeysRequirement;
  /** Safari has two APIs for FairPlay; default: the modern one if it is available */
  fairplay?: "auto" | "modern" | "legacy";
  /** URL of media.wasm, if it is not next to the script */
  wasm?: Source;
}
