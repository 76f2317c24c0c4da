// The lab: choose a case and a player, and run both sides at once.
import table from "site:errors";
import { fill, find, h, siteRoot } from "../shared/dom.js";
import type { TaskStatus } from "../shared/task-status.js";
import { LAB_PLAYERS, labCases, type LabCase, type LabPlayer } from "./lab-cases.js";
import { Side } from "./side.js";

const cases = labCases(table);
const form = find<HTMLFormElement>("#lab-form");
const status = find<TaskStatus>("#lab-status");
const select = form.elements.namedItem("case") as HTMLSelectElement;
const players = form.elements.namedItem("player") as HTMLSelectElement;

/** Each side has its own run at the server, so that faults are counted separately. */
const RUN = /^(.*\/r\/)[\w-]+\//.exec(location.pathname);
const name = RUN
  ? location.pathname.slice(RUN[1]!.length).split("/")[0]!
  : `lab-${(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0).toString(36)}`;
const runs = new URL(RUN ? RUN[1]! : `${siteRoot().pathname}r/`, location.origin).href;

/** The same server with its other name: a different origin than the page's. */
function otherOrigin(url: string): string {
  const other = new URL(url);
  if (other.hostname === "127.0.0.1") other.hostname = "localhost";
  else if (other.hostname === "localhost") other.hostname = "127.0.0.1";
  return other.href.replace(/\/$/, "");
}

function offer(): void {
  const groups = Array.from(new Set(cases.map(({ group }) => group)));
  fill(
    select,
    ...groups.map((group) =>
      h(
        "optgroup",
        { label: group },
        ...cases.filter((one) => one.group === group).map(({ id, what }) => h("option", { value: id }, what)),
      ),
    ),
  );
  const wanted = new URLSearchParams(location.search);
  choose(wanted.get("case") ?? "7011-the-token-is-twenty-minutes-old-widevine");
  offerPlayers(wanted.get("player") ?? undefined);
}

export function choose(id: string): void {
  if (cases.some((one) => one.id === id)) select.value = id;
  offerPlayers();
}

const chosen = (): LabCase => cases.find(({ id }) => id === select.value) ?? cases[0]!;

function offerPlayers(wanted = players.value): void {
  const possible = chosen().players ?? (Object.keys(LAB_PLAYERS) as LabPlayer[]);
  fill(players, ...possible.map((id) => h("option", { value: id }, LAB_PLAYERS[id])));
  players.value = possible.includes(wanted as LabPlayer) ? wanted : possible[0]!;
}

const hasServer = async (): Promise<boolean> =>
  fetch(`${runs}${name}/api/catalog`, { cache: "no-store" }).then(
    async (response) => response.ok && Array.isArray(await response.json()),
    () => false,
  );

export async function startLab(): Promise<void> {
  offer();
  const sides = [new Side(find("#alone"), false), new Side(find("#ours"), true)];
  if (!(await hasServer())) {
    const note = find("#server-note");
    note.hidden = false;
    note.textContent =
      "There is no license server here to go wrong on demand: npm start in the project brings one. The catalog below works everywhere.";
    for (const control of Array.from(form.elements)) (control as HTMLButtonElement).disabled = true;
    return;
  }
  select.addEventListener("change", () => offerPlayers());
  let turn = 0;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const mine = ++turn;
    const one = chosen();
    const address = new URL(location.href);
    address.search = String(new URLSearchParams({ case: one.id, player: players.value }));
    history.replaceState(undefined, "", address.href);
    const both = sides.map((side, index) => {
      const base = `${runs}${name}-${index ? "ours" : "alone"}/`;
      return side.run(one, players.value as LabPlayer, { base, license: otherOrigin(base) });
    });
    status.track("Both sides are running …", Promise.all(both)).then(
      () => {
        if (mine === turn) status.say("Done.");
      },
      (error: Error) => {
        if (mine === turn) status.say(error.message, "error");
      },
    );
  });
}
