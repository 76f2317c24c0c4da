// The deliberate bugs of bugs/, and how one is put into a source.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../scripts/lib/paths.mjs";

const folder = join(root, "tests/mutants/bugs");

/**
 * @typedef {{name: string, spec: string, grep: string, edits: [file: string, find: string, replace: string][]}} Mutant
 * `name`: "adapter: what is wrong"; `grep`: the tests of `spec` of which one has to fail
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

/** The sources with the bug in them, by file. Each place has to be there once, or the bug would be another one. */
export function mutated({ name, edits }, tree = root) {
  const texts = new Map();
  for (const [file, find, replace] of edits) {
    const text = texts.get(file) ?? readFileSync(join(tree, file), "utf8");
    const places = text.split(find);
    if (places.length !== 2)
      throw new Error(
        `${name}: its place is in ${file} ${places.length - 1} times. The source has changed: adapt tests/mutants/bugs/.`,
      );
    texts.set(file, places.join(replace));
  }
  return texts;
}

/** Puts it in; returns what takes it out. */
export function mutate(mutant, tree) {
  const texts = mutated(mutant, tree);
  const before = Array.from(texts.keys(), (file) => [file, readFileSync(join(tree, file))]);
  for (const [file, text] of texts) writeFileSync(join(tree, file), text);
  return () => {
    for (const [file, text] of before) writeFileSync(join(tree, file), text);
  };
}
