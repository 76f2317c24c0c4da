import RxPlayer from "rx-player";
import { createPallyCon } from "pallycon-drm";
import { pallyConError, rxKeySystems } from "pallycon-drm/rx-player";

/**
 * Plays in a video element, and resolves with a function that ends it.
 * `onError` gets the player's message, and the package's error inside the player's.
 */
export async function play(choice, { video, onEvent, onError }) {
  const pallycon = await createPallyCon(choice.options);
  const player = new RxPlayer({ videoElement: video });
  const failed = (error) => onError(`rx-player ${error.code ?? error.name}`, pallyConError(error));
  player.addEventListener("error", failed);
  // For each loadVideo(). Rejects if the browser has FairPlay and the certificate cannot be fetched.
  rxKeySystems(player, pallycon, { contentId: choice.contentId, drms: [choice.drm] })
    .then((keySystems) => {
      player.loadVideo({ url: choice.url, transport: "dash", autoPlay: true, keySystems });
    })
    .catch(failed);
  return async () => {
    player.dispose();
    await pallycon.dispose();
  };
}
