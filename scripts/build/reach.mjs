// Which .wasm files a script and its imports can load.
import { parse } from "acorn";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const IMPORTS = ["ImportDeclaration", "ExportNamedDeclaration", "ExportAllDeclaration"];
/** acorn's labels of tokens that contain text */
const TEXTS = ["string", "template"];

/**
 * A module's relative imports and re-exports, and the .wasm files that its strings name (sentences may name others).
 */
function scan(source) {
  const texts = [];
  const onToken = ({ type, value }) => TEXTS.includes(type.label) && texts.push(value);
  const { body } = parse(source, { ecmaVersion: "latest", sourceType: "module", onToken });
  const dynamic = [...source.matchAll(/\bimport\("([^"]+)"\)/g)].map((match) => match[1]);
  const specifiers = body
    .filter((node) => IMPORTS.includes(node.type))
    .flatMap((node) => node.source?.value ?? [])
    .concat(dynamic);
  return {
    imports: specifiers.filter((specifier) => specifier.startsWith(".")),
    wasm: texts.flatMap((text) => text.match(/^\S*?([\w-]+\.wasm)\b\S*$/)?.[1] ?? []),
  };
}

/**
 * Follows imports, dynamic ones too.
 * @param {string[]} entries paths of scripts
 * @returns {string[]} names of .wasm files, sorted
 */
export function wasmReachedFrom(entries) {
  const seen = new Set(entries);
  const found = new Set();
  for (const path of seen) {
    const { imports, wasm } = scan(readFileSync(path, "utf8"));
    for (const specifier of imports) seen.add(join(dirname(path), specifier));
    for (const name of wasm) found.add(name);
  }
  return [...found].sort();
}
