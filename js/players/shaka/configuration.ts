// The adapter's part of Shaka's DRM configuration, and the values that it replaces.
import { polyfilled } from "../parts/apple-polyfill.js";
import { CERTIFICATE } from "./certificate.js";
import type { DrmConfig } from "./types.js";
import { KEY_SYSTEM, LEGACY_FAIRPLAY, drmOf, type AdapterOptions, type Client } from "../../core.js";

/** Those with a license server that takes tokens: Shaka configures ClearKey separately. */
const DRMS = ["widevine", "playready", "fairplay"] as const;

interface Configured {
  servers: Record<string, string>;
  advanced: DrmConfig["advanced"];
}

/** License URLs, and the certificates that the app has not configured itself. */
export function configurationOf(client: Client, before: DrmConfig, { persistentState }: AdapterOptions): Configured {
  const servers: Record<string, string> = {};
  for (const drm of DRMS) servers[KEY_SYSTEM[drm]] = client.defaultUrl(drm);
  // The name of Safari's old API. Without Shaka's polyfill there is no CDM with this name.
  if (polyfilled()) servers[LEGACY_FAIRPLAY] = client.defaultUrl("fairplay");
  const advanced: DrmConfig["advanced"] = {};
  for (const keySystem of Object.keys(servers)) {
    const drm = drmOf(keySystem);
    const { serverCertificate, serverCertificateUri } = before.advanced[keySystem] ?? {};
    const own = serverCertificateUri || (serverCertificate && serverCertificate.length > 0);
    const needed = drm === "fairplay" || (drm === "widevine" && client.options.certificate?.widevine);
    if (!own && needed) advanced[keySystem] = { serverCertificateUri: CERTIFICATE + drm };
  }
  if (persistentState === "required") {
    advanced[KEY_SYSTEM.widevine] = { ...advanced[KEY_SYSTEM.widevine], persistentStateRequired: true };
  }
  return { servers, advanced };
}

/** The same entries with their previous values. */
export function restored({ servers, advanced }: Configured, before: DrmConfig): object {
  const old = { servers: {} as Record<string, string | undefined>, advanced: {} as DrmConfig["advanced"] };
  for (const keySystem of Object.keys(servers)) old.servers[keySystem] = before.servers[keySystem];
  for (const keySystem of Object.keys(advanced)) old.advanced[keySystem] = before.advanced[keySystem];
  return old;
}
