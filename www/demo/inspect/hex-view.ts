// <hex-view>: bytes in hex and as text; only visible rows exist. A byte belongs to the shortest field that contains it;
// hovering it, or moving the cursor to it, marks the field, and Enter or a click chooses it.
import type { FieldRange } from "pallycon-drm/inspect";
import { fill, h } from "../shared/dom.js";
import { RangeIndex } from "./fields.js";

const ROW = 20;
/** Extra rows beyond the edge, so that small scrolls show no gap. */
const MARGIN = 8;
/** Elements have a maximum height (Firefox: 17.8 million pixels); longer inputs are cut in the view. */
const MAX_ROWS = 800_000;

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");
const printable = (byte: number): string =>
  byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0x20 ? "\u00a0" : "·";

export class HexView extends HTMLElement {
  private bytes: Uint8Array = new Uint8Array();
  private index = new RangeIndex([]);
  private chosen: FieldRange | undefined;
  private pointed: FieldRange | undefined;
  private cursor = -1;
  private perRow = 16;
  private frame = 0;
  private readonly rows = h("div", { class: "rows" });
  private readonly spacer = h("div", { class: "spacer" }, this.rows);
  private readonly scroller = h(
    "div",
    {
      class: "scroller",
      tabindex: "0",
      role: "group",
      "aria-label": "Bytes. Arrow keys move through them, Enter chooses the field.",
    },
    this.spacer,
  );
  private readonly said = h("p", { class: "said mono small", role: "status" });

  connectedCallback(): void {
    if (this.firstChild) return;
    this.append(this.scroller, this.said);
    this.scroller.addEventListener("scroll", () => this.later());
    this.scroller.addEventListener("keydown", (event) => this.key(event));
    this.scroller.addEventListener("pointermove", (event) => this.pointAt(byteOf(event.target)));
    this.scroller.addEventListener("pointerleave", () => this.pointAt(undefined));
    this.scroller.addEventListener("click", (event) => {
      const byte = byteOf(event.target);
      if (byte !== undefined) this.moveTo(byte, true);
    });
    if (typeof ResizeObserver === "function") new ResizeObserver(() => this.fit()).observe(this);
    else window.addEventListener("resize", () => this.fit());
    this.fit();
  }

  show(bytes: Uint8Array, ranges: FieldRange[]): void {
    this.bytes = bytes;
    this.index = new RangeIndex(ranges);
    this.chosen = this.pointed = undefined;
    this.cursor = -1;
    this.scroller.scrollTop = 0;
    this.said.textContent = bytes.length === 0 ? "" : `${bytes.length.toLocaleString("en")} bytes`;
    this.fit(true);
  }

  /** Marks a field that was chosen elsewhere, and scrolls to it. */
  choose(range: FieldRange | undefined, reveal = true): void {
    this.chosen = range;
    if (range) {
      this.cursor = range.offset;
      if (reveal) this.reveal(range.offset);
    }
    this.say();
    this.render();
  }

  point(range: FieldRange | undefined): void {
    if (range === this.pointed) return;
    this.pointed = range;
    this.later();
  }

  private get total(): number {
    return Math.min(Math.ceil(this.bytes.length / this.perRow), MAX_ROWS);
  }

  /** As many bytes per row as fit. */
  private fit(force = false): void {
    const width = this.clientWidth;
    const perRow = width >= 560 ? 16 : 8;
    if (perRow === this.perRow && !force && this.spacer.style.height !== "") return this.later();
    this.perRow = perRow;
    this.classList.toggle("narrow", perRow === 8);
    this.spacer.style.height = `${this.total * ROW}px`;
    if (this.cursor >= 0) this.reveal(this.cursor);
    this.render();
  }

  private later(): void {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.render());
  }

  private render(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - MARGIN);
    const count = Math.ceil((this.scroller.clientHeight || 400) / ROW) + 2 * MARGIN;
    const last = Math.min(this.total, first + count);
    this.rows.style.transform = `translateY(${first * ROW}px)`;
    const ranges = this.index.within(first * this.perRow, last * this.perRow);
    const rows: Node[] = [];
    for (let row = first; row < last; row += 1) rows.push(this.row(row * this.perRow, ranges));
    fill(this.rows, ...rows);
  }

  private row(from: number, ranges: FieldRange[]): HTMLElement {
    const bytes = h("span", { class: "bytes" });
    const text = h("span", { class: "text", "aria-hidden": "true" });
    for (let at = from; at < Math.min(from + this.perRow, this.bytes.length); at += 1) {
      const value = this.bytes[at] as number;
      const marks = this.classes(at, ranges);
      bytes.append(
        h("span", { class: marks, "data-at": at }, hex(value)),
        at % 8 === 7 && at % this.perRow !== this.perRow - 1 ? "  " : " ",
      );
      text.append(h("span", { class: marks, "data-at": at }, printable(value)));
    }
    return h("div", { class: "row" }, h("span", { class: "offset" }, from.toString(16).padStart(6, "0")), bytes, text);
  }

  private classes(at: number, ranges: FieldRange[]): string | undefined {
    const inside = (range: FieldRange | undefined) =>
      range !== undefined && at >= range.offset && at < range.offset + range.length;
    const names: string[] = [];
    if (inside(this.chosen)) names.push("chosen");
    else if (inside(this.pointed)) names.push("pointed");
    else if (ranges.some((range) => range.path.length > 0 && inside(range))) names.push("known");
    if (at === this.cursor) names.push("cursor");
    return names.join(" ") || undefined;
  }

  private reveal(byte: number): void {
    const top = Math.floor(byte / this.perRow) * ROW;
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop || top + ROW > scrollTop + clientHeight)
      this.scroller.scrollTop = Math.max(0, top - clientHeight / 3);
  }

  private pointAt(byte: number | undefined): void {
    const range = byte === undefined ? undefined : this.index.at(byte);
    if (range === this.pointed) return;
    this.pointed = range;
    this.later();
    this.tell("point", range);
  }

  private moveTo(byte: number, chooses: boolean): void {
    this.cursor = Math.max(0, Math.min(byte, this.bytes.length - 1));
    const range = this.index.at(this.cursor);
    this.reveal(this.cursor);
    if (chooses) {
      this.chosen = range;
      this.tell("choose", range);
    } else {
      this.pointed = range;
      this.tell("point", range);
    }
    this.say();
    this.render();
  }

  private say(): void {
    if (this.cursor < 0) return;
    const range =
      this.chosen && this.cursor >= this.chosen.offset && this.cursor < this.chosen.offset + this.chosen.length
        ? this.chosen
        : this.index.at(this.cursor);
    const name = range && range.path.length > 0 ? `${range.path.join(".")}: ` : "";
    const place = range ? ` · ${name}${range.length} ${range.length === 1 ? "byte" : "bytes"} at ${range.offset}` : "";
    this.said.textContent = `0x${this.cursor.toString(16)} (${this.cursor}) = ${hex(this.bytes[this.cursor] ?? 0)}${place}`;
  }

  private tell(type: "point" | "choose", range: FieldRange | undefined): void {
    this.dispatchEvent(new CustomEvent(type, { detail: range, bubbles: true }));
  }

  private key(event: KeyboardEvent): void {
    const page = this.perRow * Math.max(1, Math.floor(this.scroller.clientHeight / ROW) - 1);
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -this.perRow,
      ArrowDown: this.perRow,
      PageUp: -page,
      PageDown: page,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step === undefined && event.key !== "Enter" && event.key !== " ") return;
    if (this.bytes.length === 0 || event.altKey || event.metaKey) return;
    const next = this.cursor + (step ?? 0);
    // At its ends a remote's arrows leave it.
    if (
      this.cursor >= 0 &&
      Number.isFinite(next) &&
      event.key.startsWith("Arrow") &&
      (next < 0 || next >= this.bytes.length)
    )
      return;
    event.preventDefault();
    if (step === undefined) return this.moveTo(Math.max(0, this.cursor), true);
    if (this.cursor < 0) return this.moveTo(step === Infinity ? this.bytes.length - 1 : 0, false);
    this.moveTo(step === -Infinity ? 0 : step === Infinity ? this.bytes.length - 1 : this.cursor + step, false);
  }
}
customElements.define("hex-view", HexView);

function byteOf(target: EventTarget | null): number | undefined {
  const at = target instanceof HTMLElement ? target.dataset.at : undefined;
  return at === undefined ? undefined : Number(at);
}
