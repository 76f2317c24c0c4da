// scripts/language.mjs: that it finds a phrase wherever people read it, with its line, and nothing in code.
import assert from "node:assert/strict";
import { test } from "node:test";
import { findings } from "../../scripts/language.mjs";
import { ALLOWED } from "../../scripts/lib/language.mjs";

const found = (file, text) => findings(file, text).map(({ line, phrase }) => `${line}: ${phrase}`);

test("a phrase that is broken over the lines of a comment or a paragraph", () => {
  assert.deepEqual(found("src/x.rs", "/// Fine.\nfn f() {}\n// The page is\n// told later.\n"), ["3: is told"]);
  assert.deepEqual(found("docs/x.md", "A paragraph that\nis told.\n\n| a | b |\n| is told | x |\n"), [
    "2: is told",
    "5: is told",
  ]);
});

test("strings, messages and names of tests", () => {
  assert.deepEqual(found("js/x.ts", 'throw new Error("nobody came");\n'), ["1: nobody"]);
  assert.deepEqual(found("src/x.rs", "fn nobody_is_told() {}\n"), ["1: nobody", "1: is told"]);
  assert.deepEqual(found("errors.json", '{"message": "This is no license."}'), ["1: is no license"]);
});

test("a clause as a subject, at the start of a sentence alone", () => {
  assert.deepEqual(found("src/x.rs", "// What is read is kept.\n"), ["1: What is read is"]);
  assert.deepEqual(found("src/x.rs", "// What failed.\n"), []);
  assert.deepEqual(found("src/x.rs", "// What is that, and is it long?\n"), []);
  assert.deepEqual(found("src/x.rs", "// It says what is read and is kept.\n"), []);
});

test("code in Markdown is left out", () => {
  assert.deepEqual(found("docs/x.md", "```js\nnobody();\n```\nand `nobody`\n"), []);
});

test("true uses have a reason", () => {
  for (const [path, phrase, reason] of ALLOWED) assert.ok(path && phrase && reason, phrase);
});
