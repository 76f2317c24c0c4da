// hls.js with the package's configuration. Everything that a page has to write is in here.
import Hls from "hls.js";
import { hlsConfig, pallyConError } from "pallycon-drm/hls";

/**
 * @param {{video: HTMLVideoElement, pallycon: import("pallycon-drm").PallyCon, url: string, drm: string,
 *   onError: (error: {player: string, message: string, ours?: Error}) => void}} options
 * @returns {Promise<() => Promise<void>>} stops
 */
export async function play({ video, pallycon, url, onError }) {
  const { config, dispose } = await hlsConfig(pallycon);
  const hls = new Hls(config);
  hls.on(Hls.Events.ERROR, (_event, data) => {
    // What is not fatal, hls.js mends by itself; a key that it cannot get is told all the same.
    if (data.fatal || data.type === Hls.ErrorTypes.KEY_SYSTEM_ERROR) onError({ player: "hls.js", message: `${data.details}${data.fatal ? ", fatal" : ""}`, ours: pallyConError(data) });
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  return async () => {
    hls.destroy();
    await dispose();
  };
}
