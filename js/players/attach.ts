// One attachment at a time for each player or element: a second one first undoes the first, and waits until that is done.
// React's StrictMode mounts, unmounts and mounts again, before the first mount's promise has settled.
import { toPallyConError } from "../core.js";
import type { Undo } from "../core.js";

const attached = new WeakMap<object, Promise<Undo | undefined>>();

export async function attachOnce(target: object, attach: () => Promise<Undo>): Promise<Undo> {
  try {
    if (Object(target) !== target) throw new TypeError(`${String(target)} is no object`);
    const before = attached.get(target);
    const now = (async () => {
      const undo = await before?.catch(() => undefined);
      await undo?.();
      return attach();
    })();
    attached.set(target, now);
    return await now;
  } catch (cause) {
    throw toPallyConError(cause, {
      code: "player-invalid", phase: "environment", message: "The adapter could not be attached to what it was given.",
      hint: "Pass the player, or the video element, itself, before it is destroyed.",
    });
  }
}
