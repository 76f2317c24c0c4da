// The deliberate bugs of bugs/, and how to apply one to the sources.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../scripts/lib/paths.mjs";

const folder = join(root, "tests/mutants/bugs");

/**
 * @typedef {{name: string, spec: string, grep: string, edits: [file: string, find: string, replace: string][]}} Mutant
 * `name`: "adapter: what is wrong"; `grep`: the tests of `spec` of which one must fail
 * @returns {Promise<Mutant[]>}
 */
export async function readMutants() {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".mjs"))
    .sort();
  return (await Promise.all(files.map((name) => import(pathToFileURL(join(folder, name)).href)))).flatMap(
    (list) => list.default,
  );
}

/** The sources with the bug in them, by file. Each place must occur once, or the bug would be a different one. */
export function mutated({ name, edits }, tree = root) {
  const texts = new Map();
  for (const [file, find, replace] of edits) {
    const text = texts.get(file) ?? readFileSync(join(tree, file), "utf8");
    const places = text.split(find);
    if (places.length !== 2)
      throw new Error(
        `${name}: its place occurs ${places.length - 1} times in ${file}. The source has changed: adapt tests/mutants/bugs/.`,
      );
    texts.set(file, places.join(replace));
  }
  return texts;
}

/** Applies it; returns a function that reverts it. */
export function mutate(mutant, tree) {
  const texts = mutated(mutant, tree);
  const before = Array.from(texts.keys(), (file) => [file, readFileSync(join(tree, file))]);
  for (const [file, text] of texts) writeFileSync(join(tree, file), text);
  return () => {
    for (const [file, text] of before) writeFileSync(join(tree, file), text);
  };
}
