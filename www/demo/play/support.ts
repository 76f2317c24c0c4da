// A failure as a viewer's support team needs it: what happened, what to do, the codes, and where to read on; with a
// report to copy.
import type { PallyConError } from "pallycon-drm";
import { copyButton } from "../shared/copy-button.js";
import { fill, h } from "../shared/dom.js";
import { codeLink } from "./step-details.js";
import type { Recorded } from "./recorded.js";

export interface Failure {
  /** the package's error, which has the most details */
  ours?: PallyConError | undefined;
  /** the player's own messages */
  player: string[];
}

/** The first error of the package, and all messages of the player. */
export function failureOf(events: readonly Recorded[]): Failure | undefined {
  let ours: PallyConError | undefined;
  const player: string[] = [];
  for (const event of events) {
    if (event.type === "error") ours ??= event.error;
    else if (event.type === "player-error") {
      ours ??= event.ours;
      if (!player.includes(event.message)) player.push(event.message);
    } else if (event.type === "update" && event.failure) player.push(`the CDM: ${event.failure}`);
  }
  return ours || player.length ? { ours, player } : undefined;
}

/** One line for the status. */
export const headline = ({ ours, player }: Failure): string =>
  ours?.message ?? `The player reports: ${player[0] ?? "an error"}`;

/** The report for support: no token, no key, no URL with a query. */
export function reportOf({ ours, player }: Failure, about: [string, string][]): string {
  const rows: [string, string | number | undefined][] = [
    ["what", ours?.message ?? player[0]],
    ["what to do", ours?.hint],
    ["code", ours?.code],
    ["PallyCon", ours?.serverCode],
    ["HTTP status", ours?.httpStatus],
    ["site", ours?.siteError && `${ours.siteError.code}: ${ours.siteError.message}`],
    ["phase", ours?.phase],
    ["player", player.join("; ") || undefined],
    ...about,
  ];
  return rows
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join("\n");
}

export function showFailure(place: HTMLElement, failure: Failure, about: [string, string][]): void {
  const { ours, player } = failure;
  const number = ours?.serverCode;
  place.hidden = false;
  place.className = "notice";
  place.dataset.kind = "error";
  const word = player[0]?.split(" ").slice(-1)[0];
  fill(
    place,
    h("h3", {}, headline(failure)),
    h(
      "p",
      {},
      ours?.hint ??
        "The package has no error of its own for this: the CDM or the player failed. The timeline shows the last step that worked.",
    ),
    h(
      "dl",
      { class: "rows small" },
      ...(ours ? [h("dt", {}, "Code"), h("dd", {}, codeLink(ours.code))] : []),
      ...(number ? [h("dt", {}, "PallyCon"), h("dd", {}, number)] : []),
      ...(ours?.siteError
        ? [h("dt", {}, "The site says"), h("dd", {}, `${ours.siteError.code}: ${ours.siteError.message}`)]
        : []),
      ...(ours?.httpStatus !== undefined ? [h("dt", {}, "HTTP status"), h("dd", {}, String(ours.httpStatus))] : []),
      ...(player.length
        ? [
            h("dt", {}, "The player says"),
            h(
              "dd",
              {},
              player.join("; "),
              !ours && word
                ? h("span", {}, " ", h("a", { href: `errors.html#search=${encodeURIComponent(word)}` }, "look it up"))
                : undefined,
            ),
          ]
        : []),
      ...(ours?.problems?.length
        ? [h("dt", {}, "The token"), h("dd", {}, ours.problems.map(({ message }) => message).join(" "))]
        : []),
    ),
    copyButton(() => reportOf(failure, about), "Copy a report for support", { text: "Copy report" }),
  );
}
