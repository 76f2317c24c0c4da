// The data behind a step of the timeline, decoded by the package: init data, token, challenge, response, error. The
// readers mask keys, and of a token only the inspection's result is shown.
import type { PallyConError } from "pallycon-drm";
import { h, type Child } from "../shared/dom.js";
import type { Recorded } from "./recorded.js";
import type { Step } from "./timeline.js";

type Rows = [string, unknown][];
const MAX_HEX = 32;
const MAX_LIST = 24;
/** Many repetitions are shown a few times. */
const MAX_PARTS = 3;

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, MAX_HEX), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A value as shown on the page; nested values are nested lists. */
function show(value: unknown, depth = 0): Child {
  if (value instanceof Uint8Array)
    return h(
      "span",
      { class: "mono wrap" },
      `${hex(value)}${value.length > MAX_HEX ? "…" : ""} (${value.length} bytes)`,
    );
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object"))
      return h("span", { class: "wrap" }, value.join(", ") || "none");
    return h("ol", {}, ...value.slice(0, MAX_LIST).map((item) => h("li", {}, show(item, depth + 1))));
  }
  if (value && typeof value === "object") return depth > 6 ? "…" : list(Object.entries(value), depth + 1);
  return h("span", { class: "wrap" }, String(value));
}

const list = (rows: Rows, depth = 0): HTMLElement =>
  h(
    "dl",
    { class: "rows" },
    ...([] as Child[]).concat(
      ...rows
        .filter(([, value]) => value !== undefined && value !== "")
        .map(([name, value]) => [h("dt", {}, name), h("dd", {}, show(value, depth))]),
    ),
  );

const section = (title: string, ...children: Child[]): HTMLElement =>
  h("div", { class: "part" }, h("h4", {}, title), ...children);

/** The inspect module is for tools: it loads when the first bytes are opened. */
async function inspected(title: string, bytes: Uint8Array, message = true): Promise<HTMLElement> {
  try {
    const { init, inspectAny } = await import("pallycon-drm/inspect");
    await init();
    const { kind, layers, value } = inspectAny(bytes);
    // The bridge's Widevine messages are protobuf of its own: decoded as Widevine's they would be misleading.
    if (message && kind === "widevine-data")
      return section(
        title,
        list([
          ["size", `${bytes.length} bytes`],
          ["begins with", bytes],
        ]),
        h("p", { class: "quiet" }, SIMULATED),
      );
    return section(
      title,
      list([
        ["kind", kind],
        ["wrapped in", layers?.join(", ")],
        ["size", `${bytes.length} bytes`],
      ]),
      show(value),
    );
  } catch (error) {
    return section(title, h("p", { class: "quiet" }, `${bytes.length} bytes. ${(error as Error).message}`));
  }
}

const SIMULATED =
  "Simulated by the bridge: key ids, a nonce and a hash, not the format of a Widevine CDM. A real challenge is opaque to the page, too.";

/** An entry of the catalog. */
export const codeLink = (code: string): HTMLElement => h("a", { href: `errors.html#${code}` }, code);

export function errorRows(error: PallyConError): HTMLElement {
  return h(
    "div",
    {},
    list([
      ["what to do", error.hint],
      ["PallyCon", error.serverCode && `${error.serverCode}${error.serverMessage ? `: ${error.serverMessage}` : ""}`],
      ["HTTP status", error.httpStatus],
      ["the site says", error.siteError && `${error.siteError.code}: ${error.siteError.message}`],
      ["phase", error.phase],
      ["retryable", error.retryable ? "yes" : "no"],
      ["the token", error.problems?.map(({ message, hint }) => `${message} ${hint}`).join(" ")],
    ]),
    h("p", {}, "Code: ", codeLink(error.code)),
  );
}

async function partOf(event: Recorded): Promise<HTMLElement | undefined> {
  switch (event.type) {
    case "init-data":
      return section("Init data, as the package reads it", show(event.initData));
    case "generate-request":
      return inspected(`Init data (${event.initDataType})`, event.initData, false);
    case "challenge":
      return inspected(event.messageType, event.message);
    case "update":
      return inspected(event.failure ? `License, refused by the CDM (${event.failure})` : "License", event.response);
    case "token":
      return section(
        "Token, read without a key",
        event.inspection ? show(event.inspection) : h("p", {}, event.failure ?? "No token."),
      );
    case "request":
      return section(
        "Request",
        list([
          ["URL", event.url],
          ["DRM", event.drm],
          ["attempt", event.attempt],
          ["body", `${event.bytes} bytes`],
          ["token", "in a header, not shown"],
        ]),
      );
    case "license":
      return section(
        "Answer",
        list([
          ["size", `${event.bytes} bytes`],
          ["after", `${Math.round(event.duration)} ms, including the token`],
        ]),
      );
    case "retry":
      return section("Reason of the retry", h("p", {}, event.error.message), errorRows(event.error));
    case "error":
      return section("Error", h("p", {}, event.error.message), errorRows(event.error));
    case "warning":
      return section(
        "Warning",
        h("p", {}, event.message),
        h("p", {}, event.hint),
        h("p", {}, "Code: ", codeLink(event.code)),
      );
    case "player-error":
      return section(
        "What the player reports to its app",
        h("p", {}, event.message),
        event.ours && h("div", {}, h("p", {}, "It contains the package's error:"), errorRows(event.ours)),
      );
    case "statuses":
      return section("Key statuses", list(event.statuses.map(({ keyId, status }) => [keyId, status])));
    case "access":
      return section(
        "requestMediaKeySystemAccess()",
        list([
          ["key system", event.keySystem],
          ["result", event.granted ? "granted" : "refused"],
        ]),
      );
    default:
      return section(
        event.type,
        show(
          Object.fromEntries(
            Object.entries(event).filter(
              ([name, value]) => name !== "type" && name !== "at" && typeof value !== "object",
            ),
          ),
        ),
      );
  }
}

export async function detailsOf(step: Step): Promise<HTMLElement[]> {
  const parts = await Promise.all(step.events.slice(0, MAX_PARTS).map(partOf));
  return parts.filter((part): part is HTMLElement => part !== undefined);
}
