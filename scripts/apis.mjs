// Finds APIs in the code for viewers that the oldest supported TVs lack: every global, and every member of a type that
// the compiler knows, is looked up in MDN's compatibility data. Part of `npm run lint`.
//
// Syntax is checked in the built files (scripts/build/checks.mjs). Members of `any` are not found here; `npm run
// engines` runs them.
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { MODULES } from "./build/modules.mjs";
import { root } from "./lib/paths.mjs";
import { UserError, main, log } from "./lib/log.mjs";

/** Chrome's version in Tizen 5.0 (2019). */
const OLDEST = 63;

/** Newer APIs that are used nevertheless: where, what, and why it is safe. An unused entry is an error. */
const ALLOWED = [
  ["js/time.ts", ["AbortController"], "newAbortController() has a stand-in"],
  ["js/", ["AbortController.abort", "AbortController.signal", "AbortSignal.aborted"], "the stand-in has them"],
  ["js/wasm/module.ts", ["globalThis"], "behind typeof"],
  [
    "build/wasm/",
    ["FinalizationRegistry", "FinalizationRegistry.register", "FinalizationRegistry.unregister"],
    "behind typeof",
  ],
  ["build/wasm/", ["Symbol.dispose"], "behind if"],
  ["build/wasm/", ["TextEncoder.encodeInto"], "the glue brings its own"],
];

const data = createRequire(import.meta.url)("@mdn/browser-compat-data");

/**
 * The version of Chrome that introduced the feature at `path`: a number, Infinity for none, undefined if the data do
 * not list it.
 */
function since(path) {
  const entry = path.reduce((parent, name) => (parent && Object.hasOwn(parent, name) ? parent[name] : undefined), data);
  const support = entry?.__compat?.support.chrome;
  if (!support) return undefined;
  const plain = [support]
    .flat()
    .find(({ flags, prefix, alternative_name: other, version_removed: gone }) => !flags && !prefix && !other && !gone);
  const version = Number.parseInt(String(plain?.version_added).replace("≤", ""), 10);
  return Number.isNaN(version) ? Infinity : version;
}
const firstKnown = (paths) => paths.map(since).find((version) => version !== undefined);

const sinceGlobal = (name) =>
  firstKnown([
    ["javascript", "builtins", name],
    ["api", name],
    ["api", "Window", name],
  ]);
const AREAS = [["javascript", "builtins"], ["api"], ["webassembly", "api"]];
/** @param {string[]} owners names of interfaces, the nearest first */
const sinceMember = (owners, name) =>
  firstKnown(
    owners.flatMap((owner) =>
      AREAS.flatMap((area) => [
        [...area, owner, name],
        [...area, owner, `${name}_static`],
        [...area, `${name}_static`],
      ]),
    ),
  );

/** The library's `ArrayConstructor` and `ReadonlyArray` are `Array` in the data. */
const plainName = (name) => name.replace(/Constructor$/, "").replace(/^Readonly(?=.)/, "");

/** The interface or variable that a member is declared in. */
function ownerOf({ parent }) {
  let owner = parent;
  while (!owner.name && !ts.isSourceFile(owner)) owner = owner.parent;
  return owner.name ? [plainName(owner.name.text)] : [];
}

const isTypeOnly = (node) => ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
/** `typeof x` tests whether x exists. */
const isQuestion = (node) => ts.isTypeOfExpression(node) && ts.isIdentifier(node.expression);

/** @returns {{file: string, line: number, api: string, version: number}[]} uses of APIs newer than OLDEST */
export function newerApis(files) {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  // Globals of every engine, and nothing that only Node has.
  const lib = ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"];
  const program = ts.createProgram(files, { ...options, lib, types: [], allowJs: true });
  const checker = program.getTypeChecker();
  const isLibrary = (declaration) => program.isSourceFileDefaultLibrary(declaration.getSourceFile());
  const inLibrary = (symbol) => (symbol?.declarations ?? []).filter(isLibrary);
  const found = [];

  /** The names of a type and of all its base types. */
  function typeNames(type, names = new Set()) {
    for (const part of type.isUnionOrIntersection() ? type.types : [type]) {
      const apparent = checker.getApparentType(part);
      if (!apparent.symbol || names.has(plainName(apparent.symbol.name))) continue;
      names.add(plainName(apparent.symbol.name));
      if (apparent.isClassOrInterface()) for (const base of checker.getBaseTypes(apparent)) typeNames(base, names);
    }
    return [...names].filter((name) => !name.startsWith("__")); // types without a name
  }

  function note(node, api, version) {
    if (version === undefined || version <= OLDEST) return;
    const source = node.getSourceFile();
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    found.push({ file: relative(root, source.fileName).replaceAll("\\", "/"), line: line + 1, api, version });
  }

  function noteMember(name, receiver, symbol) {
    const declarations = inLibrary(symbol);
    if (declarations.length === 0) return;
    const owners = [...typeNames(receiver), ...declarations.flatMap(ownerOf)];
    note(name, `${owners[0]}.${name.text}`, sinceMember(owners, name.text));
  }

  function visit(node) {
    if (isTypeOnly(node) || isQuestion(node)) return;
    if (ts.isPropertyAccessExpression(node)) {
      noteMember(node.name, checker.getTypeAtLocation(node.expression), checker.getSymbolAtLocation(node.name));
      return visit(node.expression);
    }
    if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
      const name = node.propertyName ?? node.name;
      const receiver = checker.getApparentType(checker.getTypeAtLocation(node.parent));
      if (ts.isIdentifier(name)) noteMember(name, receiver, checker.getPropertyOfType(receiver, name.text));
    } else if (ts.isIdentifier(node)) {
      const isGlobal = inLibrary(checker.getSymbolAtLocation(node)).some(
        (declaration) => ownerOf(declaration).length === 0,
      );
      if (isGlobal || node.text === "globalThis") note(node, node.text, sinceGlobal(node.text));
    }
    return ts.forEachChild(node, visit);
  }
  for (const file of files) visit(program.getSourceFile(file));
  return found;
}

/** Code that only runs in Node. */
const NODE_ONLY = /^(cli|server)[\\/]|^server\.ts$/;

function shippedFiles() {
  const scripts = readdirSync(join(root, "js"), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".ts") && !NODE_ONLY.test(name));
  const glue = MODULES.filter((name) => name !== "server").map((name) => `build/wasm/${name}/pallycon_drm.js`);
  return [...scripts.map((name) => join("js", name)), ...glue];
}

if (resolve(process.argv[1] ?? "") === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const files = shippedFiles();
    const missing = files.find((file) => !existsSync(join(root, file)));
    if (missing) throw new UserError(`${missing} is missing.`, "npm run build");
    const uses = newerApis(files.map((file) => join(root, file)));
    const covers =
      ([where, apis]) =>
      ({ file, api }) =>
        file.startsWith(where) && apis.includes(api);
    const refused = uses.filter((use) => !ALLOWED.some((entry) => covers(entry)(use)));
    for (const { file, line, api, version } of refused) {
      const known = version === Infinity ? "no version of Chrome has it" : `Chrome has it since ${version}`;
      log(`${file}:${line}: ${api}: ${known}, and the oldest TVs have ${OLDEST}`);
    }
    const idle = ALLOWED.flatMap(([where, apis]) => apis.map((api) => [where, [api]])).filter(
      (entry) => !uses.some(covers(entry)),
    );
    for (const [where, [api]] of idle)
      log(`scripts/apis.mjs: ${api} is no longer used in ${where}: remove it from the list`);
    return refused.length + idle.length > 0 ? 1 : 0;
  });
}
