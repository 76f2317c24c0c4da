// docs/server*.md: their examples run as they stand, against a key server of independent code.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, test } from "node:test";
import { KMS_TOKEN, TUTORIAL, root, startKms } from "./support.mjs";

const page = ["server-tokens", "server-callback", "server-keys", "server-packaging", "server"].map((name) => readFileSync(new URL(`docs/${name}.md`, root), "utf8")).join("\n");
const blocks = (language) => [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => match[1]);
const folder = mkdtempSync(join(tmpdir(), "pallycon-drm-docs-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const ENV = { PATH: process.env.PATH, PALLYCON_SITE_ID: TUTORIAL.siteId, PALLYCON_SITE_KEY: TUTORIAL.siteKey, PALLYCON_ACCESS_KEY: TUTORIAL.accessKey, PALLYCON_KMS_TOKEN: KMS_TOKEN };

/** Has the vendor's key server answered by ours: the examples name the real one. */
function preload(base) {
  const file = join(folder, "preload.mjs");
  writeFileSync(file, `const real = fetch; globalThis.fetch = (url, init) => real(String(url).replace("https://kms.pallycon.com", ${JSON.stringify(base)}), init);`);
  return file;
}

async function run(command, args, env) {
  // The package's own name, as an example has it, is known inside the package.
  const child = spawn(command, args, { env: { ...ENV, ...env }, cwd: fileURLToPath(root) });
  const out = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) child[name].on("data", (chunk) => (out[name] += chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, ...out };
}

/** What each example prints, in order: an example that only seems to run is none. */
const PRINTS = [
  /^3600 true\n$/,
  /^policy-invalid \| The policy is invalid: playback_policy\.licenseDuration is not known; did you mean "license_duration"\?\n$/,
  /^200 FairPlay\n$/,
  /^\[ 'widevine', 'playready', 'fairplay' \]\n$/,
  /^405 PallyCon calls this page with POST\.\n$/,
  /drmType: 'Widevine'[\s\S]*orderId: 'order-1'/,
  /^\[ 'AUDIO', 'HD' \]\ntrue\n$/,
  /^\[ \{ id: 'keyPeriod_128', index: 128 \} \]\n$/,
  /^\[ 'key_id', 'key', 'iv', 'pssh', 'la_url' \]\n2\nCTR\nfilm-1\n$/,
];

test("every JavaScript example runs and prints what it should", async (t) => {
  const { base } = await startKms(t);
  const examples = blocks("js");
  assert.equal(examples.length, PRINTS.length);
  for (const [at, example] of examples.entries()) {
    const { code, stdout, stderr } = await run(process.execPath, ["--import", preload(base), "--input-type=module", "-e", example]);
    assert.deepEqual([code, stderr.slice(-500)], [0, ""], example);
    assert.match(stdout, PRINTS[at], example);
    for (const secret of [TUTORIAL.siteKey, TUTORIAL.accessKey, KMS_TOKEN]) assert.ok(!stdout.includes(secret));
  }
});

test("every command line runs", async (t) => {
  const { base } = await startKms(t);
  const lines = blocks("sh").flatMap((block) => block.trim().split("\n"));
  assert.ok(lines.length >= 5);
  const program = `"${process.execPath}" --import "${preload(base)}" "${fileURLToPath(new URL("dist/cli.js", root))}"`;
  for (const line of lines) {
    const { code, stdout, stderr } = await run("sh", ["-c", line.replaceAll("npx pallycon-drm", program)]);
    assert.deepEqual([code, stderr], [0, ""], line);
    assert.ok(stdout.length > 100, line);
  }
});
