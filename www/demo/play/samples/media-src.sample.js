import { createPallyCon } from "pallycon-drm";
import { attachMedia } from "pallycon-drm/media";

/**
 * Plays in a video element, and resolves with a function that ends it.
 * `onError` gets a message, and the package's error.
 */
export async function play(choice, { video, onEvent, onError }) {
  const pallycon = await createPallyCon(choice.options);
  const failed = ({ detail }) => onError("pallyconerror", detail);
  const broken = () => onError(`media error ${video.error.code}: ${video.error.message}`);
  video.addEventListener("pallyconerror", failed);
  video.addEventListener("error", broken);
  const attached = attachMedia(video, pallycon, { drms: [choice.drm] }).catch(() => undefined); // "pallyconerror" says why
  video.src = choice.url; // HLS in Safari; a fragmented MP4 file elsewhere
  return async () => {
    video.removeEventListener("pallyconerror", failed);
    video.removeEventListener("error", broken);
    video.removeAttribute("src");
    video.load();
    await (await attached)?.();
    await pallycon.dispose();
  };
}
