// Run by every page of the matrix: uses each .wasm module for browsers, and one adapter.
import { attachMedia, attachShaka, createPallyCon, init, initInspect, inspectAny, parseInitData } from "./entries.js";

// A PSSH box of version 0: size 50, "pssh", version and flags, Widevine's system id, 18 bytes of data: field 2, a key
// id of 16 bytes.
const BOX = "000000327073736800000000edef8ba979d64acea3c827dcd51d21ed000000121210000102030405060708090a0b0c0d0e0f";
const MESSAGE = new Uint8Array([8, 1, 18, 1, 255]);
const LICENSE = new Uint8Array([8, 2, 18, 1, 0]);

const client = () =>
  createPallyCon({ siteId: "DEMO", contentId: "film", host: "https://license.example", customData: () => "dG9rZW4=" });

/** The URL and the token of a license request that the adapter for Shaka has prepared. */
async function shakaRequest(pallycon) {
  const filters = [];
  const network = {
    registerRequestFilter: (filter) => filters.push(filter),
    unregisterRequestFilter() {},
    registerResponseFilter() {},
    unregisterResponseFilter() {},
  };
  const drm = { servers: {}, advanced: {}, retryParameters: { maxAttempts: 1 }, initDataTransform: null };
  const player = {
    getNetworkingEngine: () => network,
    getConfiguration: () => ({ drm }),
    configure() {},
    addEventListener() {},
    removeEventListener() {},
  };
  const undo = await attachShaka(player, pallycon);
  const request = { uris: [], headers: {}, body: MESSAGE.buffer, drmInfo: { keySystem: "com.widevine.alpha" } };
  await filters[0](2, request); // 2: RequestType.LICENSE
  await undo();
  return `${new URL(request.uris[0]).host} ${request.headers["pallycon-customdata-v2"]}`;
}

/** In a worker there is no element to attach to, in Node no player either. */
export async function prove() {
  await init();
  const pallycon = await client();
  const result = {
    keyIds: parseInitData(BOX).keyIds,
    license: pallycon.readLicense("widevine", { status: 200, body: LICENSE }).data.length,
  };
  if (typeof self === "object") result.request = await shakaRequest(pallycon);
  if (inspectAny) {
    await initInspect();
    result.inspect = inspectAny(BOX).kind;
  }
  if (typeof document === "object" && navigator.requestMediaKeySystemAccess) {
    const undo = await attachMedia(document.createElement("video"), pallycon, { drms: ["clearkey"] });
    await undo();
    result.media = true;
  }
  return result;
}
