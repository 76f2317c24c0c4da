// After a trap the module's memory cannot be trusted: the caller hears of it, and the next call has a new instance.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PallyConError, call, loadFull } from "../../dist/core.js";

const FROM_HEX = 35;

test("an instance that died is replaced", async () => {
  await loadFull(readFileSync(new URL("../../dist/full.wasm", import.meta.url)));
  const cause = new WebAssembly.RuntimeError("unreachable");
  // Dies while its arguments cross.
  class Fatal extends Uint8Array {
    get length() { throw cause; }
  }
  assert.throws(() => call(FROM_HEX, new Fatal(1)), (error) => error instanceof PallyConError && error.code === "internal" && error.cause === cause);
  assert.deepEqual(call(FROM_HEX, "00ff").map((part) => [...part]), [[0, 255]]);
});
