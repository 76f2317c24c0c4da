// One playback: our part of the page from a choice to a picture, and back.
import { createPallyCon } from "pallycon-drm";
import { base, media, setFaults, token } from "./backend.js";
import { FAULTS, PLAYERS } from "./choices.js";

const SITE = "DEMO";

/**
 * @param {{video: HTMLVideoElement, player: string, drm: string, content: any, fault: string,
 *   onEvent: (event: any) => void, onPlayerError: (error: any) => void}} choice
 * @returns {Promise<() => Promise<void>>} stops
 */
export async function start({ video, player, drm, content, fault, onEvent, onPlayerError }) {
  const { faults } = FAULTS.find((each) => each.id === fault);
  await setFaults(faults);
  // A browser has hardly more than one DRM: the bridge has the one that was chosen.
  const bridge = /** @type {any} */ (window).__cdmBridge;
  if (bridge?.active) bridge.drms = drm === "clearkey" ? [] : [drm];
  const { load, source } = PLAYERS.find((each) => each.id === player);
  const { play } = await load();
  const pallycon = await createPallyCon({
    siteId: SITE,
    host: base.replace(/\/$/, ""),
    contentId: content.contentId,
    // A certificate is fetched once a page: under a URL of its own it is fetched again, so that it can fail after a success.
    ...(faults.some(({ on }) => on === "certificate") ? { certificate: { fairplay: { url: `${base}ri/fpsKeyManager.do?siteId=${SITE}&play=${Date.now()}` } } } : {}),
    // Asked for every request: a token names its DRM and is valid for ten minutes.
    customData: (context) => token(context.contentId ?? content.contentId, context.drm, context.signal),
    onEvent,
  });
  const stop = await play({ video, pallycon, url: media(source(content, drm)), drm, onError: onPlayerError });
  return async () => {
    await stop();
    await pallycon.dispose();
  };
}
