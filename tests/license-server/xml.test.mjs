import assert from "node:assert/strict";
import { test } from "node:test";
import { descend, escapeXml, parseXml } from "../../www/license-server/xml.mjs";

test("names, namespaces, attributes, text", () => {
  const root =
    parseXml(`\ufeff<?xml version="1.0"?><!-- c --><a:r xmlns:a="urn:a" xmlns="urn:d" x='1' a:y="&quot;&#65;&#x42;">
    one<![CDATA[<&]]>&amp;<b><c/></b ><a:b/></a:r >\n<!-- end -->`);
  assert.deepEqual([root.name, root.namespace, { ...root.attributes }], ["r", "urn:a", { x: "1", y: '"AB' }]);
  assert.equal(root.text.trim(), "one<&&");
  assert.deepEqual(
    root.children.map(({ name, namespace }) => [name, namespace]),
    [
      ["b", "urn:d"],
      ["b", "urn:a"],
    ],
  );
  assert.equal(descend(root, "b", "c").namespace, "urn:d");
  assert.equal(descend(root, "b", "x"), undefined);
  assert.equal(descend(undefined, "b"), undefined);
});

test("malformed documents return undefined", () => {
  for (const source of [
    "",
    "text",
    "<a>",
    "</a>",
    "<a></b>",
    "<a/><b/>",
    "x<a/>",
    "<a/>x",
    "<a",
    "<a b></a>",
    "<a b=c/>",
    '<a b="<"/>',
    '<a b="1" b="2"/>',
    "<p:a/>",
    "<a>&nope;</a>",
    "<a>&amp</a>",
    "<a>&#0;</a>",
    "<a>& b</a>",
    "<a><!-- </a>",
    "<a><![CDATA[</a>",
    "<![CDATA[a]]>",
    "<!DOCTYPE a><a/>",
    "<?xml <a/>",
    "<1/>",
    "< a/>",
    "<a></a/>",
    "<a>".repeat(65) + "</a>".repeat(65),
  ]) {
    assert.equal(parseXml(source), undefined, source);
  }
  assert.notEqual(parseXml("<a>".repeat(63) + "</a>".repeat(63)), undefined);
});

test("an attribute's name is never a property of every object", () => {
  assert.equal(parseXml('<a constructor="1"/>').attributes.constructor, "1");
  assert.equal(parseXml("<a/>").attributes.constructor, undefined);
});

test("escaped text is read back", () => {
  const text = `a&b<c>"d"'e'`;
  assert.equal(parseXml(`<a b="${escapeXml(text)}">${escapeXml(text)}</a>`).text, text);
});
