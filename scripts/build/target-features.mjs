// Empties the `target_features` section of a wasm module.
//
// This section determines whether wasm-bindgen's glue may use reference types, which it assumes if the section is
// missing. rustc lists features here that the shipped module does not need: bulk memory, which wasm-opt lowers, and
// those of the library that rustup ships. An empty list makes wasm-bindgen keep JavaScript values in a plain array.

const CUSTOM = 0;
const HEADER = 8;
const NAME = "target_features";

/** Reads an unsigned LEB128 number. Returns the number and the offset after it. */
function readNumber(bytes, start) {
  let value = 0;
  for (let at = start, factor = 1; ; at += 1, factor *= 128) {
    value += (bytes[at] & 0x7f) * factor;
    if (bytes[at] < 0x80) return [value, at + 1];
  }
}

const EMPTY = Buffer.from([CUSTOM, NAME.length + 2, NAME.length, ...Buffer.from(NAME), 0]);

/** @param {Buffer} module @returns {Buffer} */
export function emptyTargetFeatures(module) {
  const out = [module.subarray(0, HEADER)];
  for (let at = HEADER; at < module.length; ) {
    const [size, content] = readNumber(module, at + 1);
    const end = content + size;
    const [length, name] = readNumber(module, content);
    const found = module[at] === CUSTOM && module.toString("utf8", name, name + length) === NAME;
    out.push(found ? EMPTY : module.subarray(at, end));
    at = end;
  }
  return Buffer.concat(out);
}
