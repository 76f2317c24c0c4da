// Shared by the main entry and the adapters: one error class and one loaded module, whichever is imported first.
export * from "./types.js";
export type { PallyConErrorCode } from "./generated/codes.js";
export {
  PallyConError,
  createError,
  createProblem,
  errorFromNumbers,
  fromThrown,
  toPallyConError,
  withFields,
} from "./errors/error.js";
export type { Texts } from "./errors/texts.js";
export { asBytes, copyBytes, decodeText, encodeText, hex, redactUrl } from "./bytes.js";
export { builtin, embed, fetchModule, isEmbedded, type ModuleSource } from "./wasm/module.js";
export { isLoaded, load, memory, playerUrl } from "./wasm/load.js";
export { arrived } from "./script.js";
export { loadOnce } from "./wasm/once.js";
export { inspect, isSameKeyId, keyProblem, readInitData, renewalWait } from "./wasm/core.js";
export { Client, clientOf, createPallyCon } from "./client/client.js";
export { KEY_SYSTEM, LEGACY_FAIRPLAY, RECOMMENDATION, drmOf } from "./key-systems.js";
export { originOf } from "./client/endpoints.js";
export { prepare, type Internal } from "./client/request.js";
export { read } from "./client/response.js";
export { MAX_TIMER, bufferedAhead, newAbortController, tooLate } from "./time.js";
export { UNCOUNTED, type Chain } from "./client/delivery.js";
