// wasm-bindgen's glue, made smaller: every viewer loads it.
//
// It loads from anything, with warnings about old ways to call it; here js/module.ts loads, and hands over a compiled module.
// And it names an import `__wbg_fetch_9b478faef8cda538`: sixteen characters that no compression makes smaller, once in the
// module and once in the script. Nobody but these two reads them, so both get one or two letters instead.
import { Stop } from "../lib/say.mjs";
import { IMPORTS, encoded, named, number, rewritten, section, text } from "./sections.mjs";

const MODULE = "./pallycon_drm_bg.js";
const FUNCTION = 0;

/** 0 → a, 25 → z, 26 → aa. */
const short = (index) => (index < 26 ? "" : short(Math.floor(index / 26) - 1)) + String.fromCharCode(97 + (index % 26));

/** The module and its glue, both with short names for what the module imports. */
export function shortNames(module, glue) {
  const out = rewritten(module, (id, start, whole) => {
    if (id !== IMPORTS) return whole;
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
      [, at] = number(module, kind + 1);
      body.push(named("a"), named(short(index)), module.subarray(kind, at));
    }
    return section(IMPORTS, ...body);
  });
  return { module: out, glue: glue.replace(`"${MODULE}"`, '"a"') };
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
