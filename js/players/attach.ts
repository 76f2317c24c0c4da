// One attachment at a time per player or element: a second one first undoes the first, and waits until that is done.
// React's StrictMode mounts, unmounts and mounts again before the first mount's promise has settled.
import { toPallyConError } from "../core.js";
import type { Undo } from "../core.js";

const attached = new WeakMap<object, Promise<Undo | undefined>>();

export async function attachOnce(target: object, attach: () => Promise<Undo>): Promise<Undo> {
  try {
    if (Object(target) !== target) throw new TypeError(`${String(target)} is not an object`);
    const before = attached.get(target);
    const now = (async () => {
      const undo = await before?.catch(() => undefined);
      await undo?.();
      return attach();
    })();
    attached.set(target, now);
    return await now;
  } catch (cause) {
    throw toPallyConError(cause, "player-invalid");
  }
}
