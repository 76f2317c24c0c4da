/**
 * rx-player 4: `player.loadVideo({ ..., keySystems: await rxKeySystems(player, drm, { contentId }) })`. rx-player gets
 * each license from a function that receives only the CDM's message: no init data, so the content id is set per load.
 * The package makes the request, including retries. rx-player copies only the message of an error: pallyConError()
 * finds the rest.
 * @packageDocumentation
 */
import { KEY_SYSTEM, PallyConError, arrived, clientOf, createError } from "../core.js";
import type { AdapterOptions, Client, Drm, Octets, PallyCon, RequestContext } from "../core.js";
import { licenseHandler } from "../license-handler.js";
import { warnUntested } from "./parts/version.js";
import { errorOf, link, remember } from "./rx-player/errors.js";
import { playbackOf } from "./rx-player/playback.js";
import type { Robust } from "./rx-player/robustness.js";
import type { KeySystemOption, RxPlayer } from "./rx-player/types.js";

export type { KeySystemOption, RxPlayer };

export interface RxPlayerOptions extends AdapterOptions {
  /** in order of preference; default FairPlay, PlayReady, Widevine. ClearKey protects nothing: name it to use it. */
  drms?: Drm[] | undefined;
}

type MessageType = RequestContext["messageType"];

const DRMS: Drm[] = ["fairplay", "playready", "widevine"];

/** The PallyConError behind an error or warning of rx-player, or behind what rxKeySystems() rejected with. */
export function pallyConError(error: unknown): PallyConError | undefined {
  return error instanceof PallyConError ? error : errorOf(error);
}

/**
 * The option `keySystems` of one `loadVideo()`. `options.contentId` is the content to be loaded: call it again for
 * other content.
 * Rejects if the browser has FairPlay and the certificate cannot be fetched.
 */
export async function rxKeySystems(
  player: RxPlayer,
  drm: PallyCon,
  options: RxPlayerOptions = {},
): Promise<KeySystemOption[]> {
  const client = clientOf(drm);
  const { addEventListener } = (player ?? {}) as Partial<RxPlayer>;
  if (typeof addEventListener !== "function") throw createError("player-invalid");
  const { drms = DRMS, ...adapter } = options;
  for (const name of drms) {
    if (!DRMS.includes(name) && name !== "clearkey") throw createError("drm-invalid", { parameters: [String(name)] });
  }
  warnUntested(client, "rx-player", player, /^4\.[0-5]\./);
  // rx-player passes on no session. The CDMs of Widevine and ClearKey renew on their own.
  const unable = adapter.renewal && drms.find((name) => name === "fairplay" || name === "playready");
  if (unable) client.warn(createError("renewal-unsupported", { parameters: ["rx-player", unable] }), unable);
  let robust: Robust | undefined;
  const make = async (name: Drm): Promise<KeySystemOption> => {
    const serverCertificate = await certificateOf(client, name);
    return {
      // Its own name "fairplay" only means Safari's old API; its other names include each DRM's variants.
      type: name === "fairplay" ? KEY_SYSTEM.fairplay : name,
      getLicense(message, type) {
        robust?.used();
        return getLicense(player, client, name, adapter, message, type as MessageType);
      },
      // The client retries, and has a timeout for each attempt: rx-player's would cover all of them together.
      getLicenseConfig: { retry: 0, timeout: -1 },
      ...(serverCertificate ? { serverCertificate } : {}),
      ...(adapter.persistentState && name === "widevine" ? { persistentState: adapter.persistentState } : {}),
    };
  };
  if (!adapter.robustness) return Promise.all(drms.map(make));
  robust = await (await arrived(import("./parts/robustness.js"))).robustRx(player, client, adapter, drms, make, link);
  return robust.options;
}

async function getLicense(
  player: RxPlayer,
  client: Client,
  drm: Drm,
  adapter: AdapterOptions,
  message: Uint8Array,
  messageType: MessageType,
): Promise<Octets | null> {
  const playback = playbackOf(player, client);
  const handler = licenseHandler(client, { ...adapter, keySystem: playback.keySystem(drm) ?? KEY_SYSTEM[drm] });
  try {
    const license = await handler(message, { messageType, signal: playback.signal() });
    playback.licensed();
    return license;
  } catch (thrown) {
    // The client has already retried, whatever getLicenseConfig says.
    const error = Object.assign(thrown as PallyConError, { noRetry: true });
    // A rejection stops playback. Valid keys outlive a refused renewal; a release does not matter for playback.
    if (messageType === "license-release") return null;
    if (messageType === "license-renewal" && playback.outlives(error)) return null;
    throw remember(error);
  }
}

/** rx-player sets it before it creates sessions, and needs its bytes before it knows which DRM it will use. */
async function certificateOf(client: Client, drm: Drm): Promise<Octets | undefined> {
  if (drm === "fairplay") return (await hasFairPlay()) ? client.certificate(drm) : undefined;
  if (drm !== "widevine" || !client.options.certificate?.widevine) return undefined;
  return client.certificate(drm).catch(() => undefined); // Widevine's CDM works without one
}

async function hasFairPlay(): Promise<boolean> {
  try {
    await navigator.requestMediaKeySystemAccess(KEY_SYSTEM.fairplay, [
      {
        initDataTypes: ["cenc", "sinf", "skd"],
        videoCapabilities: [{ contentType: 'video/mp4; codecs="avc1.42E01E"' }],
      },
    ]);
    return true;
  } catch {
    return false; // also without EME, and on a server
  }
}
