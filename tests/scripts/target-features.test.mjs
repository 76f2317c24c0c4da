// Emptying the `target_features` section changes nothing else in a module.
import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyTargetFeatures } from "../../scripts/build/target-features.mjs";

const text = (value) => [value.length, ...Buffer.from(value)];
const section = (id, ...bytes) => [id, bytes.length, ...bytes];
const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const TYPES = section(1, 1, 0x60, 0, 1, 0x7f); // () -> i32
const FUNCTIONS = section(3, 1, 0);
const EXPORTS = section(7, 1, ...text("answer"), 0, 0);
const CODE = section(10, 1, 4, 0, 0x41, 42, 0x0b); // i32.const 42
const FEATURES = section(0, ...text("target_features"), 1, 0x2b, ...text("reference-types"));
const EMPTY = section(0, ...text("target_features"), 0);
// 200 bytes: the length takes two bytes of LEB128.
const LONG = [0, 0xc8, 1, ...text("producers"), ...new Array(190).fill(7)];

test("only the list of features is removed", () => {
  const module = Buffer.from([...HEAD, ...TYPES, ...FUNCTIONS, ...EXPORTS, ...CODE, ...LONG, ...FEATURES]);
  const emptied = emptyTargetFeatures(module);
  assert.deepEqual([...emptied], [...HEAD, ...TYPES, ...FUNCTIONS, ...EXPORTS, ...CODE, ...LONG, ...EMPTY]);
  assert.equal(new WebAssembly.Instance(new WebAssembly.Module(emptied)).exports.answer(), 42);
});

test("a module without the section is unchanged", () => {
  const module = Buffer.from([...HEAD, ...TYPES, ...FUNCTIONS, ...CODE]);
  assert.deepEqual(emptyTargetFeatures(module), module);
});
