// <task-status>: a one-line status, read aloud when it changes. Longer work has a progress bar.
import { fill, h } from "./dom.js";

/** Shorter work would only flicker. */
const PATIENCE = 200;

export type Kind = "" | "good" | "warning" | "error";

export class TaskStatus extends HTMLElement {
  private turn = 0;

  connectedCallback(): void {
    this.setAttribute("role", "status");
  }

  say(text: string, kind: Kind = ""): void {
    this.turn += 1;
    this.dataset.kind = kind;
    fill(this, text);
  }

  /** Shows `text` and a progress bar during the work, after 200 ms. The caller reports the result or the error. */
  async track<T>(text: string, work: Promise<T>): Promise<T> {
    const turn = ++this.turn;
    const timer = setTimeout(() => {
      if (turn !== this.turn) return;
      this.dataset.kind = "";
      fill(this, h("progress", { "aria-label": text }), text);
    }, PATIENCE);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
      if (turn === this.turn) fill(this);
    }
  }
}
customElements.define("task-status", TaskStatus);
