import { createPallyCon } from "pallycon-drm";
import { attachMedia } from "pallycon-drm/media";

/**
 * Plays in a video element, and resolves with a function that ends it.
 * `onError` gets a message, and the package's error.
 */
export async function play(choice, { video, onEvent, onError }) {
  const pallycon = await createPallyCon(choice.options);
  const failed = ({ detail }) => onError("pallyconerror", detail);
  video.addEventListener("pallyconerror", failed);
  const attached = attachMedia(video, pallycon, { drms: [choice.drm] }).catch(() => undefined); // "pallyconerror" says why
  feed(video, choice.url).catch((error) => onError(error.message));
  return async () => {
    video.removeEventListener("pallyconerror", failed);
    video.removeAttribute("src");
    video.load();
    await (await attached)?.();
    await pallycon.dispose();
  };
}

/** Replaces a player: appends the segments of both tracks in the folder. */
async function feed(video, folder) {
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await new Promise((resolve) => source.addEventListener("sourceopen", resolve, { once: true }));
  URL.revokeObjectURL(video.src);
  const codecs = { video: "avc1.4d4015", audio: "mp4a.40.2" };
  const buffers = Object.keys(codecs).map((track) => [
    track,
    source.addSourceBuffer(`${track}/mp4; codecs="${codecs[track]}"`),
  ]);
  await Promise.all(
    buffers.map(async ([track, buffer]) => {
      for (const file of ["init.mp4", "1.m4s", "2.m4s", "3.m4s"]) {
        const bytes = await (await fetch(`${folder}/${track}/${file}`)).arrayBuffer();
        if (source.readyState !== "open") return; // it was ended in the meantime
        const done = new Promise((resolve) => buffer.addEventListener("updateend", resolve, { once: true }));
        buffer.appendBuffer(bytes);
        await done;
      }
    }),
  );
  if (source.readyState === "open") source.endOfStream();
}
