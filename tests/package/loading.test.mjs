// Builds and file tracers find the wasm of an installed package; otherwise the error says so.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { after, before, test } from "node:test";
import { nodeFileTrace } from "@vercel/nft";
import { build } from "esbuild";
import ts from "typescript";
import { installPacked, runIn } from "./install.mjs";

// A Widevine box of version 0 that names one key: tests/package/package.test.mjs draws it.
const KEY = "000102030405060708090a0b0c0d0e0f";
const BOX = `0000003270737368${"00000000"}edef8ba979d64acea3c827dcd51d21ed000000121210${KEY}`;

let user;
let manifest;
let elsewhere;
before(() => {
  user = installPacked();
  manifest = JSON.parse(readFileSync(join(user.installed, "package.json"), "utf8"));
  elsewhere = mkdtempSync(join(tmpdir(), "pallycon-drm-bundle-"));
});
after(() => {
  user?.remove();
  if (elsewhere) rmSync(elsewhere, { recursive: true, force: true });
});

/** Bundles `code` into one file in an empty folder. @returns {Promise<string>} its path */
async function bundled(name, code, options = {}) {
  const outfile = join(elsewhere, name);
  await build({
    stdin: { contents: code, resolveDir: user.project },
    bundle: true,
    outfile,
    logLevel: "error",
    logOverride: { "empty-import-meta": "silent" },
    ...options,
  });
  return outfile;
}
const run = (file) => execFileSync(process.execPath, [file], { encoding: "utf8" }).trim();

/** Entry → the files of wasm that it reads. */
const WASM = { ".": ["player"], "./inspect": ["inspect"], "./media": ["media", "player"] };
const NEEDS_PLAYER = ["./shaka", "./hls", "./dash", "./rx-player", "./videojs", "./inline", "./inline-media"];

test("file tracers see the wasm of every entry, and of the command", async () => {
  const names = Object.keys(manifest.exports).filter(
    (name) => manifest.exports[name].default?.endsWith(".js") && !name.endsWith(".js"),
  );
  assert.ok(names.length >= 11);
  const files = Object.fromEntries(names.map((name) => [name, manifest.exports[name].default]));
  files.command = manifest.bin["pallycon-drm"];
  for (const [name, file] of Object.entries(files)) {
    const { fileList } = await nodeFileTrace([join(user.installed, file)], { base: user.project });
    const found = [...fileList].map((path) => relative("node_modules/pallycon-drm/dist", path));
    const wasm = WASM[name] ?? (NEEDS_PLAYER.includes(name) ? ["player"] : name === "command" ? ["inspect"] : []);
    for (const module of wasm) assert.ok(found.includes(`${module}.wasm`), `${name}: ${module}.wasm in ${found}`);
    if (name === "./server" || name === "command") assert.ok(found.includes("server-wasm.js"), `${name}: ${found}`);
  }
});

const TOKEN = `createLicenseToken({ siteId: "TUTO", siteKey: "x".repeat(32), accessKey: "y" }, { drmType: "ncg", contentId: "a" })
  .then((token) => console.log(token.length > 100), (error) => console.log(error.message, error.hint))`;
for (const format of ["esm", "cjs"]) {
  test(`the server entry bundled into one file (${format}) needs nothing beside it`, async () => {
    const code = `import { createLicenseToken } from "pallycon-drm/server"; ${TOKEN};`;
    const file = await bundled(`server.${format === "esm" ? "mjs" : "cjs"}`, code, { platform: "node", format });
    assert.equal(run(file), "true");
  });
}

const READ = `init().then(() => console.log(parseInitData("${BOX}").keyIds.join()), (error) => console.log(error.code, error.message, error.hint))`;
test("the inline entry needs no file, even in one script without modules, and passes its wasm to the adapters' core", async () => {
  const direct = `import { init, parseInitData } from "pallycon-drm/inline"; ${READ};`;
  const beside = `import "pallycon-drm/inline"; import { init, parseInitData } from "pallycon-drm"; import { attachShaka } from "pallycon-drm/shaka";
    globalThis.attach = attachShaka; ${READ};`;
  for (const code of [direct, beside])
    for (const format of ["esm", "iife"]) {
      const file = await bundled(format === "esm" ? "inline.mjs" : "inline.cjs", code, { format });
      assert.equal(run(file), KEY, `${format}: ${code}`);
    }
});

test("without it, a bundle without the .wasm next to it names the missing file", async () => {
  const code = `import { init, parseInitData } from "pallycon-drm"; ${READ};`;
  const esm = run(await bundled("lost.mjs", code, { format: "esm" }));
  assert.match(esm, /wasm-unreachable file:.*\/player\.wasm could not be read\. .*pallycon-drm\/inline/);
  assert.doesNotMatch(esm, /connect-src/);
  const iife = run(await bundled("lost.cjs", code, { format: "iife" }));
  assert.match(
    iife,
    /wasm-unreachable The location of player\.wasm is unknown in this bundle\. .*pallycon-drm\/inline/,
  );
});

test("Angular's builder, which sets the condition es2015 and copies no assets, gets the inline entries", async () => {
  const code = `import { init, parseInitData } from "pallycon-drm"; import { attachMedia } from "pallycon-drm/media"; globalThis.attach = attachMedia; ${READ};`;
  const conditions = ["es2020", "es2015", "module"];
  const file = await bundled("angular.mjs", code, { format: "esm", conditions });
  assert.equal(run(file), KEY);
  // The beginning of a module, in hex: player.wasm and media.wasm.
  assert.equal(readFileSync(file, "utf8").split('"0061736d01000000').length - 1, 2);
});

test("node10 resolution, and import maps with a prefix, find a file in the package's root", () => {
  const host = ts.createCompilerHost({});
  for (const [name, { types, default: script }] of Object.entries(manifest.exports)) {
    if (!/^\.\/[\w-]+\.js$/.test(name) || name.includes("global")) continue;
    const options = { moduleResolution: ts.ModuleResolutionKind.Node10, module: ts.ModuleKind.CommonJS };
    const { resolvedModule } = ts.resolveModuleName(
      `pallycon-drm${name.slice(1, -3)}`,
      join(user.project, "app.ts"),
      options,
      host,
    );
    assert.ok(resolvedModule, name);
    const declared = readFileSync(join(user.installed, name.replace(/js$/, "d.ts")), "utf8");
    assert.equal(declared, `export * from "${types.replace(/d\.ts$/, "js")}";\n`);
    assert.equal(readFileSync(join(user.installed, name), "utf8"), `export * from "${script}";\n`);
  }
  const file = pathToFileURL(join(user.installed, "inspect.js"));
  assert.equal(
    runIn(user.project, "root.mjs", `console.log(typeof (await import("${file}")).parseSegment);`),
    "function",
  );
});

test("types: .wasm exports, imported .wasm files, and the classic script's global", () => {
  mkdirSync(join(user.project, "types"));
  const file = join(user.project, "types/app.ts");
  writeFileSync(
    file,
    `/// <reference types="pallycon-drm/wasm" />
import type {} from "pallycon-drm/global";
import { init } from "pallycon-drm";
import { init as initServer } from "pallycon-drm/server";
import player from "pallycon-drm/player.wasm";
import server from "./server.wasm";
import edge from "./server.wasm?module";
void init(player); void initServer(server); void initServer(edge);
void window.PallyConDrm.init(); const attach: typeof PallyConDrm.attachShaka = PallyConDrm.attachShaka; void attach;
// @ts-expect-error there is no such function
void PallyConDrm.nothing;
`,
  );
  for (const [module, moduleResolution] of [
    [ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
    [ts.ModuleKind.NodeNext, ts.ModuleResolutionKind.NodeNext],
  ]) {
    writeFileSync(join(user.project, "types/package.json"), `{"type":"module"}`);
    const program = ts.createProgram([file], {
      module,
      moduleResolution,
      target: ts.ScriptTarget.ES2022,
      strict: true,
      noEmit: true,
      types: [],
    });
    const found = ts.getPreEmitDiagnostics(program).map(({ messageText, file: { fileName } = {} }) => {
      return `${fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
    assert.deepEqual(found, []);
  }
});

test("types: the server entry needs no DOM library", () => {
  const file = join(user.project, "server.ts");
  writeFileSync(
    file,
    `import { PallyConError, createLicenseToken, init, tokenHandler, type PackInfo } from "pallycon-drm/server";
export const handler = (module: object) => init(module).then(() => tokenHandler({ siteId: "TUTO", siteKey: "" }, () => ({ policy: {} })));
export const code = (error: unknown) => error instanceof PallyConError && error.code === "account-invalid";
export { createLicenseToken, type PackInfo };
`,
  );
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    strict: true,
    noEmit: true,
    typeRoots: [fileURLToPath(new URL("../../node_modules/@types", import.meta.url))],
    types: ["node"],
  });
  const read = program.getSourceFiles().map(({ fileName }) => fileName);
  assert.deepEqual(
    read.filter((name) => name.startsWith(user.installed) && /types\/(core|client|players)/.test(name)),
    [],
  );
  const found = ts.getPreEmitDiagnostics(program).filter(({ file }) => file?.fileName.startsWith(user.project));
  assert.deepEqual(
    found.map(({ messageText, file }) => `${file.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`),
    [],
  );
});

test("what can only require(), as Jest without flags, gets CommonJS; what can load an ES module gets that", () => {
  const CONDITIONS = ["es2015", "module-sync", "module", "require", "types", "default"];
  const only = createRequire(join(user.project, "only.cjs"));
  for (const [name, entry] of Object.entries(manifest.exports)) {
    if (!entry.require) continue;
    const order = Object.keys(entry);
    assert.deepEqual(
      order,
      CONDITIONS.filter((condition) => order.includes(condition)),
      name,
    );
    assert.deepEqual([entry["module-sync"].default, entry.module], [entry.default, entry.default], name);
    // As Jest's resolver does, which has no "module-sync".
    const names = Object.keys(only(join(user.installed, entry.require.default)));
    const esm = JSON.parse(
      runIn(
        user.project,
        "names.mjs",
        `console.log(JSON.stringify(Object.keys(await import("${pathToFileURL(join(user.installed, entry.default))}"))))`,
      ),
    );
    assert.deepEqual(
      esm.filter((one) => !names.includes(one)),
      [],
      name,
    );
  }
  // Each adapter has a pallyConError() of its own: hls.js has the error in networkDetails, Shaka in the error's data.
  const [{ PallyConError }, shaka, hls] = ["index", "shaka", "hls"].map((name) =>
    only(join(user.installed, `dist/commonjs/${name}.js`)),
  );
  const error = new PallyConError({ code: "aborted", phase: "license", message: "", hint: "" });
  const [ofShaka, ofHls] = [{ data: [error] }, { networkDetails: { pallyConError: error } }];
  assert.deepEqual([shaka.pallyConError(ofShaka), shaka.pallyConError(ofHls)], [error, undefined]);
  assert.deepEqual([hls.pallyConError(ofShaka), hls.pallyConError(ofHls)], [undefined, error]);
  const paths = ["index", "server"].map((name) => JSON.stringify(join(user.installed, `dist/commonjs/${name}.js`)));
  const code = `const { init, parseInitData } = require(${paths[0]}); const { createLicenseToken } = require(${paths[1]});
    ${READ}.then(() => ${TOKEN});`;
  assert.equal(runIn(user.project, "only.cjs", code), `${KEY}\ntrue`);
});

/** Runs the classic script with the given globals. @returns {Promise<string>} which URL init() asks for first */
async function classicAsks(globals, filename = "classic.js") {
  const asked = [];
  const scope = {
    URL,
    Error,
    TextEncoder,
    TextDecoder,
    WebAssembly,
    setTimeout,
    clearTimeout,
    fetch: async (url) => (asked.push(String(url)), Promise.reject(new TypeError("offline"))),
    ...globals,
  };
  const script = readFileSync(join(user.installed, "dist/pallycon-drm.global.js"), "utf8");
  await runInNewContext(`${script}\nPallyConDrm.init().catch(() => {})`, scope, { filename });
  return asked[0];
}

test("the classic script finds its wasm: beside it, by a CDN's short URL, and in a classic worker", async () => {
  const page = (src) => ({
    document: { currentScript: src && { src } },
    location: { href: "https://app.example/page" },
  });
  const { version } = manifest;
  for (const [src, expected] of [
    ["https://app.example/lib/pallycon-drm.global.js?v=1", "https://app.example/lib/player.wasm"],
    [
      "https://cdn.jsdelivr.net/npm/pallycon-drm",
      `https://cdn.jsdelivr.net/npm/pallycon-drm@${version}/dist/player.wasm`,
    ],
    ["https://unpkg.com/pallycon-drm@0.2", `https://unpkg.com/pallycon-drm@${version}/dist/player.wasm`],
    ["https://unpkg.com/pallycon-drm@latest/?x=1", `https://unpkg.com/pallycon-drm@${version}/dist/player.wasm`],
    [undefined, "https://app.example/player.wasm"],
  ])
    assert.equal(await classicAsks(page(src)), expected, src);
  // In a worker, importScripts() runs it: there is no document, and the location is the worker's.
  const worker = { location: { href: "https://app.example/worker.js" }, importScripts() {} };
  assert.equal(
    await classicAsks(worker, "https://app.example/lib/pallycon-drm.global.js"),
    "https://app.example/lib/player.wasm",
  );
});

test("without TextDecoder, as in Jest's jsdom, an import succeeds and init() says what to do", () => {
  const code = `delete globalThis.TextDecoder; delete globalThis.TextEncoder;
    const main = await import("pallycon-drm"); const inspect = await import("pallycon-drm/inspect"); await import("pallycon-drm/media");
    for (const { init } of [main, inspect]) await init().catch((error) => console.log(error.name, error.code, error.message, error.hint));`;
  const lines = runIn(user.project, "jsdom.mjs", code).split("\n");
  assert.equal(lines.length, 2);
  for (const line of lines) assert.match(line, /^PallyConError wasm-blocked Text(En|De)coder .* missing here\. .*Jest/);
});

test("the error names the file that was needed and what came instead", () => {
  const code = `import { init } from "pallycon-drm"; import { readFileSync } from "node:fs";
    const html = () => new Response("\\n<!doctype html><p>home", { headers: { "content-type": "text/html" } });
    const at = (url, response) => Object.defineProperty(response, "url", { value: url });
    for (const source of [
      new URL("./missing/player.wasm", import.meta.url),
      new URL("./node_modules/pallycon-drm/dist/media.wasm", import.meta.url),
      at("https://app.example/assets/player.wasm?token=secret", html()),
      at("https://app.example/node_modules/.vite/deps/player.wasm", html()),
      at("https://app.example/node_modules/.vite/deps/player.wasm", new Response("", { status: 404 })),
      at("https://app.example/player.wasm", new Response("", { status: 404 })),
      readFileSync("node_modules/pallycon-drm/dist/inspect.wasm"),
    ]) await init(source).catch((error) => console.log(error.message, "→", error.hint));`;
  const lines = runIn(user.project, "sources.mjs", code).split("\n");
  const expected = [
    /^file:.*\/missing\/player\.wasm could not be read\. → .*pallycon-drm\/inline/,
    /^file:.*\/media\.wasm is not the expected player\.wasm/,
    /^https:\/\/app\.example\/assets\/player\.wasm is not a \.wasm file but an HTML page\. → .*pallycon-drm\/inline/,
    /^Vite .*\/\.vite\/deps\/player\.wasm.*optimizeDeps: \{ exclude: \["pallycon-drm"\] \}/,
    /^Vite .*\/\.vite\/deps\/player\.wasm.*optimizeDeps: \{ exclude: \["pallycon-drm"\] \}/,
    /^The request for https:\/\/app\.example\/player\.wasm was answered with HTTP 404\. → .*pallycon-drm\/inline/,
    /^What init\(\) was given is not the expected player\.wasm/,
  ];
  assert.equal(lines.length, expected.length, lines.join("\n"));
  for (const [at, pattern] of expected.entries()) assert.match(lines[at], pattern);
  assert.doesNotMatch(lines.join(), /secret|connect-src/);
});
