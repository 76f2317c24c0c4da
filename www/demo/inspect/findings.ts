// What a finding has besides its fields: warnings with hints, and key ids. Pure.
import type { Finding } from "pallycon-drm/inspect";

export interface Warning {
  kind: "warning" | "error";
  message: string;
  hint?: string;
  code?: string;
  line?: number;
  offset?: number;
}

type Anything = Record<string, unknown>;
type Said = { message: string; hint?: string; code?: string; line?: number; offset?: number };

const listOf = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);
const asWarning =
  (kind: Warning["kind"]) =>
  ({ message, hint, code, line, offset }: Said): Warning => ({
    kind,
    message,
    ...(hint && { hint }),
    ...(code && { code }),
    ...(line !== undefined && { line }),
    ...(offset !== undefined && { offset }),
  });

/** Its defects, most serious first. */
export function warningsOf({ kind, value }: Finding): Warning[] {
  const fields = (value ?? {}) as Anything;
  const out: Warning[] = [];
  if (fields.error) out.push(asWarning("error")(fields.error as Said));
  if (kind === "error" && typeof fields.message === "string") out.push(asWarning("error")(fields as unknown as Said));
  for (const box of listOf<{ payloadError?: string; offset?: number; system?: string }>(fields.boxes)) {
    if (box.payloadError)
      out.push({
        kind: "warning",
        message: `The data of the ${box.system ?? ""} box cannot be read: ${box.payloadError}`,
        hint: "Package the content again: the box itself is valid, but its contents are damaged.",
        ...(box.offset !== undefined && { offset: box.offset }),
      });
  }
  const { expiresAt } = fields;
  if (expiresAt instanceof Date && expiresAt.getTime() < Date.now() && kind !== "jwt") {
    out.push({
      kind: "warning",
      message: `Expired at ${expiresAt.toISOString()} by this device's clock, if the site's tokens live for 600 s.`,
      hint: "Make a token for each license request; it need not live longer.",
    });
  }
  out.push(
    ...listOf<Said>(fields.problems).map(asWarning("warning")),
    ...listOf<Said>(fields.warnings).map(asWarning("warning")),
  );
  const token = fields.token as Anything | undefined;
  if (token) out.push(...warningsOf({ kind: "license-token", value: token }));
  return out;
}

/** Every key id that it names, in order, without repetitions; for tracks, with their descriptions. */
export function keyIdsOf({ kind, value }: Finding): { id: string; label?: string }[] {
  const fields = (value ?? {}) as Anything;
  const labels = new Map<string, string>();
  for (const track of listOf<{ defaultKeyId?: string; type?: string; trackId: number }>(fields.tracks)) {
    if (track.defaultKeyId)
      labels.set(
        track.defaultKeyId,
        [...new Set([labels.get(track.defaultKeyId), `${track.type ?? "track"} (track ${track.trackId})`])]
          .filter(Boolean)
          .join(", "),
      );
  }
  const ids = listOf<string>(fields.keyIds).slice();
  for (const key of listOf<{ keyId?: string; trackType?: string }>(fields.contentKeys)) {
    if (!key.keyId) continue;
    ids.push(key.keyId);
    if (key.trackType) labels.set(key.keyId, key.trackType);
  }
  for (const header of listOf<{ keys?: { keyId: string }[] }>(fields.headersInside))
    ids.push(...listOf<{ keyId: string }>(header.keys).map(({ keyId }) => keyId));
  if (kind === "key-id" && typeof fields.keyId === "string") ids.push(fields.keyId);
  if (kind === "pieces")
    for (const piece of listOf<Finding>(fields.pieces)) ids.push(...keyIdsOf(piece).map(({ id }) => id));
  return [...new Set(ids)].map((id) => ({ id, ...(labels.has(id) && { label: labels.get(id) as string }) }));
}
