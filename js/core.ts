// What the main entry and the adapters share: one error class, the modules loaded once, whatever is imported first.
export * from "./types.js";
export { PallyConError, toPallyConError } from "./error.js";
export { INTERNAL, isFull, loadFull, needFull } from "./load.js";
/** @internal */
export { call } from "./load.js";
export { bareUrl, copy, hex, view } from "./bytes.js";
export { readInitData, isSameKeyId, cut } from "./init-data.js";
export { inspect } from "./custom-data.js";
export { keyProblem } from "./key-problem.js";
export { createPallyCon, clientOf, Client } from "./client.js";
export { fetchModule, type ModuleSource } from "./module.js";
export { loadToExplain, sleep } from "./http.js";
