// `pallycon-drm inspect`: what it recognizes, and what it does not show.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { BOX, KEY_ID, cli, folder } from "./cli.mjs";
import { root, vectors } from "./support.mjs";

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
  const playlist = await cli([
    "inspect",
    `#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://Eup1PCPnvAJEdLK5dsQ76w==",KEYFORMAT="com.apple.streamingkeydelivery"`,
  ]);
  assert.match(playlist.stdout, /12ea753c23e7bc024474b2b976c43beb/);
  const segment = await cli(["inspect", fileURLToPath(new URL("www/media/demo-cbcs/video/init.mp4", root))]);
  assert.match(segment.stdout, /^segment\n[\s\S]*scheme: cbcs\n[\s\S]*pattern: 1, 9\n/);
});

test("inspect exits with 1 for unknown input and for anything that would be refused, and shows no content key", async () => {
  assert.deepEqual((await cli(["inspect", "no such thing"])).code, 1);
  const [{ token: old }] = vectors("python-pallycon.json").tokens;
  const expired = await cli(["inspect", old]);
  assert.deepEqual([expired.code, /expiresAt: 20\d\d-.* \(expired/.test(expired.stdout)], [1, true]);
  const fresh = await cli(["inspect", "-"], {
    input: (await cli(["token", "--drm", "widevine", "--content-id", "film"])).stdout,
  });
  assert.deepEqual([fresh.code, /contentId: film\n/.test(fresh.stdout)], [0, true]);
  const key = "xgjCQm5OdSC4tQ8Lgl9uUg==";
  const cpix = `<CPIX id="film"><ContentKeyList><ContentKey kid="e2b281ba-fba5-8760-cfa6-5ae6f3ddd630"><Data><Secret><PlainValue>${key}</PlainValue></Secret></Data></ContentKey></ContentKeyList></CPIX>`;
  const { code, stdout } = await cli(["inspect", "-"], { input: cpix });
  assert.deepEqual([code, stdout.startsWith("cpix\n")], [0, true]);
  for (const shown of [key, Buffer.from(key, "base64").toString("hex")]) assert.ok(!stdout.includes(shown));
});

/**
 * Control characters that a terminal obeys, and those that reverse the direction of text; \n and tabs are the CLI's
 * own.
 */
const OBEYED = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

test("no control sequence of any input reaches the terminal", async () => {
  const evil = "\u001b]52;c;cm0gLXJm\u0007\u009b31m\u001b[2J\r\u202etxt.exe\u2066\u200b\u007f\u2028";
  const error = JSON.stringify({ errorCode: "7011", message: evil });
  const skd = `skd://${evil}`;
  const playlist = `#EXTM3U\n#EXT-X-KEY:METHOD=${evil},URI="skd://${evil}",KEYFORMAT="com.apple.streamingkeydelivery"\n`;
  const license = JSON.stringify({ license: "00", [evil]: 1 });
  const inputs = [error, skd, playlist, license, `https://a.test/${evil}?${evil}=1`, evil];
  for (const input of inputs) {
    for (const more of [[], ["--json"]]) {
      for (const { stdout, stderr } of [
        await cli(["inspect", input, ...more]),
        await cli(["inspect", "-", ...more], { input }),
      ]) {
        assert.doesNotMatch(stdout + stderr, OBEYED, JSON.stringify(input));
        if (more.length > 0) JSON.parse(stdout);
      }
    }
  }
  const shown = JSON.parse((await cli(["inspect", skd, "--json"])).stdout);
  assert.equal(shown.value.fairplay.uri, skd, "JSON is the same");
  assert.match((await cli(["inspect", skd])).stdout, /uri: skd:\/\/\\u001b\]52;c;/);
  for (const args of [
    [evil],
    ["inspect", "a", evil],
    ["token", evil],
    ["token", `--${evil}`],
    ["cpix", "read", evil],
    ["cpix", "request", "--content-id", evil, "--system", "widevine"],
  ]) {
    const { stdout, stderr } = await cli(args);
    assert.doesNotMatch(stdout + stderr, OBEYED, args.join(" "));
  }
  const { stdout: xml } = await cli(["cpix", "request", "--content-id", "a\u202eb", "--system", "widevine"]);
  assert.match(xml, /a&#x202e;b/);
});

test("content keys are masked", async () => {
  const key = "W31bfVt9W31bfVt9W31bfQ==";
  const url = `https://test.playready.microsoft.com/service/rightsmanager.asmx?cfg=(kid:header,ck:${key})`;
  const header = `<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="4.0.0.0"><DATA><LA_URL>${url}</LA_URL></DATA></WRMHEADER>`;
  const wide = Buffer.from(header, "utf16le");
  const object = Buffer.concat([
    Buffer.from([
      ...new Uint8Array(new Uint32Array([wide.length + 10]).buffer),
      1,
      0,
      1,
      0,
      wide.length & 255,
      wide.length >> 8,
    ]),
    wide,
  ]);
  const secrets = [
    key,
    key.slice(0, 22),
    Buffer.from(key, "base64").toString("hex"),
    Buffer.from(key).toString("hex"),
    Buffer.from(key.slice(0, 20), "utf16le").toString("hex"),
  ];
  for (const input of [
    `#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="data:;base64,${key}"\n`,
    header,
    object.toString("base64"),
    object,
    url,
  ]) {
    for (const more of [[], ["--json"]]) {
      const { stdout } = await cli(["inspect", "-", ...more], { input });
      for (const secret of secrets) assert.ok(!stdout.includes(secret), `${secret} of ${input} in ${stdout}`);
    }
  }
  const { stdout } = await cli(["inspect", "-"], {
    input: `#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="data:;base64,${key}"\n`,
  });
  assert.match(stdout, /uri: data:;base64,…\n[\s\S]*code: content-key-exposed/);
});

test("inspect explains damage, and recognizes tokens of other services", async () => {
  const damaged = await cli(["inspect", "AAAAOHBzc2gBAAAAEHfv7MCyTQKs4zweUuL7SwAAAAEAAAAAAAAAAAAAAAAAAAAA"]);
  assert.equal(damaged.code, 1);
  assert.match(damaged.stdout, /^cenc, inside base64\n[\s\S]*message: The init data cannot be read: /);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const jwt = await cli([
    "inspect",
    `${part({ alg: "HS256", typ: "JWT" })}.${part({ iss: "sign-in", exp: 1_700_000_000 })}.AAAA`,
  ]);
  assert.equal(jwt.code, 1);
  assert.match(jwt.stdout, /^jwt\n[\s\S]*expiresAt: 2023-11-14T22:13:20.000Z \(expired\)\n[\s\S]*of another service/);
  const token = (await cli(["token", "--drm", "widevine", "--content-id", "film"])).stdout.trim();
  const url = await cli([
    "inspect",
    `https://drm-license.doverunner.com/ri/licenseManager.do?pallycon-customdata-v2=${encodeURIComponent(token)}`,
  ]);
  assert.deepEqual([url.code, /^license-url\n[\s\S]*contentId: film\n/.test(url.stdout)], [0, true], url.stdout);
  assert.ok(!url.stdout.includes(token.slice(0, 40)) && !url.stdout.includes(encodeURIComponent(token).slice(0, 40)));
});
