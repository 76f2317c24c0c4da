// <finding-view>: what an input is, its defects, its key ids, and its fields next to its bytes.
import type { FieldRange, Finding } from "pallycon-drm/inspect";
import { copyButton } from "../shared/copy-button.js";
import { fill, h, type Child } from "../shared/dom.js";
import { keyIdRow } from "../shared/key-id-row.js";
import type { FieldTree } from "./field-tree.js";
import "./field-tree.js";
import { fieldsOf, hexOf, textOf, valueAt, type Field, type Path } from "./fields.js";
import { keyIdsOf, warningsOf, type Warning } from "./findings.js";
import type { HexView } from "./hex-view.js";
import "./hex-view.js";
import { titleOf } from "./kinds.js";
import type { Input, Shown } from "./tools.js";

/** Further warnings are one click away. */
const SHOWN_WARNINGS = 5;
const SHOWN_KEYS = 3;
/** Fields whose source can be inspected on its own. */
const OPENS = new Set([
  "initData",
  "playreadyObject",
  "psshBase64",
  "data",
  "certificate",
  "contentIdBytes",
  "uri",
  "xml",
]);

export class FindingView extends HTMLElement {
  private finding: Shown | undefined;
  private readonly summary = h("section", { class: "panel summary", "aria-label": "What it is" });
  private readonly keys = h("section", { class: "panel keys", "aria-label": "Key ids" });
  private readonly tree = h("field-tree") as FieldTree;
  private readonly hex = h("hex-view") as HexView;
  private readonly detail = h("div", { class: "detail", "aria-live": "polite" });
  private readonly split = h(
    "div",
    { class: "columns split" },
    h("section", { class: "panel", "aria-label": "Fields" }, h("h2", {}, "Fields"), this.tree),
    h("section", { class: "panel bytes", "aria-label": "Bytes" }, h("h2", {}, "Bytes"), this.hex, this.detail),
  );

  connectedCallback(): void {
    if (this.firstChild) return;
    this.append(this.summary, this.keys, this.split);
    this.tree.addEventListener("choose", ((event: CustomEvent<{ field?: Field; range?: FieldRange }>) => {
      this.hex.choose(event.detail.range);
      this.describe(event.detail.field);
    }) as EventListener);
    this.tree.addEventListener("point", ((event: CustomEvent<{ range?: FieldRange }>) =>
      this.hex.point(event.detail.range)) as EventListener);
    this.hex.addEventListener("choose", ((event: CustomEvent<FieldRange | undefined>) =>
      this.describe(this.tree.choose(event.detail?.path))) as EventListener);
    this.hex.addEventListener("point", ((event: CustomEvent<FieldRange | undefined>) =>
      this.tree.point(event.detail?.path)) as EventListener);
    this.show(undefined);
  }

  /** `back` leads to the parent finding. */
  show(finding: Shown | undefined, back?: { title: string; finding: Shown }): void {
    this.finding = finding;
    for (const part of [this.summary, this.keys, this.split]) part.hidden = !finding;
    if (!finding) return;
    const pieces = finding.kind === "pieces" ? (finding.value as { pieces: Finding[] }).pieces : [];
    const layers = (finding.layers ?? []).map((layer) => h("span", { class: "tag" }, layer));
    const tags: Child[] = [
      ...layers,
      finding.bytes && h("span", { class: "tag" }, `${finding.bytes.length.toLocaleString("en")} bytes`),
    ];
    fill(
      this.summary,
      back &&
        h("button", { type: "button", class: "plain back", onclick: () => this.show(back.finding) }, `← ${back.title}`),
      h("h2", { tabindex: "-1" }, titleOf(finding), " ", ...tags),
      ...this.warnings(finding, warningsOf(finding)),
      pieces.length > 0 &&
        h(
          "ul",
          { class: "toolbar pieces" },
          ...pieces.map((piece, at) =>
            h(
              "li",
              {},
              h(
                "button",
                { type: "button", onclick: () => this.show(piece, { title: "All items", finding }) },
                `${at + 1}: ${titleOf(piece)}`,
              ),
            ),
          ),
        ),
    );
    if (finding.left)
      this.summary.append(
        h(
          "p",
          { class: "quiet" },
          `Only the first ${finding.left.shown.toLocaleString("en")} of ${finding.left.of.toLocaleString("en")} ${finding.left.name} are shown as fields; key ids and warnings cover all of them.`,
        ),
      );
    this.showKeys(keyIdsOf(finding));
    this.split.hidden = pieces.length > 0 || (finding.kind === "unknown" && !finding.bytes?.length);
    this.tree.show(fieldsOf(finding));
    this.hex.show(finding.bytes ?? new Uint8Array(), finding.ranges ?? []);
    this.describe(undefined);
  }

  private warnings(finding: Finding, warnings: Warning[]): HTMLElement[] {
    if (finding.kind === "unknown") {
      return [
        h(
          "div",
          { class: "notice", "data-kind": "warning" },
          h("strong", {}, "No format that this page knows."),
          h(
            "p",
            {},
            "Paste the complete input: truncated base64, or base64 with a missing character, cannot be decoded. Media segments must start with their boxes.",
          ),
        ),
      ];
    }
    const notices = warnings.map(({ kind, message, hint, code, line, offset }) => {
      const text = message.slice(0, 1).toUpperCase() + message.slice(1);
      return h(
        "div",
        { class: "notice", "data-kind": kind },
        h("strong", {}, text),
        hint && h("p", {}, hint),
        h(
          "p",
          { class: "small quiet" },
          code && h("code", {}, code),
          line !== undefined && ` line ${line}`,
          offset !== undefined &&
            finding.bytes &&
            h("button", { type: "button", class: "plain", onclick: () => this.goTo(offset) }, `Show byte ${offset}`),
        ),
      );
    });
    if (notices.length <= SHOWN_WARNINGS + 1) return notices;
    return [
      ...notices.slice(0, SHOWN_WARNINGS),
      h(
        "details",
        {},
        h("summary", {}, `${notices.length - SHOWN_WARNINGS} more`),
        ...notices.slice(SHOWN_WARNINGS, 200),
      ),
    ];
  }

  private showKeys(ids: { id: string; label?: string }[]): void {
    this.keys.hidden = ids.length === 0;
    const rows = ids.slice(0, 200).map(({ id, label }) => keyIdRow(id, label));
    const more = rows.slice(SHOWN_KEYS);
    fill(
      this.keys,
      h("h2", {}, ids.length === 1 ? "Key id" : `${ids.length} key ids`),
      h("div", { class: "key-list" }, ...rows.slice(0, SHOWN_KEYS)),
      more.length > 0 &&
        h("details", {}, h("summary", {}, `${ids.length - SHOWN_KEYS} more`), h("div", { class: "key-list" }, ...more)),
    );
  }

  private goTo(offset: number): void {
    this.hex.choose({ path: [], offset, length: 1 });
    this.hex.scrollIntoView({ block: "nearest" });
    this.hex.querySelector<HTMLElement>(".scroller")?.focus();
  }

  /** The chosen field, complete. */
  private describe(field: Field | undefined): void {
    if (!field || !this.finding)
      return fill(
        this.detail,
        h("p", { class: "quiet small" }, "Choose a field to see its bytes, or a byte to see its field."),
      );
    const value = valueAt(this.finding.value, field.path);
    // A group of a long list is not a value.
    const text =
      value === undefined
        ? (field.summary ?? "")
        : ArrayBuffer.isView(value)
          ? hexOf(value as Uint8Array)
          : (textOf(value, Infinity) ?? JSON.stringify(value, plain, 2) ?? "");
    const opens = this.inner(field.path, value, field.range);
    const isKeyId = typeof value === "string" && /^[0-9a-f]{32}$/.test(value);
    fill(
      this.detail,
      h(
        "div",
        { class: "toolbar" },
        h(
          "h3",
          { class: "mono wrap" },
          field.path.map((step) => (typeof step === "number" ? step + 1 : step)).join(" › "),
        ),
        h(
          "span",
          { class: "end quiet small" },
          field.range
            ? `${field.range.length} ${field.range.length === 1 ? "byte" : "bytes"} at ${field.range.offset}`
            : "no bytes of its own",
        ),
        copyButton(text, `Copy ${field.name}`),
        opens !== undefined &&
          h(
            "button",
            {
              type: "button",
              class: "open",
              onclick: () =>
                this.dispatchEvent(
                  new CustomEvent("open", { bubbles: true, detail: { input: opens, from: this.finding } }),
                ),
            },
            "Inspect this",
          ),
      ),
      isKeyId
        ? keyIdRow(value)
        : h(
            "pre",
            { class: "mono wrap", tabindex: "0", "aria-label": "Value" },
            text.length > 20_000 ? `${text.slice(0, 20_000)}…` : text,
          ),
    );
  }

  /** The bytes or text that a field was read from, if it can be inspected on its own. */
  private inner(path: Path, value: unknown, range: FieldRange | undefined): Input | undefined {
    if (!OPENS.has(String(path[path.length - 1]))) return undefined;
    if (ArrayBuffer.isView(value)) return (value as Uint8Array).length > 0 ? (value as Uint8Array) : undefined;
    if (typeof value === "string") return value;
    const bytes = range && this.finding?.bytes?.subarray(range.offset, range.offset + range.length);
    return bytes && new TextDecoder().decode(bytes);
  }
}
customElements.define("finding-view", FindingView);

const plain = (_: string, value: unknown): unknown => (ArrayBuffer.isView(value) ? hexOf(value as Uint8Array) : value);
