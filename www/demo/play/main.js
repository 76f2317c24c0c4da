// The page: choices in the address (so that a case can be shared), Play and Stop, and the list of what happened.
import "../shared/site.ts";
import { base, catalog } from "./backend.js";
import { DRMS, FAULTS, contentChoices, drmChoices, faultChoices, playerChoices } from "./choices.js";
import { tell, tellPlayerError } from "./story.js";

const $ = (selector) => /** @type {any} */ (document.querySelector(selector));
const form = $("#choices");
const video = $("#video");
const story = $("#story");
const status = $("#status");
const progress = $("#progress");
const stopButton = $("#stop");
const parameters = new URLSearchParams(location.search);

let began = 0;
let stop = async () => {};
let playing = 0;

function element(tag, text, className) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** @param {import("./story.js").Line} line */
function show({ kind, what, more = [] }) {
  const entry = document.createElement("li");
  entry.dataset.kind = kind;
  const text = document.createElement("div");
  text.append(element("p", what, "what"), ...more.map((each) => element("p", each, "more")));
  entry.append(element("time", `${((performance.now() - began) / 1000).toFixed(2)} s`), text);
  story.append(entry);
}

function say(text, kind = "") {
  status.dataset.kind = kind;
  status.textContent = text;
  progress.textContent = "";
}

/** What was chosen, here or in the address, stays where it can. @param {string} name @param {import("./choices.js").Choice[]} choices */
function fill(name, choices) {
  const wanted = form[name].value || parameters.get(name);
  const possible = choices.filter(({ why }) => !why);
  const chosen = (possible.find(({ value }) => value === wanted) ?? possible[0]).value;
  form[name].replaceChildren(...choices.map(({ value, label, why }) => {
    const option = new Option(why ? `${label}: ${why}` : label, value, false, value === chosen);
    option.disabled = Boolean(why);
    return option;
  }));
}

const FIELDS = {
  player: playerChoices,
  drm: () => drmChoices(form.player.value),
  content: (contents) => contentChoices(form.player.value, form.drm.value, contents),
  fault: () => faultChoices(form.drm.value),
};

/** Each choice says what is left of those behind it. */
function offer(contents, changed) {
  const names = Object.keys(FIELDS);
  for (const name of names.slice(names.indexOf(changed) + 1)) fill(name, FIELDS[name](contents));
  $("#fault-note").textContent = FAULTS.find((fault) => fault.id === form.fault.value).expect;
  noteCdm();
}

/** Which CDM it is that plays. */
function noteCdm() {
  const { label } = DRMS[form.drm.value];
  const notice = $("#cdm");
  notice.hidden = false;
  if (form.drm.value === "clearkey") notice.textContent = "ClearKey is a CDM that this browser really has: nothing stands in for it. It hides nothing either, and is for tests.";
  else if (/** @type {any} */ (window).__cdmBridge?.active) notice.textContent = `A bridge stands in for the browser's ${label} CDM: challenges and licenses are simulated on top of ClearKey. The video is really encrypted and really decrypted, the requests, tokens and errors are real.`;
  else notice.textContent = `The browser's own CDM is used. The local server's licenses are simulated, so a real ${label} CDM refuses them; your own license server would answer it.`;
}

/** The bridge has to be there before a player looks for a CDM; once there it cannot be taken away, hence the reload. */
async function prepareCdm() {
  const real = parameters.get("cdm") === "real";
  form.real.checked = real;
  if (!real) {
    const script = document.createElement("script");
    script.src = new URL("bridge/bridge.js", base).href;
    await new Promise((resolve, reject) => {
      script.onload = resolve;
      script.onerror = () => reject(new Error("The CDM bridge could not be loaded."));
      document.head.append(script);
    });
  }
}

function choose(contents) {
  offer(contents);
  form.addEventListener("change", ({ target }) => offer(contents, target.name));
  form.real.addEventListener("change", () => {
    remember();
    location.reload();
  });
}

function remember() {
  const address = new URL(location.href);
  for (const name of Object.keys(FIELDS)) address.searchParams.set(name, form[name].value);
  if (form.real.checked) address.searchParams.set("cdm", "real");
  else address.searchParams.delete("cdm");
  history.replaceState(undefined, "", address);
}

async function play(contents) {
  await halt();
  remember();
  const mine = ++playing;
  const current = (body) => (...args) => { if (mine === playing) body(...args); };
  began = performance.now();
  story.replaceChildren();
  say("Starting…");
  stopButton.disabled = false;
  const content = contents.find(({ contentId }) => contentId === form.content.value);
  show({ kind: "step", what: `${content.title}, ${DRMS[form.drm.value].label}`, more: [`encrypted with ${content.scheme}, ${new Set(content.tracks.map((track) => track.keyId)).size} key(s)`] });
  try {
    const { start } = await import("./playback.js");
    const stopThis = await start({
      video, content, player: form.player.value, drm: form.drm.value, fault: form.fault.value,
      onEvent: current((event) => {
        show(tell(event));
        if (event.type === "error") say(event.error.message, "bad");
      }),
      onPlayerError: current((error) => {
        show(tellPlayerError(error));
        if (status.dataset.kind !== "bad") say(error.ours?.message ?? `${error.player}: ${error.message}`, "bad");
      }),
    });
    if (mine !== playing) return await stopThis();
    stop = stopThis;
    // Not awaited: without a key it never settles. A refusal to start is the autoplay policy's.
    video.play().catch(current((error) => { if (error.name === "NotAllowedError") say("Press play in the video: the browser wants a click.", ""); }));
  } catch (error) {
    current(() => {
      show(error.name === "PallyConError" ? tell({ type: "error", error }) : { kind: "error", what: error.message });
      say(error.message, "bad");
    })();
  }
}

async function halt() {
  playing += 1;
  stopButton.disabled = true;
  const last = stop;
  stop = async () => {};
  await last();
  video.removeAttribute("src");
  video.load();
}

video.addEventListener("timeupdate", () => {
  const frames = video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;
  if (video.currentTime === 0 || frames === 0 || status.dataset.kind === "bad") return;
  if (status.dataset.kind !== "good") {
    show({ kind: "good", what: "The video plays", more: ["decrypted and decoded"] });
    say("Playing.", "good");
  }
  // Not part of the status: that is read aloud whenever it changes.
  progress.textContent = `${video.currentTime.toFixed(1)} s, ${frames} frames decoded`;
});

Promise.all([catalog(), prepareCdm()]).then(([contents]) => {
  choose(contents);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void play(contents);
  });
  stopButton.addEventListener("click", () => void halt().then(() => say("Stopped.")));
  document.documentElement.dataset.ready = "true";
}).catch((error) => say(error.message, "bad"));
