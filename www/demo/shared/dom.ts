// Creates elements without markup in strings, which the pages' policies forbid.

export type Child = Node | string | number | false | null | undefined;
type Value = string | number | boolean | undefined | ((event: never) => void);
export type Attributes = Record<string, Value>;

/**
 * An element with attributes and children. `onclick` and the like are listeners; false or undefined values are omitted.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes?: Attributes,
  ...children: Child[]
): HTMLElementTagNameMap[K];
export function h(tag: string, attributes?: Attributes, ...children: Child[]): HTMLElement;
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, ...children);
  return element;
}

export function append(parent: Element, ...children: Child[]): void {
  for (const child of children)
    if (child !== undefined && child !== null && child !== false)
      parent.append(typeof child === "number" ? String(child) : child);
}

/** Like `replaceChildren`, which the engines of older TVs lack. */
export function fill(parent: Element, ...children: Child[]): void {
  parent.textContent = "";
  append(parent, ...children);
}

/** The one element that a page must have. */
export function find<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T {
  const found = within.querySelector<T>(selector);
  if (!found) throw new Error(`No element matches ${selector}`);
  return found;
}

/** The site's URL, with a slash at the end: every page is a file in this folder, wherever it is served. */
export const siteRoot = (): URL => new URL(".", location.href);
