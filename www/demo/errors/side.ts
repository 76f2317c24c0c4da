// One side of the lab: the frame that plays, and the errors that an app gets in it.
import contents from "site:catalog";
import type { PallyConError, PallyConEvent } from "pallycon-drm";
import { fill, h } from "../shared/dom.js";
import type { Stage } from "./compare/stage.js";
import type { FrameWindow } from "./frame.js";
import { CONTENT, SYSTEMS, type LabCase, type LabPlayer } from "./lab-cases.js";

/** The decoded frames that count as playing; how long to watch a silent side; how long a settled one. */
const ENOUGH_FRAMES = 20;
const LIMIT = 9000;
const SETTLED = 1200;
const POLL = 150;

export type Outcome = "plays" | "explained" | "player" | "nothing";
const WORDS: Record<Outcome, [label: string, kind: string]> = {
  plays: ["it plays", "good"],
  explained: ["an error that says what to do", "info"],
  player: ["an error of the player's own", "warning"],
  nothing: [`nothing at all in ${LIMIT / 1000} s`, "error"],
};
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

export class Side {
  private readonly tag = h("span", { class: "tag" });
  private readonly place = h("div", { class: "picture" });
  private readonly lines = h("ol", { class: "told" });
  private readonly more = h("div", { class: "more" });
  private turn = 0;

  constructor(
    element: HTMLElement,
    private readonly ours: boolean,
  ) {
    element.append(this.place, h("p", { class: "outcome", role: "status" }, this.tag), this.lines, this.more);
    this.say("not run yet", "");
  }

  private say(text: string, kind: string): void {
    this.tag.textContent = text;
    this.tag.dataset.kind = kind;
  }

  stop(): void {
    this.turn += 1;
    fill(this.place);
  }

  /** `base`: URL of this side's run at the server; `license`: the same with another origin, as in practice. */
  async run(
    one: LabCase,
    player: LabPlayer,
    { base, license }: { base: string; license: string },
  ): Promise<Outcome | undefined> {
    this.stop();
    const mine = this.turn;
    fill(this.lines);
    fill(this.more);
    this.say("running …", "");
    const response = await fetch(`${base}api/faults`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(one.faults ?? []),
    });
    if (!response.ok) throw new Error(`The local server answered ${response.status}.`);
    const stage = await this.load(one, base, license);
    const began = performance.now();
    const contentId = (one.run?.contentId as string | undefined) ?? CONTENT[one.drm];
    const play = () =>
      void stage.play({ player, ours: this.ours, drm: one.drm, keySystem: SYSTEMS[one.drm], contentId, ...one.run });
    play();
    let outcome = await this.watch(stage, one, began, mine);
    if (one.again && outcome === "plays" && mine === this.turn) {
      play();
      outcome = await this.watch(stage, one, performance.now(), mine);
    }
    if (mine !== this.turn) return undefined;
    const found = await this.explain(stage, one, outcome);
    const final = outcome !== "plays" && found ? "explained" : outcome;
    this.say(...WORDS[final]);
    const shown = final === "nothing" && this.lines.children.length === 0;
    if (shown) fill(this.lines, h("li", { class: "quiet" }, "No error, no picture. The viewer waits."));
    return final;
  }

  private async load(one: LabCase, base: string, license: string): Promise<Stage> {
    const url = new URL(one.frame?.document ?? "errors-frame.html", base);
    url.searchParams.set("license", license);
    if (one.bridge !== null) url.searchParams.set("bridge", JSON.stringify({ drms: [one.drm], ...bridgeOf(one) }));
    if (one.frame?.eme) url.searchParams.set("eme", one.frame.eme);
    const frame = h("iframe", {
      src: url.href,
      title: this.ours ? "With pallycon-drm" : "The player alone",
      allow: one.frame?.allow ?? "encrypted-media; autoplay",
      tabindex: -1,
    });
    fill(this.place, frame);
    for (;;) {
      const inner = frame.contentWindow as FrameWindow | null;
      if (inner?.compare) return inner.compare;
      if (inner?.failure) throw new Error(inner.failure);
      if (!frame.isConnected) throw new Error("given up");
      await pause(30);
    }
  }

  private async watch(stage: Stage, one: LabCase, began: number, mine: number): Promise<Outcome> {
    const told: string[] = [];
    let last = performance.now();
    const until = LIMIT + (one.listen ?? 0);
    while (mine === this.turn) {
      await pause(POLL);
      const now = performance.now();
      for (const line of stage.seen) {
        if (told.includes(line)) continue;
        told.push(line);
        last = now;
        this.line(now - began, line);
      }
      const frames = stage.frames();
      if (now - began < (one.listen ?? 0)) continue;
      if (told.length && now - last > SETTLED) return told.some((line) => line.includes("→")) ? "explained" : "player";
      if (!told.length && frames > ENOUGH_FRAMES) return "plays";
      if (now - began > until) return told.length ? "player" : "nothing";
    }
    return "nothing";
  }

  private line(at: number, text: string): void {
    const [what, hint] = text.split(" → ");
    this.lines.append(
      h(
        "li",
        {},
        h("time", {}, `${(at / 1000).toFixed(2)} s`),
        h("div", {}, h("p", { class: "wrap mono" }, what), hint && h("p", {}, h("strong", {}, "What to do: "), hint)),
      ),
    );
  }

  /**
   * What the package adds to the player's error: its fields, and diagnose() or probe() if the browser is the suspect.
   */
  private async explain(stage: Stage, one: LabCase, outcome: Outcome): Promise<boolean> {
    if (!this.ours) return false;
    const events = stage.events as PallyConEvent[];
    const error = events
      .map((event) => (event.type === "error" ? event.error : undefined))
      .find((found): found is PallyConError => !!found);
    const warnings = events.filter(
      (event): event is Extract<PallyConEvent, { type: "warning" }> => event.type === "warning",
    );
    if (error) this.more.append(fields(error, !stage.seen.some((line) => line.includes(error.hint))));
    for (const { message, hint, code } of unique(warnings))
      this.more.append(note("onEvent: warning", message, hint, code));
    if (outcome === "plays") return false;
    let problems: { message: string; hint: string; code: string }[] = [];
    if (one.probe) {
      const list = await stage.pallycon.probe({ drms: [one.drm] });
      this.more.append(
        h(
          "p",
          { class: "small" },
          `probe(): this browser has ${list.map(({ keySystem, securityLevel }) => [keySystem, securityLevel].filter(Boolean).join(" ")).join(", ") || "none"}`,
        ),
      );
    }
    if (one.environment) problems = await stage.pallycon.diagnose({ drm: one.drm, urls: [stage.license] });
    for (const { message, hint, code } of problems) this.more.append(note("diagnose()", message, hint, code));
    return !!error || problems.length > 0;
  }
}

/** A status for every key of the sample, in the bridge's own format. */
function bridgeOf({ bridge }: LabCase): object {
  const { statuses, ...more } = (bridge ?? {}) as { statuses?: Record<string, string> };
  return statuses ? { ...more, statuses: { [KEY]: statuses["*"] } } : more;
}
/** For the sample that Widevine and PlayReady play here. */
const KEY = contents.find(({ contentId }) => contentId === CONTENT.widevine)!.tracks[0]!.keyId;

const unique = <T extends { code: string; message: string }>(list: T[]): T[] =>
  list.filter((one, index) => list.findIndex(({ message }) => message === one.message) === index);
const link = (code: string): HTMLElement => h("a", { href: `#${code}` }, code);

/** `hint`: the player did not pass it on. */
function fields(error: PallyConError, hint: boolean): HTMLElement {
  const rows: [string, string | number | HTMLElement | undefined][] = [
    ["code", link(error.code)],
    ["serverCode", error.serverCode],
    ["serverMessage", error.serverMessage],
    ["httpStatus", error.httpStatus],
    ["phase", error.phase],
    ["retryable", String(error.retryable)],
    ["siteError", error.siteError && `${error.siteError.code}: ${error.siteError.message}`],
    ["problems", error.problems?.map(({ message }) => message).join(" ")],
  ];
  return h(
    "div",
    { class: "notice", "data-kind": "info" },
    h("strong", {}, `onEvent: ${error.message}`),
    hint && h("p", {}, error.hint),
    h(
      "dl",
      { class: "rows small" },
      ...([] as HTMLElement[]).concat(
        ...rows
          .filter(([, value]) => value !== undefined && value !== "")
          .map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
      ),
    ),
  );
}

const note = (from: string, message: string, hint: string, code: string): HTMLElement =>
  h("div", { class: "notice small" }, h("strong", {}, `${from}: ${message}`), h("p", {}, hint, " ", link(code)));
