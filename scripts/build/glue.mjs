// wasm-bindgen's glue, made smaller: every viewer loads it.
//
// It loads from anything, with warnings about old ways to call it; here js/module.ts loads, and hands over a compiled module.
// It names an import `__wbg_fetch_9b478faef8cda538`: sixteen characters that no compression makes smaller, once in the module
// and once in the script. Nobody but these two reads them, so both get one or two letters instead. And it serves one module:
// the two that have the same door (src/web/door.rs) share it, each with a state of its own.
import { Stop } from "../lib/say.mjs";
import { EXPORTS, IMPORTS, encoded, named, number, rewritten, section, text } from "./sections.mjs";

const MODULE = "./pallycon_drm_bg.js";
const FUNCTION = 0;

const unknown = (what) => new Stop(`wasm-bindgen's ${what} is not as it is known.`, "See scripts/build/glue.mjs.");

/** 0 → a, 25 → z, 26 → aa. */
const short = (index) => (index < 26 ? "" : short(Math.floor(index / 26) - 1)) + String.fromCharCode(97 + (index % 26));

/** The module and its glue, both with short names for what the module imports, and what it exports for the glue alone. */
export function shortNames(module, glue) {
  const out = rewritten(module, (id, start, whole) => {
    if (id !== IMPORTS && id !== EXPORTS) return whole;
    let [count, at] = number(module, start);
    const list = [];
    for (let index = 0; index < count; index += 1) {
      const [from, second] = id === IMPORTS ? text(module, at) : [MODULE, at];
      const [name, kind] = text(module, second);
      [, at] = number(module, kind + 1);
      list.push({ name, from, isFunction: module[kind] === FUNCTION, rest: module.subarray(kind, at) });
    }
    // By name, so that two modules with the same imports get the same.
    const names = list.map(({ name }) => name).filter((name) => id === IMPORTS || /^_*w\w*bind/.test(name)).sort();
    names.forEach((name, index) => {
      const used = id === IMPORTS ? `${name}: function` : new RegExp(`\\bwasm\\.${name}\\b`, "g");
      const times = glue.split(used).length - 1;
      if (id === IMPORTS && times !== 1) throw unknown(`import ${name}`);
      glue = glue.replace(used, id === IMPORTS ? `${short(index)}: function` : `wasm.${short(index)}`);
    });
    const shortened = (name) => (names.includes(name) ? short(names.indexOf(name)) : name);
    return section(id, encoded(count), ...list.flatMap(({ name, from, isFunction, rest }) => {
      if (id === IMPORTS && (from !== MODULE || !isFunction)) throw unknown(`import ${name}`);
      return [...(id === IMPORTS ? [named("a")] : []), named(shortened(name)), rest];
    }));
  });
  return { module: out, glue: glue.replace(`"${MODULE}"`, '"a"') };
}

const LOADER = "async function __wbg_load(module, imports) {";

/** The glue without its loader, and what starts a second instance. */
function withoutLoader(glue) {
  const [head, rest = ""] = glue.split(LOADER);
  if (!rest.endsWith("export { initSync, __wbg_init as default };\n")) throw unknown("loader");
  // What starts a second instance asks for an export that modules without a start do not have (wasm-bindgen 0.2.130).
  return head.replace("\n    wasm.__wbindgen_start();", "");
}

const START = "__wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module)";

/** The glue with a loader that takes compiled modules alone, one at a time. */
export const withLoader = (glue) => `${withoutLoader(glue)}export default async function({ module_or_path: module }) {
    return ${START};
}
`;

/** What the glue has for cases that do not come up behind a door. */
const SPARE = [
  // Panics here are traps: nothing schedules a new start.
  [/ *__wbg_call_guard\(\);\n/g, ""],
  [/function __wbg_call_guard\(\) \{[^]*?\n\}\n/, ""],
  [/ *(let )?__wbg_reinit_scheduled = false;\n/g, ""],
  [/if \(typeof \w+ !== 'undefined'\)\s*/g, ""],
  // Closures are those of promises, which settle.
  [/const CLOSURE_DTORS = [^]*?\n\}\);\n/, ""],
  [/ *CLOSURE_DTORS\.\w+\(.*\);\n/g, ""],
  // The only texts that come in are names and messages of the browser's errors, and Safari's limit for texts is 2 GB.
  [/(function passStringToWasm0\(arg, malloc), realloc\) \{\n    if \(realloc === undefined\) \{([^]*?)\n    \}\n[^]*?\n\}\n/, "$1) {$2\n}\n"],
  [/, wasm\.__wbindgen_realloc\)/g, ")"],
  [/if \(!\('encodeInto' in cachedTextEncoder\)\) \{[^]*?\n\}\n/, ""],
  [/ *(let )?numBytesDecoded = 0;\n/g, ""],
  [/const MAX_SAFARI_DECODE_BYTES = .*\n/, ""],
  [/(function decodeText\(bytes\) \{\n)[^]*?(    return )/, "$1$2"],
  // Functions are called by their own code.
  [/^export /gm, ""],
  [/^\s*\/\/.*\n/gm, ""],
];

/** The glue of a door as a function that makes one: what starts it with a compiled module, its two functions, and what resets it. */
export function asDoor(glue) {
  let out = withoutLoader(glue);
  for (const [what, instead] of SPARE) {
    if (out.search(what) < 0) throw unknown(`glue (${what})`);
    out = out.replace(what, instead);
  }
  return `export default () => {
${out}return { start: async (module) => { ${START}; }, call, send, reset: __wbg_reset_state };
};
`;
}

/** The types of that. */
export const DOOR_TYPES = `export interface Door {
  start(module: WebAssembly.Module): Promise<void>;
  call(what: number, input: Uint8Array): Uint8Array;
  send(request: Request, resolve: (response: Response) => void, reject: (error: unknown) => void): void;
  reset(): void;
}
export default function (): Door;
`;
