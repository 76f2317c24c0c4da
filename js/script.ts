import { createError } from "./errors/error.js";

/**
 * A part of the package that is loaded when it is needed; that it does not arrive is neither the player's nor the app's
 * fault.
 */
export const arrived = <T>(script: Promise<T>): Promise<T> =>
  script.catch((cause: unknown) => {
    throw createError("script-unreachable", { cause });
  });
