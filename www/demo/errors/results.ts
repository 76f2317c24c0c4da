// The catalog as a list: an entry for each code, with an address of its own.
import table from "site:errors";
import { copyButton } from "../shared/copy-button.js";
import { fill, find, h } from "../shared/dom.js";
import { search, type Entry } from "./catalog.js";
import { choose } from "./lab.js";
import type { Symptom } from "./symptoms.js";

const input = find<HTMLInputElement>("#search input");
const results = find("#results");
const found = find("#found");

function entry({ code, pallycon, message, cause, hint, phase, retryable }: Entry): HTMLElement {
  return h(
    "article",
    { class: "entry", id: code, tabindex: -1 },
    h(
      "h3",
      {},
      h("a", { class: "mono", href: `#${code}` }, code),
      pallycon !== undefined && h("span", { class: "tag", "data-kind": "info" }, `PallyCon ${pallycon}`),
      h("span", { class: "tag" }, phase),
      retryable && h("span", { class: "tag", "data-kind": "good" }, "retryable"),
      copyButton(code, `Copy ${code}`, { compact: true }),
    ),
    h("p", {}, cause),
    h("p", {}, h("strong", {}, "What to do: "), hint),
    message &&
      message !== "{reason}" &&
      h("p", { class: "small quiet" }, "Message: ", message.replace(/\{\w+\}/g, "…")),
    pallycon !== undefined &&
      h(
        "p",
        {},
        h(
          "button",
          { type: "button", class: "plain", onclick: () => provoke(pallycon) },
          `Provoke ${pallycon} in the lab`,
        ),
      ),
  );
}

const symptom = ({ says, by, means, codes }: Symptom): HTMLElement =>
  h(
    "article",
    { class: "entry symptom" },
    h("h3", {}, h("span", { class: "mono wrap" }, says), h("span", { class: "tag" }, by)),
    h("p", {}, means),
    h(
      "p",
      { class: "small" },
      "Look at: ",
      ...([] as (string | HTMLElement)[]).concat(
        ...codes.map((code, index) => [index ? ", " : "", h("a", { href: `#${code}` }, code)]),
      ),
    ),
  );

function provoke(pallycon: number): void {
  choose(`code-${pallycon}`);
  find("#lab").scrollIntoView();
  find("#lab-form button[type=submit]").focus();
}

/** A section of the table; its entries are created when it is opened. */
function section({ title, codes }: (typeof table.sections)[number]): HTMLDetailsElement {
  const numbers = codes.map(({ pallycon }) => pallycon).filter((number): number is number => number !== undefined);
  const range = numbers.length ? `PallyCon ${Math.min(...numbers)} to ${Math.max(...numbers)}` : undefined;
  const list = h("div");
  const details = h(
    "details",
    { class: "section" },
    h(
      "summary",
      {},
      title,
      " ",
      h("span", { class: "quiet small" }, [`${codes.length} codes`, range].filter(Boolean).join(", ")),
    ),
    list,
  );
  details.addEventListener("toggle", () => reveal(details, list, codes));
  sections.push({ details, codes: new Set(codes.map(({ code }) => code)), open: () => reveal(details, list, codes) });
  return details;
}
const sections: { details: HTMLDetailsElement; codes: Set<string>; open: () => void }[] = [];

function reveal(details: HTMLDetailsElement, list: HTMLElement, codes: Entry[]): void {
  if (details.open && !list.firstChild) fill(list, ...codes.map(entry));
}

function show(query: string): void {
  const { symptoms, entries } = search(table, query);
  sections.length = 0;
  const listed = query.trim() ? entries.map(entry) : table.sections.map(section);
  fill(
    results,
    ...symptoms.map(symptom),
    ...listed,
    symptoms.length + entries.length === 0 &&
      h("p", { class: "empty" }, "No entry contains all of these words. Try a number, or one word of the message."),
  );
  found.textContent = query.trim()
    ? `${entries.length} of ${table.sections.reduce((sum, { codes }) => sum + codes.length, 0)} codes${symptoms.length ? `, ${symptoms.length} of players and browsers` : ""}`
    : `${entries.length} codes`;
}

/** `#code` is an entry, `#search=words` a search. */
function followAddress(): void {
  const target = decodeURIComponent(location.hash.slice(1));
  if (target.startsWith("search=")) {
    input.value = target.slice("search=".length);
    show(input.value);
    return;
  }
  if (!target) return;
  if (!document.getElementById(target)) {
    input.value = "";
    show("");
    const found = sections.find(({ codes }) => codes.has(target));
    if (found) found.details.open = true;
    found?.open();
  }
  const place = document.getElementById(target);
  // Not :target, which ignores elements created after the address changed.
  results.querySelectorAll(".chosen").forEach((one) => one.classList.remove("chosen"));
  place?.classList.add("chosen");
  place?.scrollIntoView();
  place?.focus({ preventScroll: true });
}

export function startCatalog(): void {
  show("");
  input.addEventListener("input", () => {
    show(input.value);
    history.replaceState(
      undefined,
      "",
      input.value.trim() ? `#search=${encodeURIComponent(input.value.trim())}` : location.pathname + location.search,
    );
  });
  find("#search").addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", followAddress);
  followAddress();
}
