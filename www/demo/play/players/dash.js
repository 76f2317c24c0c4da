// dash.js with the package's adapter. Everything that a page has to write is in here.
import { MediaPlayer } from "dashjs";
import { attachDash, pallyConError } from "pallycon-drm/dash";
import { DRMS } from "../choices.js";

/**
 * @param {{video: HTMLVideoElement, pallycon: import("pallycon-drm").PallyCon, url: string, drm: string,
 *   onError: (error: {player: string, message: string, ours?: Error}) => void}} options
 * @returns {Promise<() => Promise<void>>} stops
 */
export async function play({ video, pallycon, url, drm, onError }) {
  const player = MediaPlayer().create();
  player.initialize(video);
  player.on("error", (event) => onError({ player: "dash.js", message: `error ${event.error.code}`, ours: pallyConError(event) }));
  const undo = await attachDash(player, pallycon, { protectionData: { [DRMS[drm].keySystem]: { priority: 0 } } });
  player.attachSource(url);
  return async () => {
    player.destroy();
    await undo();
  };
}
