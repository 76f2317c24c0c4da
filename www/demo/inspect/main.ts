// The Inspect page: three tabs, each of which is an element; the address's fragment may contain the input.
import "../shared/site.js";
import { copyButton } from "../shared/copy-button.js";
import { find, h } from "../shared/dom.js";
import { startTabs } from "../shared/tabs.js";
import type { TaskStatus } from "../shared/task-status.js";
import "../shared/task-status.js";
import type { BuildView } from "./build-view.js";
import type { CompareView } from "./compare-view.js";
import type { FindingView } from "./finding-view.js";
import "./finding-view.js";
import type { InputBox } from "./input-box.js";
import "./input-box.js";
import { MAX_LINK, fragmentOf, readFragment } from "./link.js";
import { tryToSend } from "./proof.js";
import { ask } from "./reader.js";
import { titleOf } from "./kinds.js";
import type { Input, Shown } from "./tools.js";
import { keepOffline } from "./trusted.js";

const input = find<InputBox>("#input");
const view = find<FindingView>("#finding");
const comparison = find<CompareView>("compare-view");
const building = find<BuildView>("build-view");
const status = h("task-status", { class: "end" }) as TaskStatus;
const empty = h(
  "div",
  { class: "empty" },
  h(
    "p",
    {},
    "Nothing to read yet. Supported input: PSSH boxes in base64, hex or URL encoding, PlayReady Objects and headers, init and media segments, MPDs, HLS playlists and Smooth manifests, license tokens and auth data, challenges, licenses and error bodies, CPIX documents, key ids.",
  ),
);
const said = h("p", { class: "visually-hidden", role: "status" });
let reading = 0;

async function read(): Promise<void> {
  const turn = ++reading;
  const given = input.input;
  empty.hidden = given.length > 0;
  if (given.length === 0) return view.show(undefined);
  try {
    const finding = await status.track("Reading…", ask("inspect", given));
    if (turn !== reading) return;
    performance.mark("inspect:read");
    view.show(finding);
    said.textContent = titleOf(finding);
    performance.mark("inspect:shown");
  } catch (error) {
    if (turn !== reading) return;
    view.show(undefined);
    status.say(`It could not be read: ${(error as Error).message}`, "error");
  }
}

/** The source of a field, with a link back. */
async function open({ detail }: CustomEvent<{ input: Input; from?: Shown }>): Promise<void> {
  if (!detail.from) {
    tabs.choose("inspect");
    return input.give(detail.input);
  }
  const { from } = detail;
  view.show(await ask("inspect", detail.input), { title: titleOf(from), finding: from });
  view.querySelector<HTMLElement>("h2")?.focus();
}

async function copied(): Promise<string> {
  const tab = tabs.chosen();
  const fragment = fragmentOf(
    tab === "compare" ? { tab, ...comparison.inputs } : { tab, ...(tab === "inspect" && { a: input.input }) },
  );
  if (fragment.length > MAX_LINK) throw new Error("too long");
  const address = new URL(`#${fragment}`, location.href).href;
  history.replaceState(undefined, "", address);
  return address;
}

/** The other tabs load when they are chosen. */
async function load(tab: string): Promise<void> {
  if (tab === "compare") await import("./compare-view.js");
  if (tab !== "build") return;
  await import("./build-view.js");
  building.start();
}

const tabs = startTabs(find("[role='tablist']"), (tab) => void load(tab));

function follow(): void {
  // The skip link's fragment is not an input.
  if (location.hash !== "" && !location.hash.includes("=")) return;
  const { tab = "inspect", a, b } = readFragment(location.hash);
  tabs.choose(tab);
  if (tab === "compare") void load(tab).then(() => comparison.give(a, b));
  else if (a !== undefined) input.give(a);
}

input.tools.append(copyButton(copied, "Copy a link to this input", { text: "Copy link" }), status);
input.after(empty, said);
input.addEventListener("given", () => void read());
document.addEventListener(
  "open",
  ((event: CustomEvent<{ input: Input; from?: Shown }>) => void open(event)) as EventListener,
);
// A drop next to the field would leave the page.
for (const type of ["dragover", "drop"])
  document.addEventListener(type, (event) => {
    if (!event.defaultPrevented) event.preventDefault();
  });
window.addEventListener("hashchange", follow);
find("#try").addEventListener("click", () => void tryToSend(find("#tried")));
follow();
if (input.input.length === 0) void read();
keepOffline();
// Loads the worker and its module in advance, before something is pasted.
window.addEventListener("load", () => setTimeout(() => void ask("keyId", "").catch(() => undefined)));
document.documentElement.dataset.ready = "true";
