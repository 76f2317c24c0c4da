// What the browser and the page support: dist/environment.js, separate from the core so that bundlers drop what is not
// called.
export { probe } from "./probe.js";
export { diagnose } from "./diagnose.js";
export { levels, type Level } from "./levels.js";
export { legacyKeys, type LegacyKeys } from "./legacy-keys.js";
