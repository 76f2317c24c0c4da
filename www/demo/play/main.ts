// The Play page: form, player, code, timeline, and failures.
import "../shared/site.js";
import "./timeline-view.js";
import { copyButton } from "../shared/copy-button.js";
import { fill, find, h } from "../shared/dom.js";
import type { TaskStatus } from "../shared/task-status.js";
import "../shared/task-status.js";
import { DRMS, formatProblem } from "./choices.js";
import { faultOf } from "./faults.js";
import { EXAMPLES, Form, type Chosen } from "./form.js";
import { Recording, type Recorded } from "./recorded.js";
import { SAMPLES } from "./samples/index.js";
import { sampleText } from "./sample.js";
import { bridge, findBackend, loadBridge, setFaults, type Backend } from "./server.js";
import { failureOf, headline, showFailure } from "./support.js";
import type { PlayTimeline } from "./timeline-view.js";

const status = find<TaskStatus>("#status");
const stage = find("#stage");
const timeline = find<PlayTimeline>("#timeline");
const stopButton = find<HTMLButtonElement>("#stop");
const progress = find("#progress");
const support = find("#support");

let end: () => Promise<void> = async () => {};
let turn = 0;

/** A new element for each playback: a player may leave its own in a bad state, or remove it. */
function newVideo(): HTMLVideoElement {
  const video = h("video", { muted: true, playsinline: true, controls: true, "aria-label": "The protected video" });
  video.muted = true;
  fill(stage, video);
  return video;
}

function showCode({ player, sample, setup, choice, own }: Chosen): string {
  // Missing values are placeholders in the code.
  const shown =
    own && !choice.url
      ? {
          ...setup,
          siteId: setup.siteId || EXAMPLES.siteId,
          ...(choice.drm === "clearkey" ? {} : { token: { kind: "url" as const, url: EXAMPLES.tokenUrl } }),
        }
      : setup;
  const text = sampleText(SAMPLES[sample]!.text, shown, { ...choice, url: choice.url || EXAMPLES.manifest });
  find("#code").textContent = text;
  find("#code-note").textContent =
    `${player.label} with ${DRMS[choice.drm as keyof typeof DRMS].label}.${own && setup.token.kind === "fixed" ? " Your pasted token is not shown." : ""}`;
  return text;
}

/** Says plainly which CDM plays. */
function showCdm({ drm, bridge: wanted, own }: Chosen, { server }: Backend): void {
  const place = find("#cdm");
  const { label } = DRMS[drm];
  const active = bridge()?.active;
  if (drm === "clearkey") {
    place.dataset.kind = "info";
    place.textContent =
      "Every browser has ClearKey: nothing is simulated. It does not hide keys, and is only for tests.";
  } else if (wanted || active) {
    place.dataset.kind = "warning";
    fill(
      place,
      `Simulated: a bridge acts as the ${label} CDM, on top of ClearKey. Requests, tokens and errors are real, the video is really encrypted and decrypted; the contents of challenge and license are not ${label}'s.`,
      !wanted && active ? h("span", {}, "It stays until you reload the page.") : undefined,
    );
  } else {
    place.dataset.kind = "info";
    place.textContent =
      own || !server
        ? `The browser's own ${label} CDM is used.`
        : `The browser's own ${label} CDM is used. It refuses the local server's licenses, because they are simulated.`;
  }
}

async function play(form: Form, backend: Backend): Promise<void> {
  await halt();
  const mine = ++turn;
  const current = () => mine === turn;
  let chosen: Chosen;
  try {
    chosen = form.chosen();
  } catch (error) {
    return status.say((error as Error).message, "error");
  }
  const wrong = chosen.own
    ? chosen.choice.url
      ? formatProblem(chosen.player, chosen.choice.url)
      : "Enter the manifest's URL."
    : undefined;
  if (wrong) return status.say(wrong, "error");
  form.remember();
  const video = newVideo();
  timeline.clear();
  let playing = false;
  const recording = new Recording((event) => {
    if (current()) {
      timeline.draw(recording.events);
      tell(event);
    }
  });
  const tell = (event: Recorded) => {
    if (event.type === "first-frame") {
      playing = true;
      status.say("Playing.", "good");
      support.hidden = true;
    }
    const failure =
      event.type === "error" || event.type === "player-error" || event.type === "update"
        ? failureOf(recording.events)
        : undefined;
    if (!failure) return;
    // A failure during playback, such as a renewal's, does not end it.
    if (!playing) status.say(headline(failure), "error");
    showFailure(support, failure, about(chosen));
  };
  stopButton.disabled = false;
  status.say("Starting…");
  video.addEventListener("timeupdate", () => {
    if (current() && playing)
      progress.textContent = `${video.currentTime.toFixed(1)} s, ${video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0} frames decoded`;
  });
  try {
    const started = (async () => {
      if (backend.server) await setFaults(backend, faultOf(chosen.fault).faults);
      if (chosen.bridge && chosen.drm !== "clearkey") await loadBridge(backend);
      const shim = bridge();
      // A browser rarely has more than one DRM: the bridge provides the chosen one.
      if (shim?.active) shim.drms = chosen.drm === "clearkey" ? [] : [chosen.drm];
      showCdm(chosen, backend);
      const { start } = await import("./run.js");
      return start({
        sample: chosen.sample,
        setup: chosen.setup,
        choice: chosen.choice,
        video,
        recording,
        certificate: freshCertificate(chosen, backend),
      });
    })();
    const stop = await status.track(`Loading ${chosen.player.label}…`, started);
    if (!current()) return void (await stop());
    end = stop;
    if (!playing && support.hidden) status.say("Loading the stream…");
    // video.js wraps the element in its own, and replaces its controls.
    video.controls = true;
    // Not awaited: without a key it never settles. If it is refused, the autoplay policy is the reason.
    video.play().catch((error: Error) => {
      if (current() && error.name === "NotAllowedError")
        status.say("Press play in the video: the browser requires a click.", "warning");
    });
  } catch (error) {
    if (current()) recording.add({ type: "player-error", message: (error as Error).message });
  }
}

/**
 * A certificate is fetched once per page: a new URL makes the page fetch it again, so that it can fail after a success.
 */
function freshCertificate({ fault, setup }: Chosen, { base }: Backend): string | undefined {
  const fails = faultOf(fault).faults.some(({ on }) => on === "certificate");
  return fails ? `${base}ri/fpsKeyManager.do?siteId=${setup.siteId ?? ""}&play=${Date.now()}` : undefined;
}

const about = ({ player, drm, choice, setup, own }: Chosen): [string, string][] => [
  ["DRM", `${DRMS[drm].label}${bridge()?.active && drm !== "clearkey" ? ", simulated" : ""}`],
  ["with", player.label],
  ["content", setup.contentId ?? ""],
  ["site", setup.siteId ?? ""],
  ["manifest", own ? (choice.url.split(/[?#]/)[0] ?? "") : ""],
  ["browser", navigator.userAgent],
  ["time", new Date().toISOString()],
];

async function halt(): Promise<void> {
  turn += 1;
  stopButton.disabled = true;
  support.hidden = true;
  progress.textContent = "";
  timeline.settle();
  const last = end;
  end = async () => {};
  await last().catch(() => undefined);
}

function zoomTool(): void {
  const button = h(
    "button",
    {
      type: "button",
      "aria-pressed": "false",
      onclick: () => {
        timeline.zoomed = !timeline.zoomed;
        button.setAttribute("aria-pressed", String(timeline.zoomed));
        timeline.redraw();
      },
    },
    "Scale to the first frame",
  );
  find("#timeline-tools").append(button);
}

async function main(): Promise<void> {
  const backend = await findBackend();
  const note = find("#server-note");
  if (!backend.server) {
    note.hidden = false;
    note.textContent =
      "There is no license server here. The samples play with ClearKey, using the browser's own CDM; Widevine, PlayReady and FairPlay play your own stream with your own site. npm start in the project starts the local server, with all DRMs and faults.";
  }
  let code = "";
  const show = () => {
    let chosen: Chosen;
    try {
      chosen = form.chosen();
    } catch (error) {
      find("#code").textContent = `// ${(error as Error).message}`;
      return;
    }
    code = showCode(chosen);
    showCdm(chosen, backend);
  };
  const form = new Form(backend, show);
  show();
  find("#copy-code").append(copyButton(() => code, "Copy the code"));
  zoomTool();
  form.element.addEventListener("submit", (event) => {
    event.preventDefault();
    void play(form, backend);
  });
  stopButton.addEventListener(
    "click",
    () =>
      void halt().then(() => {
        newVideo();
        status.say("Stopped.");
      }),
  );
  document.documentElement.dataset.ready = "true";
}

main().catch((error: Error) => status.say(error.message, "error"));
