import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../www/license-server/main.mjs", import.meta.url));

/** Runs the command; its output so far, and its exit. */
function run(t, ...options) {
  const child = spawn(process.execPath, [MAIN, ...options]);
  t.after(() => child.kill());
  const output = { out: "", error: "" };
  child.stdout.on("data", (text) => {
    output.out += text;
  });
  child.stderr.on("data", (text) => {
    output.error += text;
  });
  return { child, output, ended: once(child, "close") };
}

test("serves until it is stopped", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "demo-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "index.html"), "hello");
  const { child, output, ended } = run(t, "--port", "0", "--root", `/=${folder}`, "--catalog", join(folder, "none"));
  await once(child.stdout, "data");
  const url = output.out.trim();
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(await (await fetch(`${url}/`)).text(), "hello");
  const busy = run(t, "--port", new URL(url).port);
  assert.deepEqual(await busy.ended, [1, null]);
  assert.match(busy.output.error, /Another program uses the port/);
  child.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null]);
  assert.match(output.error, /No media catalog at/);
  assert.match(output.error, /default GET \/ 200/);
});

test("prints its options, and refuses unknown ones", async (t) => {
  const help = run(t, "--help");
  assert.deepEqual(await help.ended, [0, null]);
  assert.match(help.output.out, /--port N/);
  for (const options of [
    ["--port", "x"],
    ["--port", "70000"],
    ["--root", "demo"],
    ["--capacity", "0"],
    ["--queue", "5"],
    ["--nonsense"],
  ]) {
    const { output, ended } = run(t, ...options);
    assert.deepEqual(await ended, [1, null]);
    assert.match(output.error, /--(port|root|nonsense|capacity)|perSecond/);
  }
});
