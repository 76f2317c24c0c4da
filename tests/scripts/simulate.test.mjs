// The simulator's clients behave like the installed players.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (...path) => readFileSync(join(root, ...path), "utf8");

test("the players' sources contain the defaults that the simulator names", () => {
  const [, list] = /pub const SOURCES[^=]*= &\[\n([\s\S]*?)\n\];/.exec(read("xtask/simulate/src/client.rs"));
  const lines = list.split("\n").map((line) => JSON.parse(line.trim().replace(/^\(/, "[").replace(/\),$/, "]")));
  assert.deepEqual(new Set(lines.map(([name]) => name)), new Set(["shaka-player", "hls.js", "dashjs"]));
  for (const [name, version, file, text] of lines) {
    assert.equal(
      JSON.parse(read("node_modules", name, "package.json")).version,
      version,
      `${name}: look at its defaults again`,
    );
    assert.ok(read("node_modules", name, file).includes(text), `${name} ${file} has no ${text}`);
  }
});

test("hls.js retries license requests eight times, immediately, and has no time limit for them", () => {
  const policy = /keyLoadPolicy: \{[\s\S]*?errorRetry: \{\s*maxNumRetry: (\d+)/.exec(
    read("node_modules/hls.js/src/config.ts"),
  );
  assert.equal(policy[1], "8");
  const [request] = /private requestLicense\([\s\S]*?\n {2}\}\n/.exec(
    read("node_modules/hls.js/src/controller/eme-controller.ts"),
  );
  assert.doesNotMatch(request, /setTimeout|retryDelayMs|\.timeout\b/);
});
