import { MediaPlayer } from "dashjs";
import { createPallyCon } from "pallycon-drm";
import { attachDash, pallyConError } from "pallycon-drm/dash";

/**
 * Plays in a video element, and resolves with a function that ends it.
 * `onError` gets the player's message, and the package's error inside the player's.
 */
export async function play(choice, { video, onEvent, onError }) {
  const pallycon = await createPallyCon(choice.options);
  const player = MediaPlayer().create();
  player.initialize(video);
  player.on(MediaPlayer.events.ERROR, (event) => onError(`dash.js ${event.error.code}`, pallyConError(event)));
  const protectionData = { [choice.keySystem]: { priority: 0 } };
  const undo = await attachDash(player, pallycon, { protectionData }); // before attachSource()
  player.attachSource(choice.url);
  return async () => {
    player.destroy();
    await undo();
    await pallycon.dispose();
  };
}
