// The code blocks of the README and of docs/, and projects that compile them: an example that does not compile helps no
// one. tests/js/examples.test.mjs lists which of them run, and where.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildDir, root } from "./paths.mjs";

/** Documents whose examples tests/server/docs.test.mjs runs, or which are files of tests/matrix. */
const ELSEWHERE = /^docs\/(server|partner-|install\.md)/;

/** Declarations that the blocks expect from the surrounding page. */
const AROUND = `/// <reference types="chromecast-caf-receiver" />
declare const session: MediaKeySession;
declare const video: HTMLVideoElement;
declare const player: import("shaka-player", { with: { "resolution-mode": "require" } }).default.Player;
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

/** A file of the clone that an example imports, as it is found from the project. */
const CLONE = /"\.\/pallycon-drm\//g;

const fences = (markdown) => [...markdown.replaceAll("\r\n", "\n").matchAll(/^```(js|ts)\n([\s\S]*?)^```$/gm)];

/** @returns {string[]} the blocks marked \`js\`, in order */
export const blocks = (markdown) =>
  fences(markdown)
    .filter(([, language]) => language === "js")
    .map(([, , code]) => code);

/** @returns {{page: string, index: number, language: string, code: string}[]} every example, by page and in order */
export function examples() {
  const pages = readdirSync(join(root, "docs"), { recursive: true })
    .map((name) => `docs/${String(name).replaceAll("\\", "/")}`)
    .filter((page) => page.endsWith(".md") && !ELSEWHERE.test(page));
  return ["README.md", ...pages.sort()].flatMap((page) =>
    fences(readFileSync(join(root, page), "utf8")).map(([, language, code], index) => ({
      page,
      index,
      language,
      code,
    })),
  );
}

/**
 * `nodenext`: the README's blocks, and those in TypeScript of the players' pages, as an ES module of Node sees them.
 * (Shaka's own default export has another type there: docs/players/shaka.md.)
 * @returns {string} the tsconfig.json to compile
 */
export function readmeProject({ nodenext = false } = {}) {
  const folder = join(buildDir, nodenext ? "readme-nodenext" : "readme");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { page, index, language, code } of examples()) {
    if (nodenext && !(page === "README.md" || (page.startsWith("docs/players/") && language === "ts"))) continue;
    const name = page.replace(/\.md$/, "").replaceAll("/", "-");
    // A module's top-level await needs an import or export; `export {}` gives each block that.
    writeFileSync(join(folder, `${name}-${index + 1}.m${language}`), `${code.replace(CLONE, `"${root}/`)}export {};\n`);
  }
  writeFileSync(join(folder, "around.d.ts"), AROUND);
  const file = join(folder, "tsconfig.json");
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022", "dom", "dom.iterable", "esnext.disposable"],
    ...(nodenext
      ? { module: "nodenext", moduleResolution: "nodenext" }
      : { module: "preserve", moduleResolution: "bundler" }),
    allowJs: true,
    checkJs: true,
    strict: true,
    noEmit: true,
    types: ["node"],
  };
  writeFileSync(file, JSON.stringify({ compilerOptions, include: ["."] }));
  return file;
}
