// After a trap the module's memory cannot be trusted: the caller hears of it, and the next call has a new instance.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PallyConError, call, init } from "../../dist/core.js";

test("an instance that died is replaced", async () => {
  await init(readFileSync(new URL("../../dist/player.wasm", import.meta.url)));
  const cause = new WebAssembly.RuntimeError("unreachable");
  assert.throws(() => call(() => { throw cause; }), (error) => error instanceof PallyConError && error.code === "internal" && error.cause === cause);
  assert.deepEqual([...call((core) => core.fromHex("00ff"))], [0, 255]);
});
