// Adapters depend on players' internals: an untested version raises a warning, once.
import { createError, type Client } from "../../core.js";

const warned = new WeakMap<Client, Set<string>>();

/** `player`: an instance; players have their version on the class. */
export function warnUntested(client: Client, name: string, player: unknown, tested: RegExp): void {
  const { version } = ((player as object | undefined)?.constructor ?? {}) as { version?: unknown };
  const seen = warned.get(client) ?? new Set();
  warned.set(client, seen);
  if (typeof version !== "string" || tested.test(version) || seen.has(name)) return;
  seen.add(name);
  client.warn(createError("player-untested", { parameters: [name, version] }));
}
