// A function from a CDM's message to its license, for players that are integrated by such a function, and for our
// adapters.
import { clientOf, createError, drmOf, encodeText, withFields, type PallyConError } from "./core.js";
import type { AdapterOptions, Bytes, Internal, License, Octets, PallyCon, RequestContext } from "./core.js";

export interface LicenseHandlerOptions extends AdapterOptions {
  /** the one in use, including variants: "com.microsoft.playready.recommendation" */
  keySystem: string;
}
/** What a player knows about a message. */
export type MessageContext = Partial<
  Pick<RequestContext, "initData" | "initDataType" | "messageType" | "sessionId" | "signal">
>;
/** `message`: bytes, or text if the player has decoded PlayReady's. */
export type LicenseHandler = (message: Bytes | string, context?: MessageContext) => Promise<Octets>;

const beside = new WeakMap<Octets, License["details"]>();
/** What accompanied the license that a handler resolved with. */
export const detailsOf = (license: Octets): License["details"] => beside.get(license);

/**
 * Returns a function that requests the license for a CDM's message from PallyCon. It resolves with the bytes for
 * `session.update()`, or rejects with a PallyConError whose `message` includes the hint: some players pass on nothing
 * else. It retries on its own, so disable the player's retries. Throws "drm-invalid" if the key system belongs to none
 * of the four DRMs.
 */
export function licenseHandler(drm: PallyCon, options: LicenseHandlerOptions): LicenseHandler {
  return handlerOf(drm, options);
}

/** The same for adapters, which may know the playing element. */
export function handlerOf(drm: PallyCon, options: LicenseHandlerOptions & Internal): LicenseHandler {
  const client = clientOf(drm);
  const { keySystem, ...adapter } = options;
  const system = drmOf(keySystem);
  if (!system) throw createError("drm-invalid", { parameters: [String(keySystem)] });
  return async (message, context = {}) => {
    const bytes = typeof message === "string" ? encodeText(message) : message;
    try {
      const { data, details } = await client.requestLicense(system, bytes, { ...context, keySystem }, adapter);
      beside.set(data, details);
      return data;
    } catch (thrown) {
      const error = thrown as PallyConError; // requestLicense() throws nothing else
      throw withFields(error, { message: `${error.message} ${error.hint}` });
    }
  };
}
