// npm run lint: phrases that read like a translation, in documents, texts, comments, strings and names of tests.
// `node scripts/language.mjs [file or folder …]` prints each with its line and a better wording.
//
// A script, because the tools that do this are of no use here: textlint and write-good read Markdown alone, cspell
// knows single words, and Vale, which reads comments too, is a program that its npm package downloads when it is
// installed.
import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ALLOWED, PATTERNS } from "./lib/language.mjs";
import { projectFiles } from "./lib/manifest.mjs";
import { root } from "./lib/paths.mjs";

/** Files that are written here by hand; of what is generated, the source is checked. */
const CHECKED =
  /^(README|CHANGELOG|CONTRIBUTING|SECURITY)\.md$|^errors\.json$|^build\.rs$|^(docs|examples|fuzz|src|xtask|js|scripts|tests|benches|www)\//;
const KINDS = /\.(md|rs|js|mjs|cjs|ts|tsx|css|html|sh)$|^errors\.json$/;
const LEFT_OUT =
  /^scripts\/(lib\/)?language\.mjs$|^tests\/scripts\/language\.test\.mjs$|^js\/generated\/|^tests\/vectors\/|^docs\/(errors|adapter-bugs|without-and-with)\.md$/;

const files = () => projectFiles().filter((file) => CHECKED.test(file) && KINDS.test(file) && !LEFT_OUT.test(file));

/** Where a comment, a text or a list item begins: what a sentence begins with there is matched as after a full stop. */
const START = "¶";
const blank = (text) => " ".repeat(text.length);

/**
 * The same text, as long, in which a sentence that is broken over lines can be matched: line breaks within a paragraph
 * or a comment are blanks, and `fn a_test_name` reads as words.
 */
export function readable(file, text) {
  if (file.endsWith(".md")) {
    return text
      .replace(/^```[\s\S]*?^```/gm, (code) => code.replace(/[^\n]/g, " "))
      .replace(/`[^`\n]*`/g, (code) => `\`${"x".repeat(code.length - 2)}\``)
      .replace(/^(\s*)([-*>#]+|\d+\.)(?= )/gm, (_, space, mark) => space + START.padStart(mark.length))
      .replace(/\| (?=\S)/g, `|${START}`)
      .replace(/(?<=[^\n])\n(?=[^\n|])/g, " ");
  }
  return (
    text
      // A comment's lines: the first one's marker is a start, those of the others are blanks.
      .replace(/(?<=\n[ \t]*(?:\/\/[/!]?|\*) .*)\n([ \t]*(?:\/\/[/!]?|\*) )(?=\S)/g, (_, mark) => ` ${blank(mark)}`)
      .replace(/(^|\s)(\/\/[/!]?|\/\*\*?|\*|<!--) (?=\S)/g, (_, space, mark) => `${space}${blank(mark)}${START}`)
      .replace(/\bfn (\w+)/g, (_, name) => `fn${START}${name.replaceAll("_", " ")}`)
      .replace(/(?<!\w)["'`](?=\w)/g, START)
  );
}

/** Each use of a pattern: {index, line, phrase, better}. */
export function findings(file, text) {
  const prepared = readable(file, text);
  const found = [];
  for (const { pattern, better } of PATTERNS) {
    // A broken line leaves several blanks.
    for (const { 0: match, index } of prepared.matchAll(
      new RegExp(pattern.source.replaceAll(" ", " +"), `${pattern.flags}g`),
    )) {
      const around = prepared.slice(Math.max(0, index - 60), index + match.length + 60).replace(/\s+/g, " ");
      if (ALLOWED.some(([path, phrase]) => file.startsWith(path) && around.includes(phrase))) continue;
      const skipped = match.length - match.trimStart().length;
      const line = text.slice(0, index + skipped).split("\n").length;
      found.push({ index, line, phrase: match.replaceAll(START, "").replace(/\s+/g, " ").trim(), better });
    }
  }
  return found.sort((a, b) => a.index - b.index);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const wanted = process.argv.slice(2).map((path) => relative(root, resolve(path)));
  const inside = (file) =>
    wanted.length === 0 || wanted.some((path) => !path || file === path || file.startsWith(`${path}/`));
  let count = 0;
  for (const file of files().filter(inside)) {
    for (const { line, phrase, better } of findings(file, readFileSync(join(root, file), "utf8"))) {
      console.log(`${file}:${line}: "${phrase}": ${better}`);
      count += 1;
    }
  }
  console.log(count ? `${count} phrases to reword.` : "No phrase to reword.");
  process.exitCode = count ? 1 : 0;
}
