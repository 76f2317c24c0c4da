// The certificate before any session. dash.js does not wait for one that it was given as text, and lets no filter decode
// one that it fetches: so its MediaKeys come with the certificate in them.
import { createError, toPallyConError } from "../../core.js";
import type { Client, PallyConError } from "../../core.js";

/** @param failed called where nothing plays without the certificate; dash.js then waits until the source is gone */
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
          // A rejection would be tried again with each init segment, and its reason be lost.
          await new Promise((_, reject) => {
            signal.addEventListener("abort", reject);
          });
        }
      }
      return keys;
    },
  };
}
