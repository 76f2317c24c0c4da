/**
 * The part of protobuf's wire format that the simulated Widevine and the PSSH writer need.
 *     field = tag varint (number << 3 | wire type), then wire type 0: varint; 2: length varint, bytes
 */

/** @typedef {{ number: number, varint?: number, bytes?: Buffer }} Field */

/**
 * @param {Uint8Array} input
 * @returns {Field[] | undefined} undefined if it is not protobuf of these two wire types
 */
export function readFields(input) {
  /** @type {Field[]} */
  const fields = [];
  let at = 0;
  /** @returns {number | undefined} */
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 35 && at < input.length; shift += 7) {
      const byte = input[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < input.length) {
    const tag = varint();
    const value = varint();
    if (tag === undefined || value === undefined || tag < 8) return undefined;
    const number = Math.floor(tag / 8);
    if (tag % 8 === 0) fields.push({ number, varint: value });
    else if (tag % 8 === 2 && value <= input.length - at) {
      fields.push({ number, bytes: Buffer.from(input.subarray(at, at + value)) });
      at += value;
    } else return undefined;
  }
  return fields;
}

/**
 * @param {number} number
 * @param {number} value
 */
export function varintField(number, value) {
  return Buffer.concat([varintBytes(number * 8), varintBytes(value)]);
}

/**
 * @param {number} number
 * @param {Uint8Array | string} value text is UTF-8
 */
export function bytesField(number, value) {
  const bytes = Buffer.from(value);
  return Buffer.concat([varintBytes(number * 8 + 2), varintBytes(bytes.length), bytes]);
}

/** @param {number} value */
function varintBytes(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return Buffer.from([...bytes, value]);
}
