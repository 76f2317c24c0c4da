// An external type contract (a .d.ts file): writes a small TypeScript project that proves that the package's exports
// can be used wherever the contract's types are expected. tsc then checks it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildDir, root } from "./paths.mjs";

/** The names of the contract that each entry of the package must export. */
const ENTRIES = {
  "pallycon-drm": ["init", "parseInitData", "sameKeyId", "inspectCustomData", "createPallyCon", "probe", "diagnose"],
  "pallycon-drm/inspect": [
    "parseSegment",
    "parseManifest",
    "inspectAny",
    "buildPssh",
    "buildWidevineData",
    "buildPlayReadyObject",
  ],
};
const TYPES = [
  "InitData",
  "PsshBox",
  "WidevineData",
  "PlayReadyObject",
  "Problem",
  "RequestContext",
  "PallyCon",
  "LicenseRequest",
  "License",
  "PallyConEvent",
  "PallyConError",
  "MediaOptions",
  "AdapterOptions",
];

/** @param {string} contract the .d.ts file @returns {string} the tsconfig.json to compile */
export function contractFile(contract) {
  const folder = join(buildDir, "contract");
  mkdirSync(folder, { recursive: true });
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const lines = [`import type * as Contract from ${JSON.stringify(contract.replace(/\.d\.ts$/, ".js"))};`];
  Object.entries(ENTRIES).forEach(([entry, names], i) => {
    // An entry that the package does not have yet need not export anything; an existing one must export everything.
    if (!exports?.[entry.replace("pallycon-drm", ".")]) return;
    lines.push(`import * as Entry${i} from "${entry}";`);
    for (const name of names) lines.push(`export const ${name}: typeof Contract.${name} = Entry${i}.${name};`);
  });
  for (const name of TYPES)
    lines.push(`export const of${name} = (ours: import("pallycon-drm").${name}): Contract.${name} => ours;`);
  // Code written against the contract passes its own options.
  lines.push(
    `export const options = (theirs: Contract.PallyConOptions): import("pallycon-drm").PallyConOptions => theirs;`,
  );
  writeFileSync(join(folder, "contract.ts"), `${lines.join("\n")}\n`);
  const file = join(folder, "tsconfig.json");
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022", "dom", "esnext.disposable"],
    module: "nodenext",
    moduleResolution: "nodenext",
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: [],
  };
  writeFileSync(file, JSON.stringify({ compilerOptions, files: ["contract.ts"] }));
  if (!existsSync(contract)) throw new Error(`${contract} does not exist`);
  return file;
}

/**
 * tsc's findings. A contract may be ahead of the package: a name that is not exported yet is absent, not wrong.
 * @returns {{wrong: string[], absent: string[]}}
 */
export function verdict(output) {
  const absent = new Set();
  const wrong = [];
  for (const line of output.split("\n").filter((each) => /error TS\d+/.test(each))) {
    const name =
      /^build[\\/]contract.*(?:TS2339: Property '(\w+)' does not exist on type 'typeof import|TS2694: .*no exported member '(\w+)')/.exec(
        line,
      );
    if (name) absent.add(name[1] ?? name[2]);
    else wrong.push(line);
  }
  return { wrong, absent: [...absent] };
}
