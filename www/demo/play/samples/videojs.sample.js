import videojs from "video.js";
import "videojs-contrib-eme";
import { createPallyCon } from "pallycon-drm";
import { pallyConError, pallyConKeySystems } from "pallycon-drm/videojs";

/**
 * Plays in a video element, and resolves with a function that ends it.
 * `onError` gets the player's message, and the package's error inside the player's.
 */
export async function play(choice, { video, onEvent, onError }) {
  const pallycon = await createPallyCon(choice.options);
  const player = videojs(video, { autoplay: true, html5: { vhs: { overrideNative: true } }, plugins: { eme: {} } });
  player.on("error", () => onError(`video.js ${player.error().code}`, pallyConError(player.error())));
  const keySystems = pallyConKeySystems(player, pallycon, { drms: [choice.drm] });
  player.src({ src: choice.url, type: choice.type, keySystems });
  return async () => {
    player.dispose(); // removes the video element from the page
    await pallycon.dispose();
  };
}
