// rust-toolchain.toml pins one exact Rust, because the build uses options that can change with any other.
import assert from "node:assert/strict";
import { test } from "node:test";
import { WASM_TARGET, pinned } from "../../scripts/setup/rust.mjs";

test("the toolchain is one exact version with the components that the build needs", () => {
  assert.match(pinned.channel, /^\d+\.\d+\.\d+$/);
  for (const component of ["rustfmt", "clippy", "rust-src"])
    assert.ok(pinned.components.includes(component), component);
  assert.deepEqual(pinned.targets, [WASM_TARGET]);
});
