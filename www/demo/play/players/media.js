// A bare <video>: no player, only MediaSource, and the package that drives EME. What feeds the segments is not for real use.
import { attachMedia } from "pallycon-drm/media";

const CODECS = { video: "avc1.4d4015", audio: "mp4a.40.2" };
const FILES = ["init.mp4", "1.m4s", "2.m4s", "3.m4s"];

/**
 * @param {{video: HTMLVideoElement, pallycon: import("pallycon-drm").PallyCon, url: string, drm: import("../choices.js").Drm,
 *   onError: (error: {player: string, message: string, ours?: Error}) => void}} options
 * @returns {Promise<() => Promise<void>>} stops
 */
export async function play({ video, pallycon, url, drm, onError }) {
  const failed = ({ detail }) => onError({ player: "The element", message: "pallyconerror", ours: detail });
  video.addEventListener("pallyconerror", failed);
  const off = () => video.removeEventListener("pallyconerror", failed);
  try {
    const undo = await attachMedia(video, pallycon, { drms: [drm] });
    feed(video, url).catch((error) => onError({ player: "MediaSource", message: error.message }));
    return async () => {
      off();
      video.removeAttribute("src"); // what plays does not let go of its keys
      video.load();
      await undo();
    };
  } catch {
    return async () => off(); // told by the element's event
  }
}

async function feed(video, folder) {
  const source = new MediaSource();
  const url = URL.createObjectURL(source);
  video.src = url;
  await new Promise((resolve) => source.addEventListener("sourceopen", resolve, { once: true }));
  URL.revokeObjectURL(url);
  const buffers = Object.entries(CODECS).map(([track, codec]) => [track, source.addSourceBuffer(`${track}/mp4; codecs="${codec}"`)]);
  await Promise.all(buffers.map(async ([track, buffer]) => {
    for (const file of FILES) {
      const bytes = await (await fetch(`${folder}/${track}/${file}`)).arrayBuffer();
      if (source.readyState !== "open") return; // stopped meanwhile
      const done = new Promise((resolve) => buffer.addEventListener("updateend", resolve, { once: true }));
      buffer.appendBuffer(bytes);
      await done;
    }
  }));
  if (source.readyState === "open") source.endOfStream();
}
