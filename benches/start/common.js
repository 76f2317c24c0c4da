// The shared parts of both pages: the token backend, the player and the measurement.
import shaka from "shaka-player";

const { license, content } = document.documentElement.dataset;
const video = document.querySelector("video");
export const LICENSE_HOST = license;
export const CONTENT_ID = content;

/** The site's backend, called for each license, as in the README. */
export async function token({ drm, contentId, signal }) {
  const response = await fetch(`/api/drm/token?${new URLSearchParams({ content_id: contentId, drm })}`, { signal });
  if (!response.ok) throw new Error(`token backend: HTTP ${response.status}`);
  return response.text();
}

/** From navigation to the first displayed frame. */
const shown = new Promise((resolve) => {
  video.requestVideoFrameCallback((now) => resolve(now));
});

/** @param {(player: shaka.Player) => Promise<unknown>} prepare what differs */
export async function play(prepare) {
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  player.addEventListener("error", ({ detail }) => {
    throw detail;
  });
  await player.attach(video);
  await prepare(player);
  await player.load(`/media/${CONTENT_ID}/manifest.mpd`);
  await video.play();
}

/** Milliseconds since the navigation. */
async function measured() {
  const firstFrame = await shown;
  const entries = performance.getEntriesByType("resource");
  const first = (pattern) =>
    entries.filter(({ name }) => pattern.test(name)).sort((a, b) => a.startTime - b.startTime)[0];
  const end = (pattern) => first(pattern)?.responseEnd;
  return {
    firstFrame,
    firstRequest: first(/licenseManager\.do/).startTime,
    script: end(/page\.js/),
    wasm: end(/player\.wasm/),
    manifest: end(/manifest\.mpd/),
    token: first(/api\/drm\/token/).startTime,
    tokenEnd: end(/api\/drm\/token/),
  };
}
window.bench = { measured };
