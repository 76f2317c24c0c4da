// A finding's value as a tree of fields, each with its range. Pure: creates no elements.
import type { FieldRange, Finding } from "pallycon-drm/inspect";

export type Path = (string | number)[];

export interface Field {
  path: Path;
  /** the last step of the path, or the numbers of a group */
  name: string;
  /** the value, if it is a single one; absent for objects and lists */
  text?: string;
  /** a summary of an object or list, shown while it is closed */
  summary?: string;
  range?: FieldRange;
  children?: () => Field[];
}

/** Shown by the warnings above the fields. */
const ELSEWHERE = new Set(["warnings", "problems"]);
/** A longer list is split into groups, so that no list creates thousands of rows at once. */
const GROUP = 100;
/** Longer texts are cut in the tree, and complete in the detail. */
const LONG = 300;

export const keyOf = (path: Path): string => path.join("\u0000");

const isBytes = (value: unknown): value is Uint8Array => ArrayBuffer.isView(value);

export function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of Array.from(bytes)) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** A value in one line, cut if it is long. */
export function textOf(value: unknown, long = LONG): string | undefined {
  if (isBytes(value))
    return value.length === 0
      ? "no bytes"
      : `${hexOf(value.subarray(0, long / 2))}${value.length > long / 2 ? "…" : ""} (${value.length} bytes)`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.length === 0 ? "none" : undefined;
  if (typeof value === "object" && value !== null) return undefined;
  const text = String(value);
  return text.length > long ? `${text.slice(0, long)}…` : text;
}

const LABELS = ["system", "kind", "type", "keyFormat", "schemeIdUri", "keyId", "systemId", "version", "field"];

/** The summary of a closed object or list: its most characteristic field, or the number of its members. */
function summaryOf(value: unknown): string {
  if (Array.isArray(value)) return `${value.length} ${value.length === 1 ? "entry" : "entries"}`;
  const fields = value as Record<string, unknown>;
  const label = LABELS.map((name) => fields[name]).find((text) => typeof text === "string" || typeof text === "number");
  return label === undefined ? "" : String(label);
}

function field(path: Path, name: string, value: unknown, ranges: Map<string, FieldRange>): Field {
  const range = ranges.get(keyOf(path));
  const text = textOf(value);
  const common = { path, name, ...(range && { range }) };
  if (text !== undefined) return { ...common, text };
  return { ...common, summary: summaryOf(value), children: () => membersOf(path, value as object, ranges) };
}

function membersOf(path: Path, value: object, ranges: Map<string, FieldRange>): Field[] {
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.map((member, index): [number, unknown] => [index, member])
    : Object.entries(value).filter(
        ([name, member]) => member !== undefined && !(path.length === 0 && ELSEWHERE.has(name)),
      );
  const make = ([step, member]: [string | number, unknown]): Field =>
    field([...path, step], typeof step === "number" ? String(step + 1) : step, member, ranges);
  if (entries.length <= GROUP) return entries.map(make);
  const groups: Field[] = [];
  for (let from = 0; from < entries.length; from += GROUP) {
    const part = entries.slice(from, from + GROUP);
    groups.push({
      path: [...path, `${from + 1}–${from + part.length}`],
      name: `${from + 1}–${from + part.length}`,
      summary: `${part.length} entries`,
      children: () => part.map(make),
    });
  }
  return groups;
}

export function fieldsOf({ value, ranges = [] }: Finding): Field[] {
  const places = new Map(ranges.map((range): [string, FieldRange] => [keyOf(range.path), range]));
  return typeof value === "object" && value !== null ? membersOf([], value, places) : [];
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown> | undefined)?.[step], value);
}

/** The ranges by their start, to look up the field of a byte: the shortest range that contains the byte. */
export class RangeIndex {
  private readonly sorted: FieldRange[];
  /** how far any range before and at an index reaches */
  private readonly reach: number[] = [];

  constructor(ranges: FieldRange[]) {
    this.sorted = ranges.slice().sort((a, b) => a.offset - b.offset || b.length - a.length);
    let reach = 0;
    for (const { offset, length } of this.sorted) this.reach.push((reach = Math.max(reach, offset + length)));
  }

  at(byte: number): FieldRange | undefined {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sorted[middle] as FieldRange).offset <= byte) low = middle + 1;
      else high = middle;
    }
    let best: FieldRange | undefined;
    for (let at = low - 1; at >= 0 && (this.reach[at] as number) > byte; at -= 1) {
      const range = this.sorted[at] as FieldRange;
      if (range.offset + range.length > byte && (!best || range.length < best.length)) best = range;
    }
    return best;
  }

  /** The ranges that overlap a part of the bytes. */
  within(from: number, to: number): FieldRange[] {
    const found: FieldRange[] = [];
    for (let at = 0; at < this.sorted.length; at += 1) {
      const range = this.sorted[at] as FieldRange;
      if (range.offset >= to) break;
      if (range.offset + range.length > from) found.push(range);
    }
    return found;
  }
}
