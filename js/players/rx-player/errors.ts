// rx-player makes an error of its own of what getLicense() throws, and copies the message into it. Ours is found by
// that message.
import type { PallyConError } from "../../core.js";
import type { RxError } from "./types.js";

/** Enough for the players on a page: an error is looked up when it is raised, and known from then on. */
const MAX_REMEMBERED = 16;

const known = new WeakMap<object, PallyConError>();
let recent: PallyConError[] = [];

/** getLicense() is about to throw it. */
export function remember(error: PallyConError): PallyConError {
  recent = [error, ...recent.slice(0, MAX_REMEMBERED - 1)];
  return error;
}

/** `error` is rx-player's; what is behind it is ours. */
export const link = (error: object, ours: PallyConError): void => void known.set(error, ours);

export function errorOf(error: unknown): PallyConError | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, message } = error as RxError;
  const candidates = code === "KEY_LOAD_ERROR" ? recent : [];
  const ours = known.get(error) ?? candidates.find((one) => one.message === message);
  if (ours) link(error, ours);
  return ours;
}
