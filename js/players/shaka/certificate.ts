// Our certificates in Shaka's configuration.
import type { Client } from "../../core.js";
import type { Request } from "./types.js";

/** A placeholder for the certificate, with its DRM; Shaka's request filter puts the bytes in its place. */
export const CERTIFICATE = "data:application/octet-stream;drm=";

/** Shaka waits for it, and asks for it where the DRM is really used. Without FairPlay's there is no playback: its error is thrown. */
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
