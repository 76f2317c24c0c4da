// What crosses between JavaScript and the modules of the main entry: src/web/door.rs has the form.
import { view } from "./bytes.js";
import type { Octets } from "./types.js";

/** The core's functions, by their numbers in src/web/player.rs; from 32 on the full module has them alone (src/web/full.rs). */
export const enum Call {
  identify, licenseUrl, certificateUrl, licenseRequest, readLicense, readCertificate, retryWait,
  parseInitData = 32, initDataFromText, sameKeyId, fromHex, inspectCustomData, playreadyCdmData, keyProblem,
}

export type Part = string | Uint8Array | number | boolean | undefined;

export const utf8 = (text: string): Octets => new TextEncoder().encode(text) as Octets;
/** All of it: what begins with a byte order mark keeps that, as it does in JSON. */
export const textOf = (bytes?: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

function bytesOf(part: Part): Uint8Array {
  if (typeof part === "string") return utf8(part);
  // As the machine has it: where wasm runs, the lowest byte comes first.
  if (typeof part === "number") return view(new Float64Array([part]));
  return part instanceof Uint8Array ? part : new Uint8Array(part ? 1 : 0);
}

export function packed(parts: Part[]): Uint8Array {
  const list = parts.map(bytesOf);
  const out = new Uint8Array(list.reduce((sum, { length }) => sum + 4 + length, 0));
  let at = 0;
  for (const bytes of list) {
    new DataView(out.buffer).setUint32(at, bytes.length, true);
    out.set(bytes, at + 4);
    at += 4 + bytes.length;
  }
  return out;
}

/** The parts behind the first byte. */
export function unpacked(bytes: Uint8Array): Octets[] {
  const out: Octets[] = [];
  for (let at = 1; at < bytes.length; ) {
    const end = at + 4 + new DataView(bytes.buffer).getUint32(at, true);
    out.push(bytes.slice(at + 4, end) as Octets);
    at = end;
  }
  return out;
}
