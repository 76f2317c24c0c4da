/**
 * PallyCon (DoveRunner) multi-DRM for web players: what a viewer downloads. No secret is ever needed or accepted here.
 *
 * @packageDocumentation
 */
import { inspect, isSameKeyId, load, readInitData } from "./core.js";
import type { Bytes, CustomDataInspection, ExpectedCustomData, InitData, InitDataType, ModuleSource } from "./core.js";

export type * from "./types.js";
export type { MediaOptions } from "./players/media.js";
export type { PallyConErrorCode } from "./core.js";
export { PallyConError, createPallyCon, drmOf } from "./core.js";
export { licenseHandler } from "./license-handler.js";
export type { LicenseHandler, LicenseHandlerOptions, MessageContext } from "./license-handler.js";
export { probe, diagnose } from "./environment/index.js";

/**
 * Loads the wasm once, for callers of synchronous functions; everything that returns a promise does so itself. Without an
 * argument it finds the .wasm beside this module (browser, bundler, Node, worker). A failure is forgotten, so that it can be
 * tried again; while loaded, another source is ignored.
 *
 * Throws "wasm-blocked" where WebAssembly is missing or forbidden, "wasm-unreachable" where the file cannot be had.
 */
export function init(source?: ModuleSource): Promise<void> {
  return load(source);
}

/**
 * Reads EME init data, or a bare Widevine payload, PlayReady object or WRMHEADER (one box with `bare: true`).
 *
 * Text: a URI (`skd:`) or JSON is taken as such, then hex, then base64 or base64url; white space does not matter. Without
 * `type` it is detected; `webm` cannot be, so name it. With `strict` any malformed box refuses the whole, by the rules of EME
 * and Chromium; without, what can be read is read and `warnings` says what was wrong.
 *
 * Throws "init-data-invalid", and "not-initialized" before init().
 */
export function parseInitData(
  data: Bytes | string,
  options?: { type?: InitDataType; strict?: boolean } | null,
): InitData {
  return readInitData(data, options?.type, options?.strict);
}

/** Equal, also where one is in PlayReady's GUID byte order. Dashes, case and braces do not matter in text. */
export function sameKeyId(a: string | Bytes, b: string | Bytes): boolean {
  return isSameKeyId(a, b);
}

/**
 * Reads a license token or callback auth data without any key. What is wrong, or differs from what is expected, is a problem in
 * the list; only what is not base64 (once or twice) of a JSON object throws "custom-data-invalid".
 */
export function inspectCustomData(value: string, expect?: ExpectedCustomData | null): CustomDataInspection {
  return inspect(value, expect ?? {}, false);
}
