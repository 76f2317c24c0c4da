// The sections of a wasm module, for what is changed in it by hand.

export const CUSTOM = 0;
export const IMPORTS = 2;
export const EXPORTS = 7;
export const CODE = 10;

/** The number at a place, in groups of seven bits, and the place behind it. */
export function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

export function encoded(value) {
  const out = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) out.push((value & 0x7f) | 0x80);
  return Buffer.from([...out, value]);
}

export function text(bytes, at) {
  const [length, start] = number(bytes, at);
  return [bytes.subarray(start, start + length).toString(), start + length];
}

export const named = (name) => Buffer.concat([encoded(Buffer.byteLength(name)), Buffer.from(name)]);

/** A section as it stands in a module. */
export const section = (id, ...parts) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([id]), encoded(body.length), body]);
};

/** The module with what `change` makes of each section: it is given the section's id, where its content begins, and all of it. */
export function rewritten(module, change) {
  const out = [module.subarray(0, 8)];
  for (let at = 8; at < module.length; ) {
    const [size, start] = number(module, at + 1);
    out.push(change(module[at], start, module.subarray(at, start + size)));
    at = start + size;
  }
  return Buffer.concat(out);
}
