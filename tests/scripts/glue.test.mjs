// A module and its glue still fit together when their names are short.
import assert from "node:assert/strict";
import test from "node:test";
import { asDoor, shortNames, withLoader } from "../../scripts/build/glue.mjs";

const NAMES = ["__wbg_first_0123456789abcdef", "__wbg_second_fedcba9876543210"];
const text = (value) => [value.length, ...Buffer.from(value)];
const section = (id, ...bytes) => [id, bytes.length, ...bytes];
const MODULE = Buffer.from([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  ...section(1, 1, 0x60, 0, 1, 0x7f), // type 0: () -> i32
  ...section(2, 2, ...NAMES.flatMap((name) => [...text("./pallycon_drm_bg.js"), ...text(name), 0, 0])),
  ...section(3, 1, 0),
  ...section(7, 1, ...text("difference"), 0, 2),
  ...section(10, 1, 7, 0, 0x10, 0, 0x10, 1, 0x6b, 0x0b), // call 0, call 1, i32.sub
]);
const GLUE = `const import0 = {
  ${NAMES[0]}: function() { return 50; },
  ${NAMES[1]}: function() { return 8; },
};
return { "./pallycon_drm_bg.js": import0 };`;

const difference = async (module, glue) => (await WebAssembly.instantiate(module, new Function(glue)())).instance.exports.difference();

test("the module finds in the glue what it imports", async () => {
  const short = shortNames(MODULE, GLUE);
  assert.equal(await difference(MODULE, GLUE), 42);
  assert.equal(await difference(short.module, short.glue), 42);
  for (const part of [short.module.toString("latin1"), short.glue]) assert.doesNotMatch(part, /__wbg|pallycon/);
});

test("a compiled module is all that the loader takes", async () => {
  const glue = withLoader(`const __wbg_get_imports = () => { ${GLUE} };
    let wasm;
    const __wbg_finalize_init = (instance) => (wasm = instance.exports);
    async function __wbg_load(module, imports) {}
    function initSync() {}
    export { initSync, __wbg_init as default };\n`);
  const { default: load } = await import(`data:text/javascript,${encodeURIComponent(glue)}`);
  assert.equal((await load({ module_or_path: new WebAssembly.Module(MODULE) })).difference(), 42);
});

test("what is exported for the glue alone is short as well, and what the package calls is not", async () => {
  const exported = Buffer.concat([
    MODULE.subarray(0, 8), Buffer.from(section(1, 1, 0x60, 0, 1, 0x7f)), Buffer.from(section(3, 2, 0, 0)),
    Buffer.from(section(7, 2, ...text("__wbindgen_free"), 0, 0, ...text("call"), 0, 1)),
    Buffer.from(section(10, 2, 4, 0, 0x41, 1, 0x0b, 4, 0, 0x41, 2, 0x0b)), // 1; 2
  ]);
  const { module, glue } = shortNames(exported, "wasm.__wbindgen_free() + wasm.call()");
  const { instance } = await WebAssembly.instantiate(module);
  assert.deepEqual(Object.keys(instance.exports), ["a", "call"]);
  assert.equal(new Function("wasm", `return ${glue}`)(instance.exports), 3);
});

test("glue of another make is refused", () => {
  assert.throws(() => asDoor("async function __wbg_load(module, imports) {}\nexport { initSync, __wbg_init as default };\n"), /glue .* is not as it is known/);
  assert.throws(() => withLoader(GLUE), /loader is not as it is known/);
  assert.throws(() => shortNames(MODULE, GLUE.replace("second", "third")), /__wbg_second_fedcba9876543210 is not as it is known/);
});
