// Safari announces protected tracks with `sinf` init data (one event per track), other browsers with the `pssh` boxes
// of the whole init segment (`cenc`). If FairPlay is or will be in use, the browser's event is stopped and Safari's is
// sent.
import { base64, utf8 } from "./bytes.js";
import { granted } from "./access.js";
import { config, legacyFairplay } from "./config.js";
import { takeTracks } from "./init-segments.js";
import { needKeyForTracks } from "./legacy-webkit.js";
import { keySystemOf } from "./media-element.js";

const ours = new WeakSet();
const guarded = new WeakSet();
const native = EventTarget.prototype.addEventListener;

/**
 * {"sinf":["base64"]}: only the children of the box (as Safari was seen to send), the box itself, or with "\/" for "/".
 */
function sinfOf({ sinf }) {
  const json = JSON.stringify({ sinf: [base64(config.sinfForm === "box" ? sinf : sinf.slice(8))] });
  return utf8(config.sinfForm === "escaped" ? json.replace(/\//g, "\\/") : json).buffer;
}

/** Whether FairPlay is this element's DRM. Its MediaKeys decide; before they exist, the last granted access does. */
function fairplayIn(element) {
  const keySystem = keySystemOf(element) || granted.last;
  return keySystem === "com.apple.fps" || (!keySystem && config.drms.length === 1 && config.drms[0] === "fairplay");
}

function onEncrypted(event) {
  const element = event.target;
  if (ours.has(event) || event.initDataType !== "cenc" || !(element instanceof HTMLMediaElement)) return;
  const legacy =
    legacyFairplay() && Boolean(element.webkitKeys || config.fairplay === "legacy") && !keySystemOf(element);
  if (!legacy && !fairplayIn(element)) return;
  const tracks = takeTracks(element);
  if (!tracks) return;
  event.stopImmediatePropagation();
  if (legacy) {
    needKeyForTracks(element, tracks);
    return;
  }
  for (const track of tracks) {
    const replacement = new MediaEncryptedEvent("encrypted", { initDataType: "sinf", initData: sinfOf(track) });
    ours.add(replacement);
    element.dispatchEvent(replacement);
  }
}

/** Registers our listener before any listener that the page adds to this element. */
function guard(element) {
  if (guarded.has(element)) return;
  guarded.add(element);
  native.call(element, "encrypted", onEncrypted, true);
}

export function installEncryptedEvents() {
  // Elements outside the document or inside a shadow tree do not pass `document`: they are handled when they get a
  // listener.
  native.call(document, "encrypted", onEncrypted, true);
  HTMLMediaElement.prototype.addEventListener = function addEventListener(type, ...rest) {
    if (type === "encrypted" || type === "webkitneedkey") guard(this);
    return native.call(this, type, ...rest);
  };
  const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "onencrypted");
  Object.defineProperty(HTMLMediaElement.prototype, "onencrypted", {
    ...property,
    set(handler) {
      guard(this);
      property.set.call(this, handler);
    },
  });
}
