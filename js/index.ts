/**
 * PallyCon (DoveRunner) multi-DRM for web players: what a viewer downloads. No secret is ever needed or accepted here.
 *
 * @packageDocumentation
 */
export type * from "./types.js";
export type { MediaOptions } from "./players/media.js";
export { PallyConError, createPallyCon } from "./core.js";
export { init, parseInitData, sameKeyId, inspectCustomData } from "./read.js";
export { probe, diagnose } from "./environment/index.js";
