// Our certificates in Shaka's configuration.
import type { Client } from "../../core.js";
import type { Request } from "./types.js";

/** A placeholder URL for the certificate that names its DRM; Shaka's request filter substitutes the bytes. */
export const CERTIFICATE = "data:application/octet-stream;drm=";

/**
 * Shaka waits for it, and only requests it if the DRM is really used. Without FairPlay's there is no playback: its
 * error is thrown.
 */
export async function fillCertificate(client: Client, request: Request): Promise<void> {
  const drm = (["fairplay", "widevine"] as const).find((name) => request.uris[0] === CERTIFICATE + name);
  if (!drm) return;
  try {
    const bytes = await client.certificate(drm);
    request.uris = [`data:application/octet-stream;base64,${btoa(String.fromCharCode.apply(null, Array.from(bytes)))}`];
  } catch (error) {
    if (drm === "fairplay") throw error;
    request.uris = ["data:application/octet-stream,"];
  }
}
