// docs/coverage.md: every statement of a guide has an existing test or document, or a reason for having none.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { root } from "./support.mjs";

const read = (path) => readFileSync(new URL(path, root), "utf8");
const GUIDES = ["Qencode", "Bitmovin", "AWS MediaConvert", "AWS MediaPackage", "Key server and CPIX"];
const page = read("docs/coverage.md");
const sections = Object.fromEntries(
  page
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf("\n")), text]),
);
const rows = (text) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| statement |"))
    .map((line) => line.slice(2, -2).split(" | "));
/** GitHub's anchor for a heading. */
const anchor = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .trim()
    .replace(/\s/g, "-");

test("there is a table for each guide, and it names the guide", () => {
  assert.deepEqual(Object.keys(sections), GUIDES);
  for (const [guide, text] of Object.entries(sections)) {
    assert.ok(rows(text).length >= 10, guide);
    assert.match(text.slice(0, text.indexOf("| statement")), /(PallyCon|Qencode|DoveRunner).*"/, guide);
  }
});

for (const [guide, text] of Object.entries(sections)) {
  test(`${guide}: every test and document named exists`, () => {
    for (const [statement, where, ...more] of rows(text)) {
      assert.equal(more.length, 0, statement);
      const tests = [...where.matchAll(/`([^`]+)` "((?:[^"])+)"/g)];
      const links = [...where.matchAll(/\[[^\]]+\]\(([\w-]+\.md)(?:#([\w-]+))?\)/g)];
      assert.ok(
        tests.length + links.length > 0 || /^Not here: .{20,}/.test(where),
        `${statement}: neither a test nor a document nor a reason`,
      );
      for (const [, path, title] of tests) {
        assert.ok(existsSync(new URL(path, root)), `${statement}: ${path}`);
        const source = read(path);
        // In Rust the name of the function; in JavaScript a title, or the part of one that is generated for each DRM.
        assert.ok(
          path.endsWith(".rs") ? source.includes(`fn ${title}()`) : /test\(/.test(source) && source.includes(title),
          `${statement}: ${path} has no test "${title}"`,
        );
      }
      for (const [, file, heading] of links) {
        assert.ok(existsSync(new URL(`docs/${file}`, root)), `${statement}: docs/${file}`);
        if (heading)
          assert.ok(
            [...read(`docs/${file}`).matchAll(/^#+ (.+)$/gm)].some(([, title]) => anchor(title) === heading),
            `${statement}: docs/${file}#${heading}`,
          );
      }
    }
  });
}

test("each packaging partner has a page, with an example that runs", () => {
  for (const partner of [
    "qencode",
    "bitmovin",
    "mediaconvert",
    "mediapackage",
    "nginx-vod",
    "flussonic",
    "shaka-packager",
  ]) {
    const text = read(`docs/partner-${partner}.md`);
    assert.ok(/^```js$/m.test(text) && /^```sh$/m.test(text), partner);
    assert.ok(read("docs/server-packaging.md").includes(`(partner-${partner}.md)`), partner);
  }
  assert.match(read("docs/server-packaging.md"), /TITAN File are not supported by PallyCon; NEA-DVR is/);
  assert.match(read("docs/tv.md"), /^\*\*Not run here\.\*\*/m);
});
