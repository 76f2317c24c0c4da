import Hls from "hls.js";
import { createPallyCon } from "pallycon-drm";
import { hlsConfig, pallyConError } from "pallycon-drm/hls";

/**
 * Plays in a video element, and resolves with a function that ends it.
 * `onError` gets the player's message, and the package's error inside the player's.
 */
export async function play(choice, { video, onEvent, onError }) {
  const pallycon = await createPallyCon(choice.options);
  const { config, dispose } = await hlsConfig(pallycon);
  const hls = new Hls({ ...config });
  hls.on(Hls.Events.ERROR, (_event, data) => {
    const ours = pallyConError(data);
    if (data.fatal || ours) onError(`hls.js ${data.details}`, ours); // hls.js recovers from the others
  });
  hls.loadSource(choice.url);
  hls.attachMedia(video);
  return async () => {
    hls.destroy();
    await dispose();
    await pallycon.dispose();
  };
}
