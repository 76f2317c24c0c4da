// Sets the certificate before any session. dash.js does not wait for a certificate that is configured as text, and no
// filter can decode one that it fetches: so its MediaKeys already have the certificate when it gets them.
import { createError, toPallyConError } from "../../core.js";
import type { Client, PallyConError } from "../../core.js";

/** @param failed called if nothing can play without the certificate; dash.js then waits until the source is removed */
export function certified(
  access: MediaKeySystemAccess,
  client: Client,
  drm: "fairplay" | "widevine",
  signal: AbortSignal,
  failed: (error: PallyConError) => void,
): MediaKeySystemAccess {
  return {
    keySystem: access.keySystem,
    getConfiguration: () => access.getConfiguration(),
    async createMediaKeys() {
      const keys = await access.createMediaKeys();
      try {
        const certificate = await client.certificate(drm);
        const taken = await keys.setServerCertificate(certificate).catch((cause: unknown) => {
          throw client.fail(createError("certificate-rejected", { cause }));
        });
        // False: the CDM does not support certificates. FairPlay's always does.
        if (!taken && drm === "fairplay") throw client.fail(createError("certificate-rejected"));
      } catch (error) {
        if (drm === "fairplay") {
          if (signal.aborted) throw error;
          failed(toPallyConError(error));
          // dash.js would retry after a rejection with each init segment, and lose its reason.
          await new Promise((_, reject) => {
            signal.addEventListener("abort", reject);
          });
        }
      }
      return keys;
    },
  };
}
