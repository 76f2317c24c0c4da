// Shaka Player with the package's adapter. Everything that a page has to write is in here.
import shaka from "shaka-player";
import { attachShaka } from "pallycon-drm/shaka";
import { media } from "../backend.js";
import { DRMS } from "../choices.js";

/** Our error inside of Shaka's: in the data, at any depth of shaka.util.Error. */
function inside(error, depth = 0) {
  if (!error || depth > 4) return undefined;
  if (error.name === "PallyConError") return error;
  for (const part of error.data ?? []) {
    const found = typeof part === "object" ? inside(part, depth + 1) : undefined;
    if (found) return found;
  }
  return undefined;
}

/**
 * @param {{video: HTMLVideoElement, pallycon: import("pallycon-drm").PallyCon, content: any, drm: string,
 *   onError: (error: {player: string, message: string, ours?: Error}) => void}} options
 * @returns {Promise<() => Promise<void>>} stops
 */
export async function play({ video, pallycon, content, drm, onError }) {
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  await player.attach(video);
  const failed = (error) => onError({ player: "Shaka", message: `error ${error.code}, ${error.message ?? "no message"}`, ours: inside(error) });
  player.addEventListener("error", (event) => failed(event.detail));
  const undo = await attachShaka(player, pallycon);
  player.configure("drm.preferredKeySystems", [DRMS[drm].keySystem]);
  const stop = async () => {
    await undo();
    await player.destroy();
  };
  try {
    await player.load(media(content.dash));
  } catch (error) {
    failed(error);
  }
  return stop;
}
