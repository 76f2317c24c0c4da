// The CDM's log, for tests and for the demo: `__cdmBridge.log`, oldest first, bounded. Never contains a key.
import { config } from "./config.js";

const LIMIT = 1000;

/** @param {{keySystem: string, sessionId?: string, event: string}} entry and further fields of the event */
export function log(entry) {
  config.log.push({ at: Date.now(), ...entry });
  if (config.log.length > LIMIT) config.log.shift();
}
