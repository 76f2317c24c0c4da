// What the browser and the page are like: dist/environment.js, beside the core so that bundlers leave out what is not called.
export { probe } from "./probe.js";
export { diagnose } from "./diagnose.js";
export { levels, type Level } from "./levels.js";
export { legacyKeys, type LegacyKeys } from "./legacy-keys.js";
