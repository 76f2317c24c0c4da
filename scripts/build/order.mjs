// Functions in the order of their length, which compresses better than any other that was tried: the short ones are alike, and
// are what is called most, so that their numbers are short as well.
//
// wasm-opt can sort by name, so each gets its place for a name.
import { CODE, CUSTOM, IMPORTS, encoded, named, number, rewritten, section, text } from "./sections.mjs";

const FUNCTION_NAMES = 1;

/** The module with names by which its functions are to be sorted, and no others. */
export function namedByLength(module) {
  let imported = 0;
  const lengths = [];
  const bare = rewritten(module, (id, start, whole) => {
    let [count, at] = number(module, start);
    for (let index = 0; id === IMPORTS && index < count; index += 1) {
      // Two names and a kind: functions alone are imported, each with a number for its type.
      [, at] = number(module, text(module, text(module, at)[1])[1] + 1);
      imported += 1;
    }
    for (let index = 0; id === CODE && index < count; index += 1) {
      const [length, body] = number(module, at);
      lengths.push(length);
      at = body + length;
    }
    return id === CUSTOM && text(module, start)[0] === "name" ? Buffer.alloc(0) : whole;
  });
  const sorted = lengths.map((_, index) => index).sort((a, b) => lengths[a] - lengths[b] || a - b);
  const places = new Map(sorted.map((index, place) => [index + imported, String(place).padStart(6, "0")]));
  const names = [...places].sort(([a], [b]) => a - b).map(([index, name]) => Buffer.concat([encoded(index), named(name)]));
  return Buffer.concat([bare, section(CUSTOM, named("name"), section(FUNCTION_NAMES, encoded(names.length), ...names))]);
}
