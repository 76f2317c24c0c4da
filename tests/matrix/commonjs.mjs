// The proofs as CommonJS, for cells that require the package.
import { readFileSync, writeFileSync } from "node:fs";

/**
 * Rewrites a module in place. The proofs have only named imports, named re-exports, and exported functions and
 * constants.
 */
export function asCommonJs(file) {
  const exported = [];
  const required = (names, from) => `const ${names.replaceAll(" as ", ": ")} = require(${from});`;
  const code = readFileSync(file, "utf8")
    .replace(/^import (\{.*\}) from (".*");$/gm, (_, names, from) => required(names, from))
    .replace(/^export (\{.*\}) from (".*");$/gm, (_, names, from) => {
      exported.push(
        ...names
          .slice(1, -1)
          .split(",")
          .map((name) => name.trim().split(" as ").pop()),
      );
      return required(names, from);
    })
    .replace(/^export ((?:async function|const) (\w+))/gm, (_, head, name) => {
      exported.push(name);
      return head;
    });
  writeFileSync(file, `${code}\nmodule.exports = { ${exported.join(", ")} };\n`);
}
