// <compare-view>: two inputs side by side, and whether their keys agree.
import type { Finding } from "pallycon-drm/inspect";
import { fill, h } from "../shared/dom.js";
import { keyIdForms } from "../shared/key-id.js";
import type { TaskStatus } from "../shared/task-status.js";
import "../shared/task-status.js";
import { compare, type Comparison, type Row } from "./comparison.js";
import type { InputBox } from "./input-box.js";
import "./input-box.js";
import { titleOf } from "./kinds.js";
import { ask } from "./reader.js";
import { samplePair } from "./samples.js";
import type { Input } from "./tools.js";

export class CompareView extends HTMLElement {
  private readonly first = h("input-box", { label: "First", rows: "6" }) as InputBox;
  private readonly second = h("input-box", { label: "Second", rows: "6" }) as InputBox;
  private readonly status = h("task-status") as TaskStatus;
  private readonly result = h("div", { class: "result" });
  private turn = 0;

  connectedCallback(): void {
    if (this.firstChild) return;
    this.append(
      h(
        "p",
        { class: "lead" },
        "Do an MPD and its init segment, two PSSH boxes, or a playlist and a CPIX document name the same keys?",
      ),
      h(
        "div",
        { class: "columns" },
        h("div", { class: "panel" }, this.first),
        h("div", { class: "panel" }, this.second),
      ),
      this.status,
      this.result,
    );
    this.addEventListener("given", () => void this.update());
    this.empty();
  }

  get inputs(): { a: Input; b: Input } {
    return { a: this.first.input, b: this.second.input };
  }

  give(a: Input | undefined, b: Input | undefined): void {
    if (a !== undefined) this.first.give(a);
    if (b !== undefined) this.second.give(b);
  }

  private empty(): void {
    fill(
      this.result,
      h(
        "div",
        { class: "empty" },
        h("p", {}, "Fill both fields to compare their key ids."),
        h(
          "button",
          {
            type: "button",
            onclick: () => {
              const [a, b] = samplePair();
              this.give(a, b);
            },
          },
          "Try it with an MPD and a PSSH box",
        ),
      ),
    );
  }

  private async update(): Promise<void> {
    const turn = ++this.turn;
    const { a, b } = this.inputs;
    if (a.length === 0 || b.length === 0) return this.empty();
    try {
      const [first, second] = await this.status.track("Reading…", Promise.all([ask("inspect", a), ask("inspect", b)]));
      if (turn === this.turn) this.show(first, second, compare(first, second));
    } catch (error) {
      if (turn === this.turn)
        fill(this.result, h("div", { class: "notice", "data-kind": "error" }, (error as Error).message));
    }
  }

  private show(first: Finding, second: Finding, { verdict, rows, facts }: Comparison): void {
    const unknown = [first, second].map(
      ({ kind }, at) =>
        kind === "unknown" &&
        h(
          "div",
          { class: "notice", "data-kind": "warning" },
          `The ${at === 0 ? "first" : "second"} is in no format that this page knows.`,
        ),
    );
    const [a, b] = [titleOf(first), titleOf(second)];
    const head = (name: string) =>
      h(
        "thead",
        {},
        h("tr", {}, h("th", { scope: "col" }, name), h("th", { scope: "col" }, a), h("th", { scope: "col" }, b)),
      );
    fill(
      this.result,
      ...unknown,
      h(
        "div",
        { class: "notice", "data-kind": verdict.kind, role: "status" },
        h("strong", {}, verdict.message),
        verdict.hint && h("p", {}, verdict.hint),
      ),
      rows.length > 0 &&
        h(
          "div",
          { class: "panel scrolls", tabindex: "0", role: "region", "aria-label": "Key ids" },
          h("table", {}, head("Key id"), h("tbody", {}, ...rows.slice(0, 500).map(keyRow))),
        ),
      facts.length > 0 &&
        h(
          "div",
          { class: "panel scrolls", tabindex: "0", role: "region", "aria-label": "Other fields" },
          h(
            "table",
            {},
            head("Also"),
            h(
              "tbody",
              {},
              ...facts.map((fact) =>
                h(
                  "tr",
                  {},
                  h(
                    "th",
                    { scope: "row" },
                    fact.name,
                    " ",
                    fact.agree === false && h("span", { class: "tag", "data-kind": "warning" }, "differs"),
                  ),
                  h("td", {}, fact.a.join(", ") || "–"),
                  h("td", {}, fact.b.join(", ") || "–"),
                ),
              ),
            ),
          ),
        ),
    );
  }
}
customElements.define("compare-view", CompareView);

function keyRow({ id, a, b, label, turned }: Row): HTMLElement {
  const cell = (is: boolean) =>
    h("td", {}, h("span", { class: "tag", "data-kind": is ? "good" : "error" }, is ? "yes" : "no"));
  return h(
    "tr",
    {},
    h(
      "th",
      { scope: "row" },
      h("span", { class: "mono" }, id.length === 32 ? keyIdForms(id).uuid : id),
      label && h("span", { class: "quiet small" }, ` ${label}`),
      turned && h("span", { class: "tag", "data-kind": "warning" }, "byte order reversed"),
    ),
    cell(a),
    cell(b),
  );
}
