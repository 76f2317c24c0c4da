// Shared by the tests of the command line: `npx pallycon-drm`, as a person at a terminal uses it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after } from "node:test";
import { KMS_TOKEN, TUTORIAL, root } from "./support.mjs";

export const folder = mkdtempSync(join(tmpdir(), "pallycon-drm-cli-"));
after(() => rmSync(folder, { recursive: true, force: true }));
export const file = (name, value) => {
  writeFileSync(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));
  return join(folder, name);
};
export const ENV = {
  PALLYCON_SITE_ID: TUTORIAL.siteId,
  PALLYCON_SITE_KEY: TUTORIAL.siteKey,
  PALLYCON_ACCESS_KEY: TUTORIAL.accessKey,
  PALLYCON_KMS_TOKEN: KMS_TOKEN,
};
// A PSSH box of version 0: size 50, 'pssh', version and flags 0, Widevine's id, 18 bytes: field 2, a key id of 16
// bytes.
export const KEY_ID = "000102030405060708090a0b0c0d0e0f";
export const BOX = [
  "00000032",
  "70737368",
  "00000000",
  "edef8ba979d64acea3c827dcd51d21ed",
  "00000012",
  "1210",
  KEY_ID,
].join("");

export const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
export const program = fileURLToPath(new URL(manifest.bin["pallycon-drm"], root));

/** Runs the command; no output of any run may contain a key of the account. */
export async function cli(args, { env = ENV, input = "" } = {}) {
  const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env.PATH, ...env } });
  child.stdin.on("error", () => {}).end(input);
  const [stdout, stderr] = ["", ""].map((_, at) => {
    const chunks = [];
    child[at === 0 ? "stdout" : "stderr"].on("data", (chunk) => chunks.push(chunk));
    return chunks;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  const out = { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
  for (const secret of [TUTORIAL.siteKey, TUTORIAL.accessKey, KMS_TOKEN])
    assert.ok(!(out.stdout + out.stderr).includes(secret), "a key is shown");
  return out;
}
