// Making elements, without markup in strings: the pages' policies forbid it where it matters.

export type Child = Node | string | number | false | null | undefined;
type Value = string | number | boolean | undefined | ((event: never) => void);
export type Attributes = Record<string, Value>;

/** An element with attributes and children. `onclick` and the like are listeners; what is false or undefined is left out. */
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

/** As `replaceChildren`, which the engines of older TVs lack. */
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

/** Where the site is, with a slash at the end: every page is a file in this folder, whatever it is served under. */
export const siteRoot = (): URL => new URL(".", location.href);
