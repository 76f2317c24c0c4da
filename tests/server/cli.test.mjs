// The command line, as a person at a terminal meets it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, test } from "node:test";
import { parseCpixRequest } from "../../dist/server.js";
import { KMS_TOKEN, TUTORIAL, root, startKms, vectors } from "./support.mjs";

const folder = mkdtempSync(join(tmpdir(), "pallycon-drm-cli-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name, value) => {
  writeFileSync(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));
  return join(folder, name);
};
const ENV = { PALLYCON_SITE_ID: TUTORIAL.siteId, PALLYCON_SITE_KEY: TUTORIAL.siteKey, PALLYCON_ACCESS_KEY: TUTORIAL.accessKey, PALLYCON_KMS_TOKEN: KMS_TOKEN };
const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const program = fileURLToPath(new URL(manifest.bin["pallycon-drm"], root));

/** Runs the command; no output of any run may hold a key of the account. */
async function cli(args, { env = ENV, input = "" } = {}) {
  const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env.PATH, ...env } });
  child.stdin.on("error", () => {}).end(input);
  const [stdout, stderr] = ["", ""].map((_, at) => {
    const chunks = [];
    child[at === 0 ? "stdout" : "stderr"].on("data", (chunk) => chunks.push(chunk));
    return chunks;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  const out = { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
  for (const secret of [TUTORIAL.siteKey, TUTORIAL.accessKey, KMS_TOKEN]) assert.ok(!(out.stdout + out.stderr).includes(secret), "a key is shown");
  return out;
}

test("help, version, and what is wrong usage", async () => {
  const help = await cli(["--help"]);
  assert.equal(help.code, 0);
  for (const word of ["inspect", "token", "cpix", "Exit codes"]) assert.match(help.stdout, new RegExp(word));
  for (const command of ["inspect", "token", "cpix"]) {
    for (const args of [[command, "--help"], ["help", command]]) {
      const { code, stdout } = await cli(args);
      assert.deepEqual([code, stdout.startsWith(`pallycon-drm ${command}`)], [0, true]);
    }
  }
  assert.deepEqual(await cli(["--version"]), { code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  for (const [args, message] of [
    [[], /pallycon-drm: PallyCon/],
    [["tokn"], /no command "tokn"/],
    [["__proto__"], /no command/],
    [["token", "--drm", "widevine"], /--content-id are needed/],
    [["token", "--dmr", "widevine"], /Unknown option '--dmr'/],
    [["token", "close"], /does not know "close"/],
    [["token", "open"], /takes one token/],
    [["token", "--callback", "--drm", "ncg", "--content-id", "a"], /needs --user-id/],
    [["token", "--drm", "ncg", "--content-id", "a", "--policy", join(folder, "absent")], /there is no file/],
    [["token", "--drm", "ncg", "--content-id", "a", "--policy", file("broken.json", "{secret")], /is not JSON\./],
    [["inspect"], /takes one file, text, or -/],
    [["inspect", "a", "b"], /takes one file, text, or -/],
    [["cpix"], /needs request, keys or read/],
    [["cpix", "request", "--content-id", "a"], /--system are needed/],
    [["cpix", "request", "--content-id", "a", "--system", "widevine", "--period", "x"], /not the index of a key period/],
    [["cpix", "read"], /takes a file/],
    [["cpix", "keys", "extra"], /does not take "extra"/],
  ]) {
    const { code, stdout, stderr } = await cli(args);
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\{secret|at .*\.js/);
  }
});

test("keys are never taken from arguments, and missing ones are named", async () => {
  for (const arg of ["--site-key", "--access-key=hunter2hunter2", "--kms-token", "-sitekey=hunter2hunter2"]) {
    const { code, stderr } = await cli(["token", "--drm", "ncg", "--content-id", "a", arg, "hunter2hunter2"]);
    assert.equal(code, 2);
    assert.match(stderr, /not taken from the command line/);
    assert.doesNotMatch(stderr, /hunter2/);
  }
  for (const name of ["PALLYCON_SITE_ID", "PALLYCON_SITE_KEY"]) {
    const { code, stderr } = await cli(["token", "--drm", "ncg", "--content-id", "a"], { env: { ...ENV, [name]: "" } });
    assert.deepEqual([code, stderr.includes(name)], [2, true]);
  }
  const { code, stderr } = await cli(["cpix", "keys", "--content-id", "a", "--system", "widevine"], { env: {} });
  assert.deepEqual([code, stderr.includes("PALLYCON_KMS_TOKEN")], [2, true]);
});

test("a token goes both ways, by environment and by file", async () => {
  const policy = file("policy.json", { playback_policy: { license_duration: 60 } });
  const made = await cli(["token", "--drm", "widevine", "--content-id", "film", "--user-id", "u", "--policy", policy, "--key-rotation"]);
  assert.deepEqual([made.code, made.stderr], [0, ""]);
  const token = made.stdout.trim();
  const account = file("account.json", TUTORIAL);
  const opened = await cli(["token", "open", token, "--account", account, "--json"], { env: {} });
  assert.equal(opened.code, 0);
  const { timestamp, ...rest } = JSON.parse(opened.stdout);
  assert.ok(Date.parse(timestamp) <= Date.now());
  assert.deepEqual(rest, { drmType: "Widevine", siteId: "TUTO", userId: "u", contentId: "film", policy: { policy_version: 2, playback_policy: { license_duration: 60 } }, keyRotation: true });
  const text = await cli(["token", "open", "-"], { input: `${token}\n` });
  assert.match(text.stdout, /contentId: film\n/);
  assert.match(text.stdout, /s ago: valid by default/);
  const fromFile = await cli(["token", "open", file("token.txt", token)]);
  assert.equal(fromFile.code, 0);
  const json = await cli(["token", "--drm", "ncg", "--content-id", "film", "--policy", "-", "--json"], { input: "{}" });
  assert.match(JSON.parse(json.stdout).token, /^[A-Za-z0-9+/]+=*$/);
  const [{ token: old }] = vectors("python-pallycon.json").tokens;
  assert.match((await cli(["token", "open", old])).stdout, /s ago: expired/);
});

test("auth data goes both ways", async () => {
  const made = await cli(["token", "--callback", "--drm", "ncg", "--content-id", "film", "--user-id", "u", "--order-id", "o"]);
  const opened = await cli(["token", "open", made.stdout.trim(), "--json"]);
  assert.deepEqual(JSON.parse(opened.stdout), { drmType: "NCG", siteId: "TUTO", userId: "u", contentId: "film", orderId: "o" });
});

test("what is refused exits with 1, says why and what to do", async () => {
  const policy = file("wrong.json", { playback_policy: { licenceDuration: 60 } });
  const args = ["token", "--drm", "widevine", "--content-id", "film", "--policy", policy];
  const { code, stdout, stderr } = await cli(args);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /licenceDuration is not known; did you mean "license_duration"\?\n.+\n$/);
  const json = await cli([...args, "--json"]);
  assert.equal(json.code, 1);
  assert.equal(JSON.parse(json.stdout).error.code, "policy-invalid");
  const [{ token }] = vectors("python-pallycon.json").tokens;
  const changed = await cli(["token", "open", token, "--json"], { env: { ...ENV, PALLYCON_ACCESS_KEY: "another-access-key" } });
  assert.deepEqual([changed.code, JSON.parse(changed.stdout).error.code], [1, "token-hash-mismatch"]);
});

test("cpix: a request, keys from a key server, and what a packager wants", async (t) => {
  const { base } = await startKms(t);
  const common = ["--content-id", "film", "--system", "widevine", "--system", "playready", "--track", "AUDIO", "--track", "HD"];
  const request = await cli(["cpix", "request", ...common, "--hardware-drm"]);
  const { systems, tracks } = await parseCpixRequest(request.stdout);
  assert.deepEqual([systems, tracks.map(({ type }) => type)], [["widevine", "playready"], ["AUDIO", "HD"]]);
  const keys = await cli(["cpix", "keys", ...common, "--base", base]);
  assert.equal(keys.code, 0, keys.stderr);
  const pack = JSON.parse(keys.stdout);
  assert.deepEqual(pack.content_key_list.map((key) => key.track_type), ["AUDIO", "HD"]);
  const packager = await cli(["cpix", "keys", ...common, "--base", base, "--view", "shaka-packager"]);
  assert.match(packager.stdout, /^--enable_raw_key_encryption --protection_scheme cenc --keys label=AUDIO:key_id=\w{32}:key=\w{32},label=HD:key_id=\w{32}:key=\w{32} --pssh \w+\n$/);
  const qencode = await cli(["cpix", "keys", ...common, "--base", base, "--view", "qencode", "--view-track", "HD", "--license-url", "https://l.example/"]);
  assert.deepEqual([JSON.parse(qencode.stdout).key_id, JSON.parse(qencode.stdout).la_url], [pack.content_key_list[1].key_id_hex, "https://l.example/"]);
  for (const view of ["nginx-vod", "bitmovin"]) assert.equal((await cli(["cpix", "keys", ...common, "--base", base, "--view", view, "--view-track", "HD"])).code, 0);
  const ateme = await cli(["cpix", "keys", "--kind", "ateme", "--format", "hls", "--content-id", "film", "--base", base]);
  assert.match(JSON.parse(ateme.stdout).content_key_list[0].fairplay.key_uri, /^skd:/);
  const several = await cli(["cpix", "keys", ...common, "--base", base, "--kind", "v1"]);
  assert.deepEqual([several.code, /only one key/.test(several.stderr)], [1, true]);
  const refused = await cli(["cpix", "keys", ...common, "--base", base], { env: { PALLYCON_KMS_TOKEN: "nobody-knows-this-token" } });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /key server refused: .*7016/);
  assert.doesNotMatch(refused.stderr, /nobody-knows/);
  const wrong = await cli(["cpix", "keys", ...common, "--base", base, "--view", "wowza"]);
  assert.equal(wrong.code, 2);
});

test("cpix read: an answer, a request, and what is neither", async () => {
  const kid = "e2b281ba-fba5-8760-cfa6-5ae6f3ddd630";
  const answer = `<CPIX id="film"><ContentKeyList><ContentKey kid="${kid}"><Data><Secret><PlainValue>xgjCQm5OdSC4tQ8Lgl9uUg==</PlainValue></Secret></Data></ContentKey></ContentKeyList></CPIX>`;
  const read = await cli(["cpix", "read", file("answer.xml", answer)]);
  assert.equal(JSON.parse(read.stdout).content_key_list[0].key_id_hex, kid.replaceAll("-", ""));
  const request = await cli(["cpix", "read", "-"], { input: answer.replace(/<Data>.*<\/Data>/, "") });
  assert.deepEqual(JSON.parse(request.stdout).keyIds, [kid]);
  const viewed = await cli(["cpix", "read", "-", "--view", "qencode"], { input: answer.replace(/<Data>.*<\/Data>/, "") });
  assert.deepEqual([viewed.code, /no key for/.test(viewed.stderr)], [1, true]);
  const page = await cli(["cpix", "read", "-"], { input: "<html>" });
  assert.deepEqual([page.code, /web page/.test(page.stderr)], [1, true]);
});

// A PSSH box of version 0: size 50, 'pssh', version and flags 0, Widevine's id, 18 bytes: field 2, a key id of 16 bytes.
const KEY_ID = "000102030405060708090a0b0c0d0e0f";
const BOX = ["00000032", "70737368", "00000000", "edef8ba979d64acea3c827dcd51d21ed", "00000012", "1210", KEY_ID].join("");

test("inspect: a text, a file, stdin; as text and as JSON", async () => {
  const text = await cli(["inspect", BOX]);
  assert.equal(text.code, 0);
  assert.match(text.stdout, /^cenc, inside hex\n/);
  assert.match(text.stdout, new RegExp(`\n  keyIds: ${KEY_ID}\n`));
  const bytes = join(folder, "box.bin");
  writeFileSync(bytes, Buffer.from(BOX, "hex"));
  for (const args of [[bytes], ["-"]]) {
    const { code, stdout } = await cli(["inspect", ...args, "--json"], { input: Buffer.from(BOX, "hex") });
    const { kind, value } = JSON.parse(stdout);
    assert.deepEqual([code, kind, value.keyIds, value.boxes[0].data], [0, "cenc", [KEY_ID], `1210${KEY_ID}`]);
  }
  const playlist = await cli(["inspect", `#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://Eup1PCPnvAJEdLK5dsQ76w==",KEYFORMAT="com.apple.streamingkeydelivery"`]);
  assert.match(playlist.stdout, /12ea753c23e7bc024474b2b976c43beb/);
  const segment = await cli(["inspect", fileURLToPath(new URL("www/media/demo-cbcs/video/init.mp4", root))]);
  assert.match(segment.stdout, /^segment\n[\s\S]*scheme: cbcs\n[\s\S]*pattern: 1, 9\n/);
});

test("inspect exits with 1 for what is not known or would be refused, and shows no content key", async () => {
  assert.deepEqual((await cli(["inspect", "no such thing"])).code, 1);
  const [{ token: old }] = vectors("python-pallycon.json").tokens;
  const expired = await cli(["inspect", old]);
  assert.deepEqual([expired.code, /expiresAt: 20\d\d-.* \(over/.test(expired.stdout)], [1, true]);
  const fresh = await cli(["inspect", "-"], { input: (await cli(["token", "--drm", "widevine", "--content-id", "film"])).stdout });
  assert.deepEqual([fresh.code, /contentId: film\n/.test(fresh.stdout)], [0, true]);
  const key = "xgjCQm5OdSC4tQ8Lgl9uUg==";
  const cpix = `<CPIX id="film"><ContentKeyList><ContentKey kid="e2b281ba-fba5-8760-cfa6-5ae6f3ddd630"><Data><Secret><PlainValue>${key}</PlainValue></Secret></Data></ContentKey></ContentKeyList></CPIX>`;
  const { code, stdout } = await cli(["inspect", "-"], { input: cpix });
  assert.deepEqual([code, stdout.startsWith("cpix\n")], [0, true]);
  for (const shown of [key, Buffer.from(key, "base64").toString("hex")]) assert.ok(!stdout.includes(shown));
});
