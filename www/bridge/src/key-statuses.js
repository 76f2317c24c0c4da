// MediaKeyStatusMap: read-only, iterable, keys are ArrayBuffers (new ones each time: hls.js reverses their bytes in
// place).
import { copyOf, hex } from "./bytes.js";

export class KeyStatuses {
  /** @param {() => [Uint8Array, string][]} entries the session's current statuses */
  constructor(entries) {
    Object.defineProperty(this, "list", { value: () => entries().map(([id, status]) => [id.slice().buffer, status]) });
  }

  get size() {
    return this.list().length;
  }

  get(keyId) {
    const wanted = hex(copyOf(keyId, "a key id"));
    const found = this.list().find(([id]) => hex(new Uint8Array(id)) === wanted);
    return found && found[1];
  }

  has(keyId) {
    return this.get(keyId) !== undefined;
  }

  forEach(callback, thisArg) {
    for (const [id, status] of this.list()) callback.call(thisArg, status, id, this);
  }

  entries() {
    return this.list()[Symbol.iterator]();
  }

  keys() {
    return this.list()
      .map(([id]) => id)
      [Symbol.iterator]();
  }

  values() {
    return this.list()
      .map(([, status]) => status)
      [Symbol.iterator]();
  }

  [Symbol.iterator]() {
    return this.entries();
  }
}
