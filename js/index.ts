/**
 * PallyCon (DoveRunner) multi-DRM for web players: what a viewer downloads. No secret is ever needed or accepted here.
 *
 * @packageDocumentation
 */
export type * from "./types.js";
export type { MediaOptions } from "./players/media.js";
export { PallyConError, init, parseInitData, sameKeyId, inspectCustomData, createPallyCon } from "./core.js";
export { probe, diagnose } from "./environment/index.js";
