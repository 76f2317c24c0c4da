// <field-tree>: the fields of a finding. Rows are created when they are opened; each knows its bytes. Keys as in every
// tree: up and down, left and right to close and open, Home and End, Enter to choose.
import type { FieldRange } from "pallycon-drm/inspect";
import { fill, h } from "../shared/dom.js";
import { keyOf, type Field, type Path } from "./fields.js";

/** Open from the start, unless that creates too many rows. */
const OPEN_ROWS = 120;

interface Row {
  field: Field;
  level: number;
  element: HTMLElement;
  open: boolean;
  parent: Row | undefined;
  rows: Row[];
}

export class FieldTree extends HTMLElement {
  private top: Row[] = [];
  private current: Row | undefined;
  private readonly byElement = new Map<HTMLElement, Row>();
  private readonly byPath = new Map<string, Row>();
  private readonly tree = h("div", { role: "tree", "aria-label": "Fields" });

  connectedCallback(): void {
    if (this.firstChild) return;
    this.append(this.tree);
    this.tree.addEventListener("keydown", (event) => this.key(event));
    this.tree.addEventListener("click", (event) => {
      const row = this.rowOf(event.target);
      if (!row) return;
      if ((event.target as Element).closest(".twist")) this.toggle(row, !row.open);
      this.focusOn(row);
      this.tell("choose", row);
    });
    this.tree.addEventListener("pointerover", (event) => this.tell("point", this.rowOf(event.target)));
    this.tree.addEventListener("pointerleave", () => this.tell("point", undefined));
  }

  show(fields: Field[]): void {
    this.byElement.clear();
    this.byPath.clear();
    this.current = undefined;
    fill(this.tree);
    this.top = fields.map((field) => this.make(field, 1, undefined));
    this.tree.append(...this.top.map(({ element }) => element));
    // Level by level, as long as it stays readable.
    for (let level = this.top; level.length > 0 && this.byElement.size < OPEN_ROWS; ) {
      const next: Row[] = [];
      for (const row of level) {
        if (this.byElement.size >= OPEN_ROWS) break;
        this.toggle(row, true);
        next.push(...row.rows);
      }
      level = next;
    }
    const first = this.top[0];
    if (first) this.rove(first);
  }

  /** Marks the field of a path, opens its ancestors, and scrolls to it. */
  choose(path: Path | undefined): Field | undefined {
    const row = path && this.reach(path);
    this.mark(row);
    if (row) {
      this.rove(row);
      row.element.scrollIntoView({ block: "nearest" });
    }
    return row?.field;
  }

  point(path: Path | undefined): void {
    this.tree.querySelector(".pointed")?.classList.remove("pointed");
    // A closed row represents its contents.
    for (let length = path?.length ?? 0; path && length > 0; length -= 1) {
      const row = this.byPath.get(keyOf(path.slice(0, length)));
      if (row && this.isVisible(row)) return void row.element.classList.add("pointed");
    }
  }

  private make(field: Field, level: number, parent: Row | undefined): Row {
    const element = h("div", {
      role: "treeitem",
      tabindex: "-1",
      "aria-level": level,
      "aria-selected": "false",
      "aria-expanded": field.children ? "false" : undefined,
    });
    element.style.paddingLeft = `${(level - 1) * 16 + 4}px`;
    element.append(
      h("span", { class: field.children ? "twist" : "leaf", "aria-hidden": "true" }),
      h("span", { class: "name" }, field.name),
      h("span", { class: "value mono" }, field.text ?? field.summary ?? ""),
    );
    if (field.range) element.classList.add("placed");
    const row: Row = { field, level, element, open: false, parent, rows: [] };
    this.byElement.set(element, row);
    this.byPath.set(keyOf(field.path), row);
    return row;
  }

  private toggle(row: Row, open: boolean): void {
    const { field, element } = row;
    if (!field.children || row.open === open) return;
    row.open = open;
    element.setAttribute("aria-expanded", String(open));
    if (open && row.rows.length === 0) {
      row.rows = field.children().map((child) => this.make(child, row.level + 1, row));
      // In one flat list, after its parent.
      element.after(...row.rows.map((child) => child.element));
    }
    for (const child of row.rows) this.display(child, open);
  }

  private display(row: Row, visible: boolean): void {
    row.element.hidden = !visible;
    for (const child of row.rows) this.display(child, visible && row.open);
  }

  private isVisible(row: Row): boolean {
    return !row.parent || (row.parent.open && this.isVisible(row.parent));
  }

  /** The row of a path; groups of long lists are skipped. */
  private reach(path: Path): Row | undefined {
    let rows = this.top;
    let found: Row | undefined;
    for (let guard = 0; guard < path.length * 2 + 2 && keyOf(found?.field.path ?? []) !== keyOf(path); guard += 1) {
      const next =
        rows.find(({ field }) => isPrefix(field.path, path)) ?? rows.find(({ field }) => isGroupOf(field.path, path));
      if (!next) break;
      found = next;
      if (keyOf(next.field.path) !== keyOf(path)) this.toggle(next, true);
      rows = next.rows;
    }
    return found;
  }

  private mark(row: Row | undefined): void {
    const last = this.tree.querySelector("[aria-selected='true']");
    last?.setAttribute("aria-selected", "false");
    row?.element.setAttribute("aria-selected", "true");
  }

  private rove(row: Row): void {
    this.current?.element.setAttribute("tabindex", "-1");
    this.current = row;
    row.element.setAttribute("tabindex", "0");
  }

  private focusOn(row: Row): void {
    this.rove(row);
    row.element.focus();
  }

  private rowOf(target: EventTarget | null): Row | undefined {
    const element = target instanceof Element ? target.closest<HTMLElement>("[role='treeitem']") : null;
    return element ? this.byElement.get(element) : undefined;
  }

  private tell(type: "point" | "choose", row: Row | undefined): void {
    if (type === "choose") this.mark(row);
    this.dispatchEvent(
      new CustomEvent<{ field: Field | undefined; range: FieldRange | undefined }>(type, {
        detail: { field: row?.field, range: row?.field.range },
        bubbles: true,
      }),
    );
  }

  private key(event: KeyboardEvent): void {
    const row = this.current;
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const visible = () =>
      Array.from(this.byElement.values())
        .filter((each) => this.isVisible(each))
        .sort(inDocument);
    const step = (by: number) => {
      const rows = visible();
      return rows[rows.indexOf(row) + by];
    };
    const moves: Record<string, () => Row | undefined> = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      Home: () => visible()[0],
      End: () => visible().pop(),
      ArrowRight: () => {
        if (!row.open && row.field.children) {
          this.toggle(row, true);
          return row;
        }
        return row.rows[0];
      },
      ArrowLeft: () => {
        if (row.open) {
          this.toggle(row, false);
          return row;
        }
        return row.parent;
      },
    };
    const move = moves[event.key];
    if (!move && event.key !== "Enter" && event.key !== " ") return;
    const next = move ? move() : row;
    // At its ends a remote's arrows leave it.
    if (!next) return;
    event.preventDefault();
    this.focusOn(next);
    this.tell(move ? "point" : "choose", next);
  }
}
customElements.define("field-tree", FieldTree);

const inDocument = (a: Row, b: Row): number =>
  a.element.compareDocumentPosition(b.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;

const isPrefix = (path: Path, of: Path): boolean =>
  path.length <= of.length && path.every((step, at) => step === of[at]);

/** `from–to`, counted from 1, instead of an index. */
function isGroupOf(path: Path, of: Path): boolean {
  const [last, step] = [path[path.length - 1], of[path.length - 1]];
  const bounds = typeof last === "string" ? /^(\d+)–(\d+)$/.exec(last) : null;
  return (
    !!bounds &&
    typeof step === "number" &&
    isPrefix(path.slice(0, -1), of) &&
    step >= Number(bounds[1]) - 1 &&
    step < Number(bounds[2])
  );
}
