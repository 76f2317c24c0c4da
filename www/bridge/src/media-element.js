// HTMLMediaElement.setMediaKeys and mediaKeys: the element gets the real ClearKey MediaKeys, the page sees the
// bridge's.
import { ownerOf, standInFor } from "./media-keys.js";

const native = HTMLMediaElement.prototype.setMediaKeys;
const nativeGetter = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "mediaKeys");

/** Elements whose setMediaKeys was called, with what is (or is being) attached. */
const attached = new WeakMap();

/** The key system of an element's MediaKeys: the bridge's, or else the browser's real one. */
export function keySystemOf(element) {
  const keys = attached.get(element);
  const owner = ownerOf(keys);
  return owner ? owner.keySystem : keys ? "org.w3.clearkey" : null;
}

/** Attaches the browser's own MediaKeys, bypassing the wrapper. */
export const setRealMediaKeys = (element, real) => native.call(element, real);

export function installMediaElement() {
  HTMLMediaElement.prototype.setMediaKeys = async function setMediaKeys(keys) {
    const owner = ownerOf(keys);
    const before = attached.get(this);
    attached.set(this, keys);
    try {
      return await native.call(this, owner ? owner.real : keys);
    } catch (error) {
      attached.set(this, before);
      throw error;
    }
  };
  Object.defineProperty(HTMLMediaElement.prototype, "mediaKeys", {
    ...nativeGetter,
    get() {
      return standInFor(nativeGetter.get.call(this));
    },
  });
}
