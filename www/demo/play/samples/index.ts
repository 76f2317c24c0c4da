// The samples: the page runs and shows the same files. A player is loaded when it is chosen.
import type { PallyConError, PallyConEvent, PallyConOptions } from "pallycon-drm";
import type { SampleChoice } from "../sample.js";
import dashText from "./dash.sample.js?text";
import hlsText from "./hls.sample.js?text";
import mediaText from "./media.sample.js?text";
import mediaSrcText from "./media-src.sample.js?text";
import rxText from "./rx-player.sample.js?text";
import shakaText from "./shaka.sample.js?text";
import videojsText from "./videojs.sample.js?text";

export interface Running {
  video: HTMLVideoElement;
  onEvent: (event: PallyConEvent) => void;
  onError: (message: string, ours?: PallyConError) => void;
}
export interface Sample {
  play(choice: SampleChoice & { options: PallyConOptions }, running: Running): Promise<() => Promise<void>>;
}

export const SAMPLES: Record<string, { text: string; load: () => Promise<Sample> }> = {
  shaka: { text: shakaText, load: () => import("./shaka.sample.js") },
  hls: { text: hlsText, load: () => import("./hls.sample.js") },
  dash: { text: dashText, load: () => import("./dash.sample.js") },
  "rx-player": { text: rxText, load: () => import("./rx-player.sample.js") },
  videojs: { text: videojsText, load: () => import("./videojs.sample.js") },
  media: { text: mediaText, load: () => import("./media.sample.js") },
  "media-src": { text: mediaSrcText, load: () => import("./media-src.sample.js") },
};
