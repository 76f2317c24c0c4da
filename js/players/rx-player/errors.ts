// rx-player creates an error of its own from what getLicense() throws, and only copies the message. That message
// identifies our error.
import type { PallyConError } from "../../core.js";
import type { RxError } from "./types.js";

/** Enough for the players on a page: an error is looked up when it is raised, and linked from then on. */
const MAX_REMEMBERED = 16;

const known = new WeakMap<object, PallyConError>();
let recent: PallyConError[] = [];

/** getLicense() is about to throw it. */
export function remember(error: PallyConError): PallyConError {
  recent = [error, ...recent.slice(0, MAX_REMEMBERED - 1)];
  return error;
}

/** `error` is rx-player's; the result is ours behind it. */
export const link = (error: object, ours: PallyConError): void => void known.set(error, ours);

export function errorOf(error: unknown): PallyConError | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, message } = error as RxError;
  const candidates = code === "KEY_LOAD_ERROR" ? recent : [];
  const ours = known.get(error) ?? candidates.find((one) => one.message === message);
  if (ours) link(error, ours);
  return ours;
}
