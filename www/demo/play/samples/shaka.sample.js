import shaka from "shaka-player";
import { createPallyCon } from "pallycon-drm";
import { attachShaka, pallyConError } from "pallycon-drm/shaka";

/**
 * Plays in a video element, and resolves with a function that ends it.
 * `onError` gets the player's message, and the package's error inside the player's.
 */
export async function play(choice, { video, onEvent, onError }) {
  const pallycon = await createPallyCon(choice.options);
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  await player.attach(video);
  const failed = (error) => onError(`Shaka ${error.code}`, pallyConError(error));
  player.addEventListener("error", (event) => failed(event.detail));
  const undo = await attachShaka(player, pallycon); // before load()
  player.configure("drm.preferredKeySystems", [choice.keySystem]);
  player.load(choice.url).catch(failed);
  return async () => {
    await undo();
    await player.destroy();
    await pallycon.dispose();
  };
}
