// Shaka Player with the package's adapter. Everything that a page has to write is in here.
import shaka from "shaka-player";
import { attachShaka, pallyConError } from "pallycon-drm/shaka";
import { DRMS } from "../choices.js";

const nameOf = ({ code }) => Object.keys(shaka.util.Error.Code).find((name) => shaka.util.Error.Code[name] === code) ?? "unknown";

/**
 * @param {{video: HTMLVideoElement, pallycon: import("pallycon-drm").PallyCon, url: string, drm: string,
 *   onError: (error: {player: string, message: string, ours?: Error}) => void}} options
 * @returns {Promise<() => Promise<void>>} stops
 */
export async function play({ video, pallycon, url, drm, onError }) {
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  await player.attach(video);
  const failed = (error) => onError({ player: "Shaka", message: `error ${error.code}, ${nameOf(error)}`, ours: pallyConError(error) });
  player.addEventListener("error", (event) => failed(event.detail));
  const undo = await attachShaka(player, pallycon);
  player.configure("drm.preferredKeySystems", [DRMS[drm].keySystem]);
  const stop = async () => {
    await undo();
    await player.destroy();
  };
  try {
    await player.load(url);
  } catch (error) {
    failed(error);
  }
  return stop;
}
