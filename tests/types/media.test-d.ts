// "pallycon-drm/media": any media element; its own options besides the adapters'.
import { attachMedia, type MediaOptions } from "pallycon-drm/media";
import type { PallyCon, PallyConError, Undo } from "pallycon-drm";

export async function attach(video: HTMLVideoElement, audio: HTMLAudioElement, drm: PallyCon): Promise<void> {
  const undo: Undo = await attachMedia(video, drm);
  await undo();
  const options: MediaOptions = {
    drms: ["fairplay", "clearkey"],
    codecs: { video: "avc1.64001f", audio: "mp4a.40.2" },
    robustness: { video: "SW_SECURE_CRYPTO" },
    sessionType: "temporary",
    persistentState: "optional",
    distinctiveIdentifier: "not-allowed",
    fairplay: "legacy",
    wasm: new URL("https://example.com/media.wasm"),
  };
  await attachMedia(audio, drm, {
    ...options,
    contentId: "movie",
    customData: ({ drm: system }) => `token for ${system}`,
  });
  video.addEventListener("pallyconerror", (event) => {
    const error: PallyConError = event.detail;
    void error.hint;
  });
  await attachMedia(video, drm, { robustness: "software" });
  // @ts-expect-error there is no such API
  await attachMedia(video, drm, { fairplay: "webkit" });
  // @ts-expect-error a player is not an element
  await attachMedia({ load() {} }, drm);
}
