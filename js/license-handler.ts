// One function from a CDM's message to its license, for players whose integration is such a function, and for adapters of ours.
import { clientOf, createError, drmOf, encodeText, withFields, type PallyConError } from "./core.js";
import type { AdapterOptions, Bytes, Internal, License, Octets, PallyCon, RequestContext } from "./core.js";

export interface LicenseHandlerOptions extends AdapterOptions {
  /** the one in use, variants included: "com.microsoft.playready.recommendation" */
  keySystem: string;
}
/** What a player knows of a message. */
export type MessageContext = Partial<
  Pick<RequestContext, "initData" | "initDataType" | "messageType" | "sessionId" | "signal">
>;
/** `message`: bytes, or text where the player has decoded PlayReady's. */
export type LicenseHandler = (message: Bytes | string, context?: MessageContext) => Promise<Octets>;

const beside = new WeakMap<Octets, License["details"]>();
/** What stood beside a license that a handler has resolved with. */
export const detailsOf = (license: Octets): License["details"] => beside.get(license);

/**
 * Returns a function that asks PallyCon for the license of a CDM's message. It resolves with the bytes for `session.update()`, or
 * rejects with a PallyConError whose `message` says what to do as well: some players pass on nothing else. It retries on its own,
 * so switch the player's retries off.
 *
 * Throws "drm-invalid" for a key system that is not of one of the four DRMs.
 */
export function licenseHandler(drm: PallyCon, options: LicenseHandlerOptions): LicenseHandler {
  return handlerOf(drm, options);
}

/** The same for adapters, which may know the element that plays. */
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
