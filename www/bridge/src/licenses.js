// Stored licenses of persistent sessions (W3C EME, 5.5), in localStorage: they outlive the page, like a CDM's. The keys
// are stored unencrypted, and ClearKey, which cannot store any, gets them again in a temporary session of its own.
import { hex } from "./bytes.js";

const fromHex = (text) => Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));

const nameOf = (sessionId) => `cdm-bridge:${sessionId}`;

/** @param {{id: Uint8Array, key: Uint8Array}[]} keys */
export function store(sessionId, keySystem, keys) {
  const pairs = keys.map(({ id, key }) => [hex(id), hex(key)]);
  localStorage.setItem(nameOf(sessionId), JSON.stringify({ keySystem, pairs }));
}

/** The keys of a session of this key system, or undefined. */
export function stored(sessionId, keySystem) {
  const text = localStorage.getItem(nameOf(sessionId));
  const license = text ? JSON.parse(text) : {};
  if (license.keySystem !== keySystem) return undefined;
  return license.pairs.map(([id, key]) => ({ id: fromHex(id), key: fromHex(key) }));
}

export const forget = (sessionId) => localStorage.removeItem(nameOf(sessionId));
