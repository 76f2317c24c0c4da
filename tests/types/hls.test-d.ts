// "pallycon-drm/hls": the result is hls.js's own configuration; hls.js itself is not needed to compile the adapter.
import { hlsConfig, pallyConError } from "pallycon-drm/hls";
import type { PallyCon, PallyConError, Undo } from "pallycon-drm";
import Hls, { type HlsConfig } from "hls.js";

export async function play(video: HTMLVideoElement, drm: PallyCon): Promise<Undo> {
  const { config, dispose } = await hlsConfig(drm);
  const whole: Partial<HlsConfig> = { ...config, debug: true };
  const hls = new Hls(whole);
  hls.on(Hls.Events.ERROR, (_event, data) => {
    const error: PallyConError | undefined = pallyConError(data);
    console.error(error?.code ?? data.details);
  });
  hls.attachMedia(video);
  await hlsConfig(drm, { contentId: "movie", customData: ({ drm: system }) => `token for ${system}` });
  // @ts-expect-error the client comes from createPallyCon
  await hlsConfig({ siteId: "DEMO" });
  return dispose;
}
