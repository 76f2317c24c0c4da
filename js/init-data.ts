// Init data and key ids: the core reads, this makes plain objects of what it found.
import { copy, view } from "./bytes.js";
import { PallyConError } from "./error.js";
import { Call, textOf } from "./door.js";
import { callNow } from "./load.js";
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

/** parseInitData of js/read.ts. */
export function readInitData(data: Bytes | string, type?: InitDataType, strict?: boolean): InitData {
  const input = typeof data === "string" ? callNow(Call.initDataFromText, data)[0]! : bytesOf(data);
  return cut(JSON.parse(textOf(callNow(Call.parseInitData, input, type, strict)[0])) as InitData, input);
}

function bytesOf(data: Bytes): Uint8Array {
  try {
    return view(data);
  } catch (cause) {
    throw new PallyConError({ code: "init-data-invalid", phase: "init-data", message: "It is neither a text nor bytes that can be read.", hint: "Hand over an ArrayBuffer or a view of one. The encrypted event has none where the media come from another origin without CORS (crossorigin).", cause });
  }
}

/** sameKeyId of js/read.ts. */
export function isSameKeyId(a: string | Bytes, b: string | Bytes): boolean {
  const bytes = (id: string | Bytes) => (typeof id === "string" ? callNow(Call.fromHex, id)[0] : bytesOf(id));
  const [first, second] = [bytes(a), bytes(b)];
  return !!first && !!second && callNow(Call.sameKeyId, first, second).length > 0;
}
