// A module whose functions are named for their places does what it did.
import assert from "node:assert/strict";
import test from "node:test";
import { namedByLength } from "../../scripts/build/order.mjs";

const section = (id, ...bytes) => [id, bytes.length, ...bytes];
const text = (value) => [value.length, ...Buffer.from(value)];
const MODULE = Buffer.from([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  ...section(1, 1, 0x60, 0, 1, 0x7f), // type 0: () -> i32
  ...section(2, 1, ...text("a"), ...text("b"), 0, 0),
  ...section(3, 2, 0, 0),
  ...section(7, 1, ...text("sum"), 0, 1),
  ...section(10, 2, 7, 0, 0x10, 0, 0x10, 2, 0x6a, 0x0b, 4, 0, 0x41, 2, 0x0b), // call 0, call 2, i32.add; i32.const 2
  ...section(0, ...text("name"), 1, 4, 1, 1, ...text("x")),
]);

test("the shorter function comes first", () => {
  const named = namedByLength(MODULE);
  const [names, ...more] = WebAssembly.Module.customSections(new WebAssembly.Module(named), "name");
  assert.equal(more.length, 0);
  // Function names, 17 bytes, 2 of them: number 1 takes place 1, number 2, which is shorter, takes place 0.
  assert.deepEqual([...new Uint8Array(names)], [1, 17, 2, 1, ...text("000001"), 2, ...text("000000")]);
  assert.equal(new WebAssembly.Instance(new WebAssembly.Module(named), { a: { b: () => 40 } }).exports.sum(), 42);
});
