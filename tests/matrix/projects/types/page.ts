import {
  createPallyCon,
  init,
  parseInitData,
  PallyConError,
  type InitData,
  type PallyConErrorCode,
} from "pallycon-drm";
import { attachDash } from "pallycon-drm/dash";
import { hlsConfig } from "pallycon-drm/hls";
import { init as initInspect, inspectAny } from "pallycon-drm/inspect";
import { attachMedia } from "pallycon-drm/media";
import { rxKeySystems } from "pallycon-drm/rx-player";
import { attachShaka } from "pallycon-drm/shaka";
import { pallyConKeySystems } from "pallycon-drm/videojs";

export async function page(video: HTMLVideoElement): Promise<string[]> {
  await Promise.all([init(), initInspect()]);
  const pallycon = await createPallyCon({ siteId: "DEMO", customData: ({ drm }) => `token for ${drm}` });
  const undo = await attachMedia(video, pallycon);
  await undo();
  const data: InitData = parseInitData(new Uint8Array(4));
  return [...data.keyIds, inspectAny("").kind];
}

export const codeOf = (error: unknown): PallyConErrorCode | undefined =>
  error instanceof PallyConError ? error.code : undefined;

export const adapters = { attachDash, hlsConfig, rxKeySystems, attachShaka, pallyConKeySystems };
