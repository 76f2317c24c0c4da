// Whether two findings name the same keys. Pure.
import type { Finding } from "pallycon-drm/inspect";
import { inGuidOrder } from "../shared/key-id.js";
import { keyIdsOf } from "./findings.js";

export interface Row {
  id: string;
  a: boolean;
  b: boolean;
  label?: string /** the other side has the same bytes in GUID order */;
  turned?: string;
}
export interface Fact {
  name: string;
  a: string[];
  b: string[];
  agree: boolean | undefined;
}
export interface Comparison {
  verdict: { kind: "good" | "warning" | "error"; message: string; hint?: string };
  rows: Row[];
  facts: Fact[];
}

type Anything = Record<string, unknown>;
const listOf = (value: unknown): Anything[] => (Array.isArray(value) ? (value as Anything[]) : []);
const unique = (values: unknown[]): string[] => [
  ...new Set(values.filter((value): value is string => typeof value === "string")),
];
const countOf = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

function valuesOf({ value }: Finding): Record<string, string[]> {
  const fields = (value ?? {}) as Anything;
  const protections = [...listOf(fields.protections), ...listOf(fields.systems)];
  const nested = listOf(fields.protections).map((protection) => protection.initData as Anything | undefined);
  const boxes = [...listOf(fields.boxes), ...nested.flatMap((initData) => listOf(initData?.boxes))];
  return {
    "DRM systems": unique([...boxes, ...protections].map(({ system }) => system)).sort(),
    Scheme: unique(
      [...listOf(fields.tracks), ...protections, ...listOf(fields.contentKeys)].map(({ scheme }) => scheme),
    ),
    "Content id": unique([
      fields.contentId,
      ...nested.map((initData) => initData?.contentId),
      ...boxes.map((box) => (box.widevine as Anything | undefined)?.contentId),
    ]),
  };
}

/** Values that only one side has prove neither agreement nor difference. */
const agree = (a: string[], b: string[]): boolean | undefined =>
  a.length === 0 || b.length === 0 ? undefined : a.length === b.length && a.every((value) => b.includes(value));

export function compare(first: Finding, second: Finding): Comparison {
  const [a, b] = [keyIdsOf(first), keyIdsOf(second)];
  const [inA, inB] = [new Set(a.map(({ id }) => id)), new Set(b.map(({ id }) => id))];
  const labels = new Map([...b, ...a].filter(({ label }) => label).map(({ id, label }) => [id, label as string]));
  const rows = [...new Set([...inA, ...inB])].map((id): Row => {
    const turned = id.length === 32 ? inGuidOrder(id) : id;
    const other = inA.has(id) ? inB : inA;
    const isTurned = inA.has(id) !== inB.has(id) && turned !== id && other.has(turned);
    return {
      id,
      a: inA.has(id),
      b: inB.has(id),
      ...(labels.has(id) && { label: labels.get(id) as string }),
      ...(isTurned && { turned }),
    };
  });
  const [values, others] = [valuesOf(first), valuesOf(second)];
  const facts = Object.keys(values)
    .map(
      (name): Fact => ({
        name,
        a: values[name] ?? [],
        b: others[name] ?? [],
        agree: agree(values[name] ?? [], others[name] ?? []),
      }),
    )
    .filter((fact) => fact.a.length + fact.b.length > 0);
  return { verdict: verdictOf(rows, inA.size, inB.size), rows, facts };
}

function verdictOf(rows: Row[], a: number, b: number): Comparison["verdict"] {
  if (a === 0 && b === 0)
    return {
      kind: "warning",
      message: "Neither names a key.",
      hint: "Compare a manifest with its init segment, or with a PSSH box of the content.",
    };
  if (a === 0 || b === 0)
    return {
      kind: "warning",
      message: `Only ${a === 0 ? "the second" : "the first"} names keys.`,
      hint: "The other one does not say which keys it is for.",
    };
  const common = rows.filter((row) => row.a && row.b).length;
  if (common === rows.length) return { kind: "good", message: `The key ids agree: ${countOf(common, "key")}.` };
  if (rows.some(({ turned }) => turned))
    return {
      kind: "error",
      message: "The same key ids, but in another byte order.",
      hint: "One side has GUID order (first three groups reversed), which belongs in PlayReady headers only. Correct the packager's key ids; players and CDMs treat them as different keys.",
    };
  if (common === 0)
    return {
      kind: "error",
      message: "No key id is in both.",
      hint: "They belong to different content, or one was packaged again with other keys. A license for one does not play the other.",
    };
  const [onlyA, onlyB] = [rows.filter((row) => !row.b).length, rows.filter((row) => !row.a).length];
  const only = [
    onlyA && `${countOf(onlyA, "key id")} only in the first`,
    onlyB && `${countOf(onlyB, "key id")} only in the second`,
  ]
    .filter(Boolean)
    .join(", ");
  return {
    kind: "warning",
    message: `${countOf(common, "key id")} in both; ${only}.`,
    hint: "An init segment only names the keys of its own track, so a manifest of all tracks may name more. Players do not request a key that the manifest lacks.",
  };
}
