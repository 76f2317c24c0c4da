// What the main entry and the adapters share: one error class, one loaded module, whatever is imported first.
export * from "./types.js";
export { PallyConError, toPallyConError } from "./error.js";
export { init, INTERNAL } from "./load.js";
/** @internal */
export { call } from "./load.js";
export { bareUrl, copy, view } from "./bytes.js";
export { parseInitData, sameKeyId, cut } from "./init-data.js";
export { inspectCustomData } from "./custom-data.js";
export { createPallyCon, clientOf, Client } from "./client.js";
export { fetchModule } from "./module.js";
export { sleep } from "./http.js";
