// This device: the results of probe() and diagnose(), for people and as a report. Uses the browser's own CDMs, without
// the bridge.
import "../shared/site.js";
import "../shared/task-status.js";
import { diagnose, probe, type Drm } from "pallycon-drm";
import { copyButton } from "../shared/copy-button.js";
import { fill, find, h } from "../shared/dom.js";
import type { TaskStatus } from "../shared/task-status.js";
import { codecTable, drmTable, problemList } from "./tables.js";
import { reportText, verdictOf, type Findings } from "./report.js";

const CODECS: [name: string, contentType: string][] = [
  ["H.264", 'video/mp4; codecs="avc1.64001f"'],
  ["HEVC", 'video/mp4; codecs="hvc1.1.6.L93.B0"'],
  ["VP9", 'video/mp4; codecs="vp09.00.31.08"'],
  ["AV1", 'video/mp4; codecs="av01.0.04M.08"'],
  ["AAC", 'audio/mp4; codecs="mp4a.40.2"'],
  ["Opus", 'audio/mp4; codecs="opus"'],
];
/** A browser without a CDM may take a minute; results that have arrived by then are shown. */
const PATIENCE = 8000;

const findings: Findings = {
  urls: [],
  at: new Date().toISOString(),
  environment: {
    userAgent: navigator.userAgent,
    platform: navigator.platform,
    secureContext: window.isSecureContext !== false,
    framed: window.self !== window.top,
    webAssembly: typeof WebAssembly === "object",
    mediaSource: typeof MediaSource === "function" || "ManagedMediaSource" in window,
    nativeHls: document.createElement("video").canPlayType("application/vnd.apple.mpegurl") !== "",
    screen: `${screen.width}x${screen.height} at ${window.devicePixelRatio}`,
    language: navigator.language,
  },
};
const status = find<TaskStatus>("#status");

function showReport(): void {
  find("#report").textContent = reportText(findings);
  if (!findings.drms || !findings.problems) return;
  const { kind, title, text } = verdictOf(findings);
  const place = find("#verdict");
  place.hidden = false;
  place.dataset.kind = kind;
  fill(place, h("strong", {}, title), h("p", {}, text));
}

/** The supported codecs of each working DRM. */
async function codecs(drms: Drm[]): Promise<void> {
  const rows = [];
  for (const [codec, type] of CODECS) {
    const kind = type.startsWith("audio") ? "audio" : "video";
    const found = await probe({ codecs: { [kind]: type }, drms, timeout: PATIENCE });
    rows.push({ codec, drms: drms.filter((drm) => found.some((one) => one.drm === drm)) });
    fill(find("#codecs"), codecTable(rows, drms));
  }
  findings.codecs = rows;
  if (drms.length === 0) fill(find("#codecs"), h("p", { class: "empty" }, "No DRM, so no codecs to list."));
}

async function examine(): Promise<void> {
  showReport();
  findings.drms = await status.track("Querying the browser's DRMs …", probe({ timeout: PATIENCE }));
  fill(find("#drms"), drmTable(findings.drms));
  findings.problems = await status.track("Looking for problems …", diagnose({ timeout: PATIENCE }));
  fill(
    find("#problems"),
    problemList(findings.problems, "None: the page may use EME, the browser has a DRM, and wasm runs."),
  );
  showReport();
  await status.track("Querying codecs …", codecs(Array.from(new Set(findings.drms.map(({ drm }) => drm)))));
  showReport();
  status.say("Done.", "good");
}

async function checkUrl(url: string): Promise<void> {
  const task = find<TaskStatus>("#url-status");
  if (!/^https:\/\//i.test(url)) return task.say("Enter a URL that begins with https://.", "error");
  const before = (findings.problems ?? []).map(({ code }) => code);
  const all = await task.track("Asking …", diagnose({ urls: [url], timeout: PATIENCE }));
  const problems = all.filter(({ code }) => !before.includes(code));
  findings.urls = findings.urls.filter((one) => one.url !== url).concat({ url, problems });
  fill(find("#url-result"), problemList(problems, "It is reachable, and CORS allows this page."));
  showReport();
}

function tools(): void {
  const download = () => {
    const link = h("a", {
      href: URL.createObjectURL(new Blob([reportText(findings)], { type: "text/plain" })),
      download: "device-report.txt",
    });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  const share = () =>
    void navigator.share({ title: "Device report", text: reportText(findings) }).catch(() => undefined); // closed without sharing
  find("#report-tools").append(
    copyButton(() => reportText(findings), "Copy the report"),
    " ",
    h("button", { type: "button", class: "plain", onclick: download }, "Download"),
    typeof navigator.share === "function"
      ? h("button", { type: "button", class: "plain", onclick: share }, "Share")
      : "",
  );
}

tools();
find<HTMLFormElement>("#urls").addEventListener("submit", (event) => {
  event.preventDefault();
  void checkUrl(find<HTMLInputElement>("#urls input").value.trim());
});
find<HTMLInputElement>("#urls input").placeholder = "https://drm-license.doverunner.com/ri/licenseManager.do";
document.documentElement.dataset.ready = "true";
examine().catch((error: Error) => status.say(error.message, "error"));
