// The page's options for the bridge: `window.__cdmBridge`, an object that exists before the script is loaded (or is
// created here). It is read on every use, so a test can change it between two sessions. README.md lists the options.
import { fairplay } from "./fairplay.js";
import { playready } from "./playready.js";
import { widevine } from "./widevine.js";

const DEFAULTS = {
  drms: ["widevine", "playready", "fairplay"],
  fairplay: "modern",
  sl3000: false,
  l1: "none",
  persistent: false,
  refuses: [],
  serviceCertificateRequest: false,
  certificateOrder: "at-once",
  playreadyForm: "utf16",
  sinfForm: "children",
  guidKeyStatuses: false,
  statuses: {},
  skd: {},
  renewal: {},
};

export const config = window.__cdmBridge || {};
// An earlier copy of the bridge has already filled it in.
export const alreadyActive = config.active === true;
for (const [name, value] of Object.entries(DEFAULTS)) {
  if (config[name] === undefined) config[name] = value;
}
window.__cdmBridge = config;

/** Invalid names throw: a misspelled option would silently test something else. */
function checked() {
  const names = ["widevine", "playready", "fairplay"];
  const wrong = config.drms.find((name) => !names.includes(name));
  if (wrong) throw new Error(`__cdmBridge.drms: there is no "${wrong}"`);
  if (!["modern", "legacy", "both"].includes(config.fairplay))
    throw new Error(`__cdmBridge.fairplay: "${config.fairplay}"`);
  if (!["at-once", "strict"].includes(config.certificateOrder))
    throw new Error(`__cdmBridge.certificateOrder: "${config.certificateOrder}"`);
  if (!["none", "plain", "experiment"].includes(config.l1)) throw new Error(`__cdmBridge.l1: "${config.l1}"`);
  if (!["children", "box", "escaped"].includes(config.sinfForm))
    throw new Error(`__cdmBridge.sinfForm: "${config.sinfForm}"`);
  if (!playready.forms.includes(config.playreadyForm))
    throw new Error(`__cdmBridge.playreadyForm: "${config.playreadyForm}"`);
}
checked();

export const LEGACY_FAIRPLAY = "com.apple.fps.1_0";

export const legacyFairplay = () => config.drms.includes("fairplay") && config.fairplay !== "modern";

const HARDWARE = ["HW_SECURE_CRYPTO", "HW_SECURE_DECODE", "HW_SECURE_ALL"];
const withLevels = (system, more) =>
  more.length > 0 ? { ...system, robustness: [...system.robustness, ...more] } : system;

/**
 * The system behind a key system name; undefined if the bridge knows the name but must refuse it; null if the name is
 * unknown to the bridge and belongs to the browser.
 */
export function systemFor(keySystem) {
  const has = (name) => config.drms.includes(name);
  switch (keySystem) {
    case "com.widevine.alpha":
      return has("widevine") ? withLevels(widevine, config.l1 === "plain" ? HARDWARE : []) : undefined;
    case "com.widevine.alpha.experiment":
      return has("widevine") && config.l1 === "experiment" ? withLevels(widevine, HARDWARE) : undefined;
    case "com.microsoft.playready":
    case "com.microsoft.playready.recommendation":
      return has("playready") ? playready : undefined;
    case "com.microsoft.playready.recommendation.3000":
      return has("playready") && config.sl3000 ? withLevels(playready, ["3000"]) : undefined;
    case "com.apple.fps":
      return has("fairplay") && config.fairplay !== "legacy" ? fairplay : undefined;
    default:
      return /^com\.(widevine|microsoft\.playready|apple\.fps)/.test(keySystem) ? undefined : null;
  }
}
