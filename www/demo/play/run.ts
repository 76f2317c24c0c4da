// One playback: the chosen sample, with the page's observations.
import { type CustomDataInspection, init, inspectCustomData, type PallyConOptions } from "pallycon-drm";
import { observeEme, sessionNumber } from "./observe-eme.js";
import { optionsOf, type Setup } from "./options.js";
import type { Recording } from "./recorded.js";
import { SAMPLES } from "./samples/index.js";
import type { SampleChoice } from "./sample.js";

export interface Playback {
  sample: string;
  setup: Setup;
  choice: SampleChoice;
  video: HTMLVideoElement;
  recording: Recording;
  certificate?: string | undefined;
}

/** video.js adds style elements, which the page's policy forbids. */
(window as { VIDEOJS_NO_DYNAMIC_STYLE?: boolean }).VIDEOJS_NO_DYNAMIC_STYLE = true;

/** @returns a function that ends it */
export async function start({
  sample,
  setup,
  choice,
  video,
  recording,
  certificate,
}: Playback): Promise<() => Promise<void>> {
  const { play } = await SAMPLES[sample]!.load();
  observeEme((event) => recording.add(event));
  recording.add({ type: "start" });
  const options = optionsOf(setup, (event) => recording.add(event));
  const watched = {
    ...options,
    ...watchToken(options, recording),
    ...(certificate ? { certificate: { fairplay: { url: certificate } } } : {}),
  };
  watchPicture(video, recording);
  const stop = await play(
    { ...choice, options: watched },
    {
      video,
      onEvent: (event) => recording.add(event),
      onError: (message, ours) => recording.add({ type: "player-error", message, ...(ours ? { ours } : {}) }),
    },
  );
  return async () => {
    recording.add({ type: "stop" });
    await stop();
  };
}

/** The same callback, timed; its token is inspected and not kept. */
function watchToken({ customData, siteId, contentId }: PallyConOptions, recording: Recording): PallyConOptions {
  if (typeof customData !== "function") return {};
  return {
    customData: async (context) => {
      const started = Date.now();
      const session = sessionNumber(context.sessionId);
      const known = {
        type: "token",
        started,
        attemptReason: context.reason,
        ...(session === undefined ? {} : { session }),
      } as const;
      try {
        const token = await customData(context);
        await init();
        const expected = {
          drm: context.drm,
          ...(siteId ? { siteId } : {}),
          ...(typeof contentId === "string" ? { contentId } : {}),
        };
        let inspection: CustomDataInspection | undefined;
        try {
          inspection = inspectCustomData(token, expected);
        } catch {
          /* the package raises a warning */
        }
        recording.add({ ...known, ...(inspection ? { inspection } : {}) });
        return token;
      } catch (error) {
        recording.add({ ...known, failure: (error as Error).message });
        throw error;
      }
    },
  };
}

/** The first picture that is presented; if the browser does not report that, the first that is decoded. */
function watchPicture(video: HTMLVideoElement, recording: Recording): void {
  let seen = false;
  const first = () => {
    if (!seen) recording.add({ type: "first-frame" });
    seen = true;
  };
  if (video.requestVideoFrameCallback) {
    video.requestVideoFrameCallback(first);
    return;
  }
  const poll = setInterval(() => {
    if (!seen && (video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0) === 0) return;
    clearInterval(poll);
    first();
  }, 20);
  video.addEventListener("emptied", () => clearInterval(poll), { once: true });
}
