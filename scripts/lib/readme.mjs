// The JavaScript blocks of the README and of documents for who writes a page, as a project for the compiler: an example that does
// not compile helps nobody. (Those of docs/server*.md and docs/partner-*.md are run.)
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildDir, root } from "./paths.mjs";

const DOCUMENTS = [
  "README.md",
  "docs/api.md",
  "docs/events.md",
  "docs/players.md",
  "docs/license-proxy.md",
  "docs/offline.md",
  "docs/other-players.md",
  "docs/when-it-does-not-play.md",
  "docs/tv.md",
];

/** What the blocks take from the page around them. */
const AROUND = `/// <reference types="chromecast-caf-receiver" />
declare const session: MediaKeySession;
declare const video: HTMLVideoElement;
declare const pallycon: import("pallycon-drm").PallyCon;
declare function myToken(...about: unknown[]): Promise<string>;
declare function show(message: string): void;
declare const contentId: string;
declare const manifestUrl: string;
declare const source: HTMLSourceElement;
declare const listener: object;
declare const webapis: any;
declare const webOS: any;
`;

/** @returns {string[]} the blocks marked \`js\`, in order */
export const blocks = (markdown) =>
  [...markdown.replaceAll("\r\n", "\n").matchAll(/^```js\n([\s\S]*?)^```$/gm)].map((match) => match[1]);

/** @returns {string} the tsconfig.json to compile */
export function readmeProject() {
  const folder = join(buildDir, "readme");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const found = DOCUMENTS.flatMap((document) => {
    const examples = blocks(readFileSync(join(root, document), "utf8"));
    if (examples.length === 0) throw new Error(`${document} has no example`);
    return examples;
  });
  // A module's top-level await needs an import or export; `export {}` gives each block that.
  found.forEach((block, i) => writeFileSync(join(folder, `block-${i + 1}.mjs`), `${block}export {};\n`));
  writeFileSync(join(folder, "around.d.ts"), AROUND);
  const file = join(folder, "tsconfig.json");
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022", "dom", "dom.iterable", "esnext.disposable"],
    module: "preserve",
    moduleResolution: "bundler",
    allowJs: true,
    checkJs: true,
    strict: true,
    noEmit: true,
    types: [],
  };
  writeFileSync(file, JSON.stringify({ compilerOptions, include: ["."] }));
  return file;
}
