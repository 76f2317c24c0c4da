// The protected tracks that a page has appended for each media element: watches SourceBuffer.appendBuffer for init
// segments. FairPlay's `sinf` init data are made from these; a browser without FairPlay does not make them itself.
import { copyOf } from "./bytes.js";
import { protectedTracks } from "./boxes.js";

/** SourceBuffer → MediaSource, object URL → MediaSource, MediaSource → tracks that no event has announced yet. */
const sourceOf = new WeakMap();
const byUrl = new Map();
const pending = new WeakMap();

function remember(buffer, data) {
  const source = sourceOf.get(buffer);
  if (!source) return;
  let tracks;
  try {
    tracks = protectedTracks(copyOf(data, "media"));
  } catch (_error) {
    return; // a part of a segment, or WebM: the browser's own parser decides
  }
  if (tracks.length > 0) pending.set(source, [...(pending.get(source) || []), ...tracks]);
}

/** The tracks appended for this element since the last call, or null if the element does not play from MediaSource. */
export function takeTracks(element) {
  const source = element.srcObject || byUrl.get(element.src) || byUrl.get(element.currentSrc);
  if (!source) return null;
  const tracks = pending.get(source) || [];
  pending.delete(source);
  return tracks;
}

export function installInitSegments() {
  // ManagedMediaSource inherits MediaSource's methods.
  if (!window.MediaSource) return;
  const { addSourceBuffer } = MediaSource.prototype;
  MediaSource.prototype.addSourceBuffer = function watched(type) {
    const buffer = addSourceBuffer.call(this, type);
    sourceOf.set(buffer, this);
    return buffer;
  };
  const { appendBuffer } = SourceBuffer.prototype;
  SourceBuffer.prototype.appendBuffer = function watched(data) {
    remember(this, data);
    return appendBuffer.call(this, data);
  };
  const { createObjectURL, revokeObjectURL } = URL;
  const revoked = [];
  URL.createObjectURL = function watched(object) {
    const url = createObjectURL.call(URL, object);
    if (object instanceof MediaSource) byUrl.set(url, object);
    return url;
  };
  // Players revoke the URL as soon as the element has opened it, long before the first segment: it stays known for a
  // while.
  URL.revokeObjectURL = function watched(url) {
    if (byUrl.has(url)) revoked.push(url);
    while (revoked.length > 50) byUrl.delete(revoked.shift());
    revokeObjectURL.call(URL, url);
  };
}
