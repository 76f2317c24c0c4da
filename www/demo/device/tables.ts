// The findings, as tables.
import type { Drm, Problem, Probed } from "pallycon-drm";
import { h } from "../shared/dom.js";
import { DRM_NAMES, type CodecRow } from "./report.js";

const HEAD = ["DRM", "Level", "Robustness", "Schemes", "Init data", "HDCP", "Persistent license"];

const robustness = ({ robustness: levels }: Probed): string =>
  levels
    ? Object.entries(levels)
        .map(([track, level]) => `${track} ${level}`)
        .join(", ")
    : "not told";

export function drmTable(list: Probed[]): HTMLElement {
  if (list.length === 0) return h("p", { class: "empty" }, "The browser grants no DRM at all.");
  const rows = list.map((one) => {
    const cells = [
      one.securityLevel ?? "not told",
      robustness(one),
      one.schemes.join(", "),
      one.initDataTypes.join(", "),
      one.maxHdcp ?? "not told",
      one.persistentLicense ? "yes" : "no",
    ];
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, DRM_NAMES[one.drm], h("div", { class: "mono quiet small" }, one.keySystem)),
      ...cells.map((cell, index) => h("td", { "data-label": HEAD[index + 1] }, cell)),
    );
  });
  return h(
    "div",
    { class: "table" },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, ...HEAD.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...rows),
    ),
  );
}

export function codecTable(rows: CodecRow[], drms: Drm[]): HTMLElement {
  return h(
    "div",
    { class: "table" },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, "Codec"),
          ...drms.map((drm) => h("th", { scope: "col" }, DRM_NAMES[drm])),
        ),
      ),
      h(
        "tbody",
        {},
        ...rows.map(({ codec, drms: works }) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, codec),
            ...drms.map((drm) =>
              works.includes(drm) ? h("td", { class: "yes" }, "yes") : h("td", { class: "no" }, "no"),
            ),
          ),
        ),
      ),
    ),
  );
}

export function problemList(problems: Problem[], none: string): HTMLElement {
  if (problems.length === 0) return h("p", { class: "notice", "data-kind": "good" }, none);
  return h(
    "div",
    {},
    ...problems.map(({ code, message, hint }) =>
      h(
        "div",
        { class: "notice", "data-kind": "warning" },
        h("strong", {}, message),
        h("p", {}, hint, " ", h("a", { href: `errors.html#${code}` }, code)),
      ),
    ),
  );
}
