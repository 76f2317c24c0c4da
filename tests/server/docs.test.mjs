// docs/server*.md and docs/partner-*.md: their examples run unchanged, against a key server of independent code.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, test } from "node:test";
import { KMS_TOKEN, TUTORIAL, root, startKms } from "./support.mjs";

const pages = readdirSync(new URL("docs", root))
  .filter((name) => /^(server|partner-).*\.md$/.test(name))
  .map((name) => name.replace(/\.md$/, ""));
const blocks = (page, language) =>
  [
    ...readFileSync(new URL(`docs/${page}.md`, root), "utf8").matchAll(
      new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"),
    ),
  ].map((match) => match[1]);
const folder = mkdtempSync(join(tmpdir(), "pallycon-drm-docs-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const ENV = {
  PATH: process.env.PATH,
  PALLYCON_SITE_ID: TUTORIAL.siteId,
  PALLYCON_SITE_KEY: TUTORIAL.siteKey,
  PALLYCON_ACCESS_KEY: TUTORIAL.accessKey,
  PALLYCON_KMS_TOKEN: KMS_TOKEN,
};

/** Redirects the vendor's key server to ours, and fakes Qencode's documented API: the examples use the real hosts. */
function preload(base) {
  const file = join(folder, "preload.mjs");
  writeFileSync(
    file,
    `const real = fetch;
const QENCODE = { access_token: { token: "t1" }, create_task: { task_token: "t2" }, start_encode2: { status_url: "https://api.qencode.com/v1/status" } };
globalThis.fetch = async (url, init) => {
  const call = String(url).replace("https://api.qencode.com/v1/", "");
  if (!(call in QENCODE)) return real(String(url).replace(/https:\\/\\/(kms.pallycon.com|drm-kms.doverunner.com)/, ${JSON.stringify(base)}), init);
  const query = init.body.get("query");
  if (query && !JSON.parse(query).query.format[0].cenc_drm.key_id) throw new Error("the job is not encrypted");
  return Response.json(QENCODE[call]);
};`,
  );
  return file;
}

async function run(command, args, env) {
  // The package's own name, as in the examples, resolves inside the package.
  const child = spawn(command, args, { env: { ...ENV, ...env }, cwd: fileURLToPath(root) });
  const out = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) child[name].on("data", (chunk) => (out[name] += chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, ...out };
}

/** The output of each example, by page and in order: an example must do more than run. */
const PRINTS = {
  "partner-bitmovin": [
    /^SD CBC key,kid,encryptionMode,widevine,playReady,fairPlay\nAUDIO CBC .*\nencoding\.encodings\.muxings\.fmp4\.create e1\n[\s\S]*\nencoding\.encodings\.start e1\n$/,
    /^cenc 2\nfairplay 1\n4\n$/,
  ],
  "partner-flussonic": [
    /drm pallycon keyserver=https:\/\/kms\.pallycon\.com\/v2\/cpix\/pallycon\/getKey\/… resource_id=channel-1;\n\}\nview-options-invalid\n$/,
  ],
  "partner-mediaconvert": [
    /^CENC_V1 SAMPLE_AES\n2\nview-options-invalid\nSAMPLE_AES\n- IAM, Roles: .*MediaConvert-role[\s\S]*separate outputs/,
  ],
  "partner-mediapackage": [
    /^\[ 'DashPackage' \] 0\n600\n.*must agree with the URL.*\n\{[^}]*PRESET_VIDEO_2[^}]*\}\n.*mediapackage\.amazonaws\.com.*\n$/,
  ],
  "partner-nginx-vod": [/^\[ 'pssh', 'key', 'key_id', 'iv' \] 16 2\n$/],
  "partner-qencode": [
    /^https:\/\/api\.qencode\.com\/v1\/status\n\[ 'src', 'type', 'keySystems', 'emeHeaders' \] The header is static/,
  ],
  "partner-shaka-packager": [
    /^one key: --enable_raw_key_encryption --protection_scheme --keys --pssh\ntwo keys: 2\ncbcs: .*--hls_key_uri\nperiod 7: 2\nperiod 8: 2\n$/,
  ],
  server: [],
  "server-callback": [/^405 PallyCon calls this page with POST\.\n$/, /drmType: 'Widevine'[\s\S]*orderId: 'order-1'/],
  "server-keys": [/^\[ 'AUDIO', 'HD' \]\ntrue\n$/, /^\[ \{ id: 'keyPeriod_128', index: 128 \} \]\n$/],
  "server-packaging": [/^2\ntrue\nqencode keys\n[\s\S]*\nflussonic settings\n$/],
  "server-tokens": [
    /^3600 true\n$/,
    /^policy-invalid \| The policy is invalid: playback_policy\.licenseDuration is not known; did you mean "license_duration"\?\n$/,
    /^$/,
    /^200 FairPlay\n$/,
    /^\[ 'widevine', 'playready', 'fairplay' \]\n$/,
  ],
};

test("every JavaScript example runs and prints the expected output", async (t) => {
  const { base } = await startKms(t);
  assert.deepEqual(Object.keys(PRINTS).sort(), [...pages].sort());
  for (const [page, prints] of Object.entries(PRINTS)) {
    const examples = blocks(page, "js");
    assert.equal(examples.length, prints.length, page);
    for (const [at, example] of examples.entries()) {
      const { code, stdout, stderr } = await run(process.execPath, [
        "--import",
        preload(base),
        "--input-type=module",
        "-e",
        example,
      ]);
      assert.deepEqual([code, stderr.slice(-500)], [0, ""], example);
      assert.match(stdout, prints[at], example);
      for (const secret of [TUTORIAL.siteKey, TUTORIAL.accessKey, KMS_TOKEN]) assert.ok(!stdout.includes(secret), page);
    }
  }
});

test("every command line runs", async (t) => {
  const { base } = await startKms(t);
  const program = `"${process.execPath}" --import "${preload(base)}" "${fileURLToPath(new URL("dist/cli.js", root))}"`;
  for (const page of pages.filter((name) => name === "server" || name.startsWith("partner-"))) {
    const lines = blocks(page, "sh").flatMap((block) => block.trim().split("\n"));
    assert.ok(lines.length >= 1, page);
    for (const line of lines) {
      const { code, stdout, stderr } = await run("sh", ["-c", line.replaceAll("npx pallycon-drm", program)]);
      assert.deepEqual([code, stderr], [0, ""], line);
      assert.ok(stdout.length > 100, line);
    }
  }
});
