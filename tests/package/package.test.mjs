// The packed package contains what a user needs, and works when installed.
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { installPacked, runIn } from "./install.mjs";

let user;
let manifest;
before(() => {
  user = installPacked();
  manifest = JSON.parse(readFileSync(join(user.installed, "package.json"), "utf8"));
});
after(() => user?.remove());

/** Every file that an exports entry points to, with its conditions. */
function targets(entry, path = []) {
  if (typeof entry === "string") return [{ file: entry, path }];
  return Object.entries(entry).flatMap(([condition, inner]) => targets(inner, [...path, condition]));
}
const entries = () =>
  Object.entries(manifest.exports).filter(([name]) => name !== "./package.json" && !name.includes("*"));

// A PSSH box of version 0 with a Widevine payload that names one key:
// size 50, 'pssh', version and flags 0, Widevine's id, 18 bytes: field 2, 16 bytes.
const KEY = "000102030405060708090a0b0c0d0e0f";
const BOX = ["00000032", "70737368", "00000000", "edef8ba979d64acea3c827dcd51d21ed", "00000012", "1210", KEY].join("");

test("every entry of the exports map is in the package, types first, and no entry lacks types", () => {
  assert.ok(entries().length >= 2);
  for (const [name, entry] of entries()) {
    const files = targets(entry);
    for (const { file } of files) {
      if (file.includes("*")) continue;
      assert.ok(existsSync(join(user.installed, file)), `${name}: ${file} is not in the package`);
    }
    if (name === "./pallycon-drm.global.js") continue; // for a <script>; its types are ./global
    // TypeScript uses the first condition that matches: it would never see types after "default".
    const seen = files.filter(({ path }) => !["es2015", "module"].includes(path[0]));
    assert.equal(seen[0].path.at(-1), "types", `${name}: types come first`);
    assert.match(seen[0].file, /\.d\.(ts|mts|cts)$/);
  }
});

test("the package has its licences and its README, and no development files", () => {
  for (const file of ["package.json", "README.md", "LICENSE-MIT", "LICENSE-APACHE"])
    assert.ok(user.files.includes(file), file);
  for (const file of user.files) {
    assert.doesNotMatch(file, /^(src|js|tests|scripts|www|fuzz|target|build|\.)/, file);
    if (file.startsWith("docs/")) assert.match(file, /^docs\/(players\/)?[\w-]+\.md$/);
    assert.doesNotMatch(file, /\.(rs|toml|lock|log|tgz)$/, file);
  }
});

test("no file in it names the machine that built it", () => {
  const home = process.env.HOME ?? "/root";
  for (const file of user.files) {
    const bytes = readFileSync(join(user.installed, file)).toString("latin1");
    for (const trace of [`${home}/.cargo`, `${home}/.rustup`, process.cwd()])
      assert.ok(!bytes.includes(trace), `${file} contains ${trace}`);
  }
});

test("it has no dependencies to install, and declares its Node version and what else is optional", () => {
  assert.deepEqual(manifest.dependencies ?? {}, {});
  assert.equal(manifest.license, "MIT OR Apache-2.0");
  assert.equal(manifest.type, "module");
  // The inline entries register their wasm: a bundler must not drop them if none of their exports is used.
  for (const name of ["inline", "inline-media"])
    assert.ok(manifest.sideEffects.includes(`./dist/${name}.js`) && manifest.sideEffects.includes(`./${name}.js`));
  assert.equal(manifest.sideEffects.length, 4);
  for (const name of Object.keys(manifest.peerDependencies ?? {}))
    assert.equal(manifest.peerDependenciesMeta?.[name]?.optional, true, `${name} is optional`);
});

test("import: the package finds its wasm and reads init data", () => {
  const code = `import { init, parseInitData, PallyConError } from "pallycon-drm";
    await init(); await init();
    const { boxes, keyIds } = parseInitData("${BOX}");
    let refused; try { parseInitData("00", { strict: true, type: "cenc" }); } catch (error) { refused = error instanceof PallyConError && error.code; }
    console.log(JSON.stringify({ system: boxes[0].system, keyIds, refused }));`;
  assert.deepEqual(JSON.parse(runIn(user.project, "user.mjs", code)), {
    system: "Widevine",
    keyIds: [KEY],
    refused: "init-data-invalid",
  });
});

test("before init, a call throws an error that says so", () => {
  const code = `import { parseInitData } from "pallycon-drm"; try { parseInitData("00"); } catch (error) { console.log(error.name, error.code); }`;
  assert.equal(runIn(user.project, "early.mjs", code), "PallyConError not-initialized");
});

test("require: CommonJS gets the same module if this Node can require ES modules, else by import()", () => {
  const code = `const load = process.features.require_module ? async () => require("pallycon-drm") : () => import("pallycon-drm");
    load().then(async ({ init, parseInitData }) => { await init(); console.log(parseInitData("${BOX}").boxes[0].system); });`;
  assert.equal(runIn(user.project, "user.cjs", code), "Widevine");
});

test("each JavaScript entry loads by its name", () => {
  const names = entries()
    .filter(([name, entry]) => entry.default?.endsWith(".js") && !name.endsWith(".js"))
    .map(([name]) => name.replace(/^\./, "pallycon-drm"));
  const code = `for (const name of ${JSON.stringify(names)}) { const module = await import(name); console.log(name, Object.keys(module).length > 0); }`;
  assert.equal(runIn(user.project, "entries.mjs", code), names.map((name) => `${name} true`).join("\n"));
});

test("the package stays small", () => {
  assert.ok(user.size < 3 * 1024 * 1024, `${user.size} bytes packed`);
  for (const file of user.files) assert.ok(statSync(join(user.installed, file)).size > 0, `${file} is empty`);
});
