// <play-timeline>: a row per step, a group per lane, bars to scale. A row opens to its step's data.
import { fill, h } from "../shared/dom.js";
import { detailsOf } from "./step-details.js";
import { ticks, timelineOf, type Lane, type Step, type Timeline } from "./timeline.js";
import type { Recorded } from "./recorded.js";

const ms = (time: number): string => (time < 10_000 ? `${Math.round(time)} ms` : `${(time / 1000).toFixed(1)} s`);
/** A shorter bar would be invisible. */
const MIN_PERCENT = 0.4;
/** The room for a label of the scale, in pixels: one that lacks it at the right edge is left out. */
const LABEL = 64;

interface Row {
  step: Step;
  item: HTMLElement;
  button: HTMLButtonElement;
  bar: HTMLElement;
  what: HTMLElement;
  when: HTMLElement;
  detail: HTMLElement;
  open: boolean;
}

class PlayTimeline extends HTMLElement {
  private readonly rows = new Map<string, Row>();
  private readonly lists = new Map<string, { list: HTMLElement; label: HTMLElement }>();
  private readonly scale = h("div", { class: "scale", "aria-hidden": "true" });
  private events: readonly Recorded[] = [];
  private wanted = false;
  private timer = 0;
  /** until the first frame, or all */
  zoomed = false;

  clear(): void {
    this.rows.clear();
    this.lists.clear();
    clearInterval(this.timer);
    fill(this, this.scale);
    fill(this.scale);
  }

  /** Draws with the next frame, and again while a step is unfinished. */
  draw(events: readonly Recorded[]): void {
    this.events = events;
    if (this.wanted) return;
    this.wanted = true;
    requestAnimationFrame(() => {
      this.wanted = false;
      this.update();
    });
  }

  /** Ends unfinished steps here. */
  settle(): void {
    clearInterval(this.timer);
    this.timer = 0;
  }

  redraw(): void {
    this.update();
  }

  private update(): void {
    if (this.events.length === 0) return;
    const timeline = timelineOf(this.events, Date.now());
    const open = timeline.steps.some(({ end }) => end === undefined);
    if (open && !this.timer) this.timer = window.setInterval(() => this.update(), 200);
    if (!open) this.settle();
    const length = this.lengthOf(timeline);
    this.drawScale(length);
    for (const lane of timeline.lanes) this.drawLane(lane, length);
  }

  private lengthOf({ length, steps }: Timeline): number {
    const frame = this.zoomed ? steps.find(({ kind }) => kind === "frame") : undefined;
    return (frame ? frame.start : length) * 1.02;
  }

  private drawScale(length: number): void {
    const most = Math.max(3, Math.min(10, Math.floor(this.clientWidth / 130)));
    const room = this.clientWidth - this.scale.offsetLeft - LABEL;
    const fitting = ticks(length, most).filter((at) => (at / length) * this.scale.clientWidth <= room);
    fill(
      this.scale,
      ...fitting.map((at) => {
        const tick = h("span", { class: "tick" }, ms(at));
        tick.style.left = `${(at / length) * 100}%`;
        return tick;
      }),
    );
  }

  private drawLane(lane: Lane, length: number): void {
    let drawn = this.lists.get(lane.id);
    if (!drawn) {
      drawn = { list: h("ol", { "aria-labelledby": `lane-${lane.id}` }), label: h("h3", { id: `lane-${lane.id}` }) };
      this.lists.set(lane.id, drawn);
      this.append(h("section", { class: "lane" }, drawn.label, drawn.list));
    }
    const keys = lane.keyIds.map((keyId) => `${keyId.slice(0, 8)}…`).join(" ");
    fill(
      drawn.label,
      lane.label,
      keys && h("span", { class: "quiet small mono" }, ` ${lane.keyIds.length === 1 ? "key" : "keys"} ${keys}`),
    );
    (drawn.label.parentElement as HTMLElement).hidden = lane.steps.length === 0;
    lane.steps
      .slice()
      .sort((a, b) => a.start - b.start)
      .forEach((step, index) => {
        const row = this.rows.get(step.id) ?? this.newRow(step);
        if (drawn!.list.children[index] !== row.item)
          drawn!.list.insertBefore(row.item, drawn!.list.children[index] ?? null);
        this.drawRow(row, step, length);
      });
  }

  private newRow(step: Step): Row {
    const id = `detail-${step.id}`;
    const bar = h("span", { class: "bar" });
    const what = h("span", { class: "what" });
    const when = h("span", { class: "when" });
    const detail = h("div", { class: "detail", id, hidden: true });
    const button = h(
      "button",
      { type: "button", "aria-expanded": "false", "aria-controls": id },
      what,
      h("span", { class: "track", "aria-hidden": "true" }, bar),
      when,
    );
    const row: Row = {
      step,
      item: h("li", { class: "step", "data-kind": step.kind }, button, detail),
      button,
      bar,
      what,
      when,
      detail,
      open: false,
    };
    button.addEventListener("click", () => this.toggle(row));
    this.rows.set(step.id, row);
    return row;
  }

  private drawRow(row: Row, step: Step, length: number): void {
    row.step = step;
    row.item.dataset.tone = step.tone;
    const end = step.end ?? Date.now() - (this.events[0]?.at ?? 0);
    const width = Math.max(((end - step.start) / length) * 100, MIN_PERCENT);
    row.bar.style.left = `${Math.min((step.start / length) * 100, 100 - MIN_PERCENT)}%`;
    row.bar.style.width = `${width}%`;
    row.bar.dataset.moment = String(step.end === step.start);
    const took = step.end === step.start ? "" : step.end === undefined ? " …" : `, ${ms(step.end - step.start)}`;
    const when = `${ms(step.start)}${took}`;
    if (row.what.textContent !== step.title) row.what.textContent = step.title;
    if (row.when.textContent !== when) row.when.textContent = when;
  }

  private toggle(row: Row): void {
    row.open = !row.open;
    row.button.setAttribute("aria-expanded", String(row.open));
    row.detail.hidden = !row.open;
    if (!row.open) return;
    const status = h("p", { class: "quiet" }, "Reading…");
    const shown = row.step;
    // Shows the status only if reading takes a while: the inspect module loads with the first bytes that are opened.
    const timer = setTimeout(() => {
      if (row.step.id === shown.id && row.open) fill(row.detail, status);
    }, 200);
    void detailsOf(shown).then((nodes) => {
      clearTimeout(timer);
      fill(row.detail, ...nodes);
    });
  }
}
customElements.define("play-timeline", PlayTimeline);
export type { PlayTimeline };
