// The scripts read the Rust version from rust-toolchain.toml, which pins one exact release.
import assert from "node:assert/strict";
import { test } from "node:test";
import { WASM_TARGET, parseToolchain, pinned } from "../../scripts/setup/rust.mjs";

test("the toolchain is one exact version with the components that the build needs", () => {
  assert.match(pinned.channel, /^\d+\.\d+\.\d+$/);
  for (const component of ["rustfmt", "clippy", "rust-src"])
    assert.ok(pinned.components.includes(component), component);
  assert.deepEqual(pinned.targets, [WASM_TARGET]);
});

test("a file without a channel is refused, with its name", () => {
  const toml = `[toolchain]\n# channel = "1.0.0"\ncomponents = []\ntargets = ["a", "b"]\n`;
  assert.deepEqual(parseToolchain(`channel = "1.2.3"\n${toml}`), {
    channel: "1.2.3",
    components: [],
    targets: ["a", "b"],
  });
  assert.throws(() => parseToolchain(toml), /has no "channel"/);
});
