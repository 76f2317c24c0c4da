/**
 * A small XML reader for SOAP challenges and CPIX requests. It supports elements, attributes, text, CDATA, comments,
 * processing instructions and the five entities; it refuses DOCTYPE (so that no entity can be defined) and any
 * unbalanced tag. Names are returned without their prefix, next to the namespace that the prefix is bound to.
 */

/**
 * @typedef {object} Element
 * @property {string} name local name
 * @property {string} namespace
 * @property {Record<string, string>} attributes by local name
 * @property {Element[]} children
 * @property {string} text the element's own text, CDATA included
 */

/** Deeper than any message needs. */
const MAX_DEPTH = 64;
const NAME = /[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?/y;
const ATTRIBUTE = /\s+([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const TAG_END = /\s*(\/?)>/y;
const NAMED = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

/**
 * @param {string} source
 * @returns {Element | undefined} the root, or undefined if the document is not well-formed
 */
export function parseXml(source) {
  try {
    return read(source.charCodeAt(0) === 0xfeff ? source.slice(1) : source);
  } catch (error) {
    if (error instanceof NotWellFormed) return undefined;
    throw error;
  }
}

class NotWellFormed extends Error {}

/** @param {string} source */
function read(source) {
  /** @type {Element} */
  const document = { name: "", namespace: "", attributes: {}, children: [], text: "" };
  const open = [{ element: document, tag: "", prefixes: new Map([["xml", "http://www.w3.org/XML/1998/namespace"]]) }];
  let at = 0;
  while (at < source.length) {
    const top = open[open.length - 1];
    const next = source.indexOf("<", at);
    const text = source.slice(at, next < 0 ? source.length : next);
    if (top.tag === "" && text.trim() !== "") throw new NotWellFormed("text outside the root");
    top.element.text += unescapeText(text);
    if (next < 0) break;
    at = next;
    if (source.startsWith("<!--", at)) at = after(source, "-->", at + 4);
    else if (source.startsWith("<![CDATA[", at) && top.tag !== "") {
      const end = after(source, "]]>", at + 9);
      top.element.text += source.slice(at + 9, end - 3);
      at = end;
    } else if (source.startsWith("<?", at)) at = after(source, "?>", at + 2);
    else if (source.startsWith("</", at)) {
      const name = match(NAME, source, at + 2);
      const end = match(TAG_END, source, at + 2 + name[0].length);
      if (name[0] !== top.tag || end[1] !== "") throw new NotWellFormed("unbalanced end tag");
      open.pop();
      at += 2 + name[0].length + end[0].length;
    } else {
      if (top.tag === "" && document.children.length > 0) throw new NotWellFormed("two roots");
      const started = startTag(source, at, top.prefixes);
      top.element.children.push(started.element);
      if (!started.selfClosing) open.push(started);
      if (open.length > MAX_DEPTH) throw new NotWellFormed("too deep");
      at = started.end;
    }
  }
  if (open.length !== 1 || document.children.length !== 1) throw new NotWellFormed("unfinished");
  return document.children[0];
}

/**
 * @param {string} source
 * @param {number} at
 * @param {Map<string, string>} inherited
 */
function startTag(source, at, inherited) {
  const tag = match(NAME, source, at + 1)[0];
  let end = at + 1 + tag.length;
  const prefixes = new Map(inherited);
  /** @type {Record<string, string>} */
  const attributes = Object.create(null);
  for (;;) {
    ATTRIBUTE.lastIndex = end;
    const found = ATTRIBUTE.exec(source);
    if (found === null) break;
    end += found[0].length;
    const [prefix, local] = split(found[1]);
    const value = unescapeText(found[2] ?? found[3]);
    if (found[1] === "xmlns") prefixes.set("", value);
    else if (prefix === "xmlns") prefixes.set(local, value);
    else if (local in attributes) throw new NotWellFormed("attribute twice");
    else attributes[local] = value;
  }
  const close = match(TAG_END, source, end);
  const [prefix, name] = split(tag);
  const namespace = prefixes.get(prefix) ?? (prefix === "" ? "" : undefined);
  if (namespace === undefined) throw new NotWellFormed("unknown prefix");
  /** @type {Element} */
  const element = { name, namespace, attributes, children: [], text: "" };
  return { element, tag, prefixes, selfClosing: close[1] === "/", end: end + close[0].length };
}

/**
 * @param {RegExp} pattern sticky
 * @param {string} source
 * @param {number} at
 */
function match(pattern, source, at) {
  pattern.lastIndex = at;
  const found = pattern.exec(source);
  if (found === null) throw new NotWellFormed("malformed tag");
  return found;
}

/**
 * @param {string} source
 * @param {string} end
 * @param {number} from
 */
function after(source, end, from) {
  const found = source.indexOf(end, from);
  if (found < 0) throw new NotWellFormed("unfinished");
  return found + end.length;
}

/** @param {string} name */
function split(name) {
  const colon = name.indexOf(":");
  return colon < 0 ? ["", name] : [name.slice(0, colon), name.slice(colon + 1)];
}

/** @param {string} text */
function unescapeText(text) {
  return text.replace(/&([^;&\s]*);?/g, (whole, name) => {
    const number = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
    const code = number === null ? Number.NaN : Number.parseInt(number[1] ?? number[2], number[1] ? 16 : 10);
    const value = Number.isNaN(code) || code === 0 || code > 0x10ffff ? NAMED.get(name) : String.fromCodePoint(code);
    if (value === undefined || !whole.endsWith(";")) throw new NotWellFormed("unknown entity");
    return value;
  });
}

/** @param {string} text */
export function escapeXml(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * The first descendant along a path of local names.
 * @param {Element | undefined} element
 * @param {string[]} path
 * @returns {Element | undefined}
 */
export function descend(element, ...path) {
  for (const name of path) element = element?.children.find((child) => child.name === name);
  return element;
}

/**
 * @param {Element | undefined} element
 * @param {string} name
 */
export function childrenNamed(element, name) {
  return element?.children.filter((child) => child.name === name) ?? [];
}
