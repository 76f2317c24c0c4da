// parseInitData and sameKeyId: the core reads, this makes plain objects of what it found.
import { copy, view } from "./bytes.js";
import { PallyConError } from "./error.js";
import { call } from "./load.js";
import type { Bytes, InitData, InitDataType } from "./types.js";

/** Fields that the core gives as `[offset, length]` in the input. */
const SPANS = /^(data|contentIdBytes|value|groupedLicense|padding|certificate)$/;

/** Cuts the bytes that the core names by their place out of the input, all through what it found. */
export function cut<T>(found: T, input: Uint8Array): T {
  if (found && typeof found === "object") {
    const fields = found as Record<string, unknown>;
    for (const key of Object.keys(fields)) {
      const value = fields[key];
      if (SPANS.test(key) && Array.isArray(value)) fields[key] = copy(input.subarray(value[0] as number, (value[0] as number) + (value[1] as number)));
      else cut(value, input);
    }
  }
  return found;
}

/**
 * Reads EME init data, or a bare Widevine payload, PlayReady object or WRMHEADER (one box with `bare: true`).
 *
 * Text: a URI (`skd:`) or JSON is taken as such, then hex, then base64 or base64url; white space does not matter. Without
 * `type` it is detected; `webm` cannot be, so name it. With `strict` any malformed box refuses the whole, by the rules of EME
 * and Chromium; without, what can be read is read and `warnings` says what was wrong.
 *
 * Throws "init-data-invalid", and "not-initialized" before init().
 */
export function parseInitData(data: Bytes | string, options?: { type?: InitDataType; strict?: boolean } | null): InitData {
  return call((core) => {
    const input = typeof data === "string" ? core.initDataFromText(data) : bytesOf(data);
    return cut(JSON.parse(core.parseInitData(input, options?.type ?? "", !!options?.strict)) as InitData, input);
  });
}

function bytesOf(data: Bytes): Uint8Array {
  try {
    return view(data);
  } catch (cause) {
    throw new PallyConError({ code: "init-data-invalid", phase: "init-data", message: "It is neither a text nor bytes that can be read.", hint: "Hand over an ArrayBuffer or a view of one. The encrypted event has none where the media come from another origin without CORS (crossorigin).", cause });
  }
}

/** Equal, also where one is in PlayReady's GUID byte order. Dashes, case and braces do not matter in text. */
export function sameKeyId(a: string | Bytes, b: string | Bytes): boolean {
  return call((core) => {
    const bytes = (id: string | Bytes) => (typeof id === "string" ? core.fromHex(id) : bytesOf(id));
    const [first, second] = [bytes(a), bytes(b)];
    return !!first && !!second && core.sameKeyId(first, second);
  });
}
