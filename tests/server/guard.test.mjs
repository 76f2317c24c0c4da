// Where the server entry may run, and what viewers must not download.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { entry, root } from "./support.mjs";

const path = (name) => fileURLToPath(new URL(name, root));
const node = (code) =>
  spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8", cwd: path(".") });

test("importing it in a browser window throws an error that says why", () => {
  const code = (globals) =>
    `Object.assign(globalThis, ${globals}); try { await import(${JSON.stringify(entry)}); console.log("imported"); } catch (error) { console.log(error.message); }`;
  assert.match(
    node(code("{ window: globalThis, document: {} }")).stdout,
    /must not run in a browser: it uses the site key/,
  );
  // Deno has had a window without a document; a worker has neither.
  assert.equal(node(code("{ window: globalThis }")).stdout.trim(), "imported");
  assert.equal(node(code("{}")).stdout.trim(), "imported");
});

test("its wasm is embedded: it is compiled once, without a file or a request", () => {
  const code = `const compiled = []; const compile = WebAssembly.compile; WebAssembly.compile = (bytes) => (compiled.push(bytes.byteLength), compile(bytes));
    globalThis.fetch = (url) => { throw new Error("fetched " + url); }; process.getBuiltinModule("node:fs").readFileSync = (path) => { throw new Error("read " + path); };
    const { createLicenseToken, init } = await import(${JSON.stringify(entry)});
    const account = { siteId: "TUTO", siteKey: "x".repeat(32), accessKey: "y" };
    const make = () => createLicenseToken(account, { drmType: "ncg", contentId: "a" });
    await Promise.all([make(), make(), init()]); await make();
    console.log(JSON.stringify(compiled));`;
  const size = statSync(path("dist/server.wasm")).size;
  // Node compiles modules of its own, too.
  assert.deepEqual(
    JSON.parse(node(code).stdout).filter((bytes) => bytes === size),
    [size],
  );
});

test("in a runtime that cannot compile bytes, the error says what to pass to init(), which accepts a module", () => {
  const code = (
    runtime,
  ) => `const module = new WebAssembly.Module((await import("node:fs")).readFileSync("dist/server.wasm")); ${runtime}
    const { createAuthData, init } = await import(${JSON.stringify(entry)});
    const make = () => createAuthData({ siteId: "TUTO", siteKey: "x".repeat(32) }, { drmType: "ncg", userId: "u", contentId: "a" });
    const first = await make().catch(({ code, message, hint }) => ({ code, message, hint }));
    await init(module); console.log(JSON.stringify([first, typeof (await make())]));`;
  for (const runtime of [
    "process.getBuiltinModule = undefined;", // Next.js edge
    // Cloudflare Workers with nodejs_compat; Node's own modules do not matter here.
    `const { instantiate } = WebAssembly; WebAssembly.instantiate = async (given, imports) => {
       if (given.length === 8) throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
       return instantiate(given, imports); };`,
  ]) {
    const { stdout, stderr } = node(code(runtime));
    assert.equal(stderr, "");
    const [first, made] = JSON.parse(stdout);
    assert.deepEqual([first.code, made], ["wasm-blocked", "string"]);
    assert.match(first.message, /runtime cannot compile WebAssembly from bytes/);
    assert.match(first.hint, /init\(\).*npx pallycon-drm wasm/);
    assert.doesNotMatch(first.hint, /Content-Security-Policy|connect-src|browser/);
  }
});

test("an instance that trapped is replaced", async () => {
  const { buildCpixRequest, kmsUrl, parseCpixRequest } = await import(entry);
  const options = { contentId: "film", systems: ["widevine"] };
  const xml = await buildCpixRequest(options);
  const cause = new WebAssembly.RuntimeError("unreachable");
  await assert.rejects(
    kmsUrl({
      get kind() {
        throw cause;
      },
    }),
    { name: "PallyConError", code: "internal", phase: "server", cause },
  );
  assert.deepEqual((await parseCpixRequest(xml)).contentId, "film");
  assert.equal((await buildCpixRequest(options)).length, xml.length);
});

/** Texts of the code that handles keys: each is in the server's module, so that its absence elsewhere is meaningful. */
const KEY_PATH = [
  "external_key",
  "enc-token",
  "policy_version",
  "allowed_track_types",
  "security_policy",
  "urn:dashif:org:cpix",
];
/** Codes of its errors, which viewers and tools do not have either. */
const CODES = ["site-key-mismatch", "token-options-invalid", "account-invalid", "cpix-options-invalid"];

test("only the server's module contains a key path", () => {
  const wasm = readdirSync(path("dist")).filter((name) => name.endsWith(".wasm"));
  assert.deepEqual(wasm.sort(), ["inspect.wasm", "media.wasm", "player.wasm", "server.wasm"]);
  for (const name of wasm) {
    const bytes = readFileSync(path(`dist/${name}`));
    for (const text of [...KEY_PATH, ...CODES])
      assert.equal(bytes.includes(text), name === "server.wasm", `${name}: ${text}`);
  }
});

test("no script but the server's names its exports or its module", () => {
  const scripts = readdirSync(path("dist")).filter(
    (name) => name.endsWith(".js") && !["server.js", "server-wasm.js", "cli.js"].includes(name),
  );
  assert.ok(scripts.includes("index.js") && scripts.includes("core.js"));
  assert.match(
    readFileSync(path("dist/server.js"), "utf8"),
    /createLicenseToken.*server\.wasm|server\.wasm.*createLicenseToken/s,
  );
  for (const name of scripts)
    assert.doesNotMatch(
      readFileSync(path(`dist/${name}`), "utf8"),
      /createLicenseToken|server\.wasm|server\.js|siteKey/,
      name,
    );
});

test("the crates of the key path are not even compiled for viewers", () => {
  const tree = (feature) =>
    execFileSync(
      "cargo",
      [
        "tree",
        "--locked",
        "--offline",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--target",
        "wasm32-unknown-unknown",
        "--features",
        feature,
      ],
      { cwd: path("."), encoding: "utf8" },
    );
  const crates = /^(aes|cbc|cipher|sha2|subtle|zeroize|serde-wasm-bindgen|quick-xml) v/m;
  assert.match(tree("server"), crates);
  for (const feature of ["player", "media", "inspect"]) assert.doesNotMatch(tree(feature), crates, feature);
});

test("the entry has types", () => {
  assert.ok(existsSync(path("dist/types/server.d.ts")));
});
