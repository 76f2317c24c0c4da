// wasm-bindgen's glue, made smaller: every viewer loads it.
//
// It loads from anything, with warnings about old ways to call it; here js/module.ts loads, and hands over a compiled module.
// And it names an import `__wbg_fetch_9b478faef8cda538`: sixteen characters that no compression makes smaller, once in the
// module and once in the script. Nobody but these two reads them, so both get one or two letters instead.
import { Stop } from "../lib/say.mjs";

const MODULE = "./pallycon_drm_bg.js";
const IMPORTS = 2;
const FUNCTION = 0;

/** The number at a place, in groups of seven bits, and the place behind it. */
function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

function encoded(value) {
  const out = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) out.push((value & 0x7f) | 0x80);
  return Buffer.from([...out, value]);
}

function text(bytes, at) {
  const [length, start] = number(bytes, at);
  return [bytes.subarray(start, start + length).toString(), start + length];
}

const named = (name) => Buffer.concat([encoded(name.length), Buffer.from(name)]);

/** 0 → a, 25 → z, 26 → aa. */
const short = (index) => (index < 26 ? "" : short(Math.floor(index / 26) - 1)) + String.fromCharCode(97 + (index % 26));

/** The module and its glue, both with short names for what the module imports. */
export function shortNames(module, glue) {
  const out = [module.subarray(0, 8)];
  for (let section = 8; section < module.length; ) {
    const [size, start] = number(module, section + 1);
    const end = start + size;
    if (module[section] === IMPORTS) {
      let [count, at] = number(module, start);
      const body = [encoded(count)];
      for (let index = 0; index < count; index += 1) {
        const [from, second] = text(module, at);
        const [name, kind] = text(module, second);
        const key = `${name}: function`;
        if (from !== MODULE || module[kind] !== FUNCTION || glue.split(key).length !== 2) {
          throw new Stop(`wasm-bindgen's import ${name} is not as it is known.`, "See scripts/build/glue.mjs.");
        }
        glue = glue.replace(key, `${short(index)}: function`);
        const [, behind] = number(module, kind + 1);
        body.push(named("a"), named(short(index)), module.subarray(kind, behind));
        at = behind;
      }
      const whole = Buffer.concat(body);
      out.push(Buffer.from([IMPORTS]), encoded(whole.length), whole);
    } else out.push(module.subarray(section, end));
    section = end;
  }
  return { module: Buffer.concat(out), glue: glue.replace(`"${MODULE}"`, '"a"') };
}

const LOADER = "async function __wbg_load(module, imports) {";

/** The glue with a loader that takes compiled modules alone, one at a time. */
export function withLoader(glue) {
  const [head, rest = ""] = glue.split(LOADER);
  if (!rest.endsWith("export { initSync, __wbg_init as default };\n")) throw new Stop("wasm-bindgen's loader is not as it is known.", "See scripts/build/glue.mjs.");
  // What starts a second instance asks for an export that modules without a start do not have (wasm-bindgen 0.2.130).
  return `${head.replace("\n    wasm.__wbindgen_start();", "")}export default async function({ module_or_path: module }) {
    return __wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);
}
`;
}
