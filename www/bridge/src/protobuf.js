// Protobuf wire format, as far as the simulated Widevine protocol uses it: varints and length-delimited fields are
// kept, fixed-size fields are skipped.
import { concat, Reader } from "./bytes.js";

function varint(value) {
  const out = [];
  let rest = value;
  while (rest >= 128) {
    out.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...out, rest];
}

export const bytesField = (n, value) => concat(varint(n * 8 + 2), varint(value.length), value);
export const varintField = (n, value) => concat(varint(n * 8), varint(value));

function readVarint(reader) {
  let value = 0;
  // Five bytes are enough for every number that occurs here; longer ones would lose digits in a double.
  for (let i = 0, weight = 1; i < 5; i++, weight *= 128) {
    const byte = reader.u8();
    value += (byte & 127) * weight;
    if (byte < 128) return value;
  }
  throw new RangeError("a varint of more than 32 bits");
}

/**
 * @returns {Map<number, (number|Uint8Array)[]>} the values of each field, in order; RangeError if it is not protobuf
 */
export function readMessage(bytes) {
  const fields = new Map();
  const reader = new Reader(bytes);
  while (reader.left > 0) {
    const tag = readVarint(reader);
    const n = Math.floor(tag / 8);
    const wire = tag % 8;
    let value;
    if (wire === 0) value = readVarint(reader);
    else if (wire === 1) value = reader.take(8);
    else if (wire === 2) value = reader.take(readVarint(reader));
    else if (wire === 5) value = reader.take(4);
    else throw new RangeError(`wire type ${wire}`);
    if (n === 0) throw new RangeError("field number 0");
    fields.set(n, [...(fields.get(n) || []), value]);
  }
  return fields;
}

/** The only value of a field that must occur once, as bytes. */
export function onlyBytes(fields, n) {
  const values = fields.get(n) || [];
  if (values.length !== 1 || !(values[0] instanceof Uint8Array))
    throw new RangeError(`field ${n} does not occur exactly once`);
  return values[0];
}

/** The first varint of a field, or undefined. */
export function firstNumber(fields, n) {
  const [value] = fields.get(n) || [];
  return typeof value === "number" ? value : undefined;
}
