// One playback: our part of the page from a choice to a picture, and back.
import { createPallyCon } from "pallycon-drm";
import { base, setFaults, token } from "./backend.js";
import { FAULTS, PLAYERS } from "./choices.js";

const SITE = "DEMO";

/**
 * @param {{video: HTMLVideoElement, player: string, drm: string, content: any, fault: string,
 *   onEvent: (event: any) => void, onPlayerError: (error: any) => void}} choice
 * @returns {Promise<() => Promise<void>>} stops
 */
export async function start({ video, player, drm, content, fault, onEvent, onPlayerError }) {
  await setFaults(FAULTS.find((each) => each.id === fault).faults);
  const { play } = await PLAYERS.find((each) => each.id === player).load();
  const pallycon = await createPallyCon({
    siteId: SITE,
    host: base.replace(/\/$/, ""),
    contentId: content.contentId,
    // Asked for every request: a token names its DRM and is valid for ten minutes.
    customData: (context) => token(context.contentId ?? content.contentId, context.drm, context.signal),
    onEvent,
  });
  const stop = await play({ video, pallycon, content, drm, onError: onPlayerError });
  return async () => {
    await stop();
    await pallycon.dispose();
  };
}
