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
 * Loads the wasm once, for callers of synchronous functions; every function that returns a promise loads it itself.
 * Without an argument it finds the .wasm next to this module (browser, bundler, Node, worker). A failed load can be
 * repeated; once the module is loaded, another source is ignored. Throws "wasm-blocked" if WebAssembly is missing or
 * forbidden, "wasm-unreachable" if the file cannot be loaded.
 */
export function init(source?: ModuleSource): Promise<void> {
  return load(source);
}

/**
 * Reads EME init data, or a bare Widevine payload, PlayReady object or WRMHEADER (one box with `bare: true`). Text may
 * be a URI (`skd:`), JSON, hex, base64 or base64url, tried in this order; whitespace is ignored. Without `type` it is
 * detected, except `webm`, which must be named. With `strict`, one malformed box makes the whole invalid, by the rules
 * of EME and Chromium; without it, everything readable is read and `warnings` lists the defects. Throws
 * "init-data-invalid", and "not-initialized" before init().
 */
export function parseInitData(
  data: Bytes | string,
  options?: { type?: InitDataType; strict?: boolean } | null,
): InitData {
  return readInitData(data, options?.type, options?.strict);
}

/**
 * Whether two key ids are equal, even if one is in PlayReady's GUID byte order. Dashes, case and braces in text are
 * ignored.
 */
export function sameKeyId(a: string | Bytes, b: string | Bytes): boolean {
  return isSameKeyId(a, b);
}

/**
 * Reads a license token or callback auth data without any key. Defects, and differences from what is expected, are
 * listed as problems; only text that is not base64 (once or twice) of a JSON object throws "custom-data-invalid".
 */
export function inspectCustomData(value: string, expect?: ExpectedCustomData | null): CustomDataInspection {
  return inspect(value, expect ?? {}, false);
}
