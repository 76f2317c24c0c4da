// The form of the Play page: the choices, which of them override others, and what is stored where.
import { find, h } from "../shared/dom.js";
import {
  DRMS,
  contentChoices,
  drmChoices,
  playerChoices,
  playerOf,
  sourceOf,
  typeOf,
  type Choice,
  type Player,
} from "./choices.js";
import { faultChoices, faultOf } from "./faults.js";
import { clearKeyFile, mediaUrl, type Backend } from "./server.js";
import type { Drm } from "pallycon-drm";
import type { Setup } from "./options.js";
import type { SampleChoice } from "./sample.js";

const SITE = "DEMO";
/** Values that may be in the address or the browser's storage. Never the token. */
const OWN = ["manifest", "siteId", "contentId", "tokenKind", "host"] as const;
const CHOSEN = ["player", "drm", "content", "fault"] as const;
const STORED = "play-own";
/** Placeholders of empty fields, also used in the code to copy. */
export const EXAMPLES = {
  manifest: "https://cdn.example.com/movie/manifest.mpd",
  siteId: "ABCD",
  host: "https://drm-license.doverunner.com",
  tokenUrl: "https://app.example.com/drm/token",
};

export interface Chosen {
  player: Player;
  drm: Drm;
  own: boolean;
  bridge: boolean;
  sample: string;
  setup: Setup;
  choice: SampleChoice;
  fault: string;
}

type Fields = Record<
  (typeof OWN)[number] | (typeof CHOSEN)[number] | "token" | "source",
  HTMLInputElement | HTMLSelectElement
> &
  Record<"remember" | "bridge", HTMLInputElement>;

export class Form {
  readonly element = find<HTMLFormElement>("#choices");
  private readonly wanted = new URLSearchParams(location.search);

  constructor(
    private readonly backend: Backend,
    private readonly changed: () => void,
  ) {
    this.recall();
    (this.fields.manifest as HTMLInputElement).placeholder = EXAMPLES.manifest;
    (this.fields.host as HTMLInputElement).placeholder = EXAMPLES.host;
    if (!backend.server) this.fields.bridge.checked = false;
    if (this.wanted.get("cdm") === "real") this.fields.bridge.checked = false;
    this.offer();
    this.element.addEventListener("input", ({ target }) => this.onInput(target as HTMLInputElement));
    find("#to-address").addEventListener("click", () => this.toAddress());
  }

  get fields(): Fields {
    return this.element.elements as unknown as Fields;
  }
  get own(): boolean {
    return this.fields.source.value === "own";
  }

  private onInput(target: HTMLInputElement | HTMLSelectElement): void {
    if (target.name === "source") this.fields.bridge.checked = this.backend.server && !this.own;
    if (target.name === "remember" || this.fields.remember.checked) this.keep();
    this.offer();
    this.changed();
  }

  /** Each choice limits the others. */
  private offer(): void {
    const { own, backend } = this;
    this.list("player", playerChoices());
    const player = playerOf(this.fields.player.value);
    this.list("drm", drmChoices(player, { own, server: backend.server }));
    const drm = (this.fields.drm.value || "clearkey") as Drm;
    this.list("content", contentChoices(player, drm, backend.contents));
    this.list("fault", faultChoices(drm));
    for (const part of Array.from(this.element.querySelectorAll<HTMLElement>("[data-for], [data-needs]"))) {
      part.hidden =
        (part.dataset.for !== undefined && part.dataset.for !== (own ? "own" : "sample")) ||
        (part.dataset.needs === "server" && !backend.server);
    }
    const { expect } = faultOf(this.fields.fault.value);
    const note = find("#fault-note");
    note.textContent = expect;
    note.hidden ||= !expect;
    const kind = this.fields.tokenKind.value;
    find("#token-label").textContent = kind === "url" ? "Token URL" : "Token";
    const token = this.fields.token as HTMLInputElement;
    token.type = kind === "fixed" ? "password" : "text";
    token.placeholder = kind === "url" ? `${EXAMPLES.tokenUrl} gets ?content_id=…&drm=…` : "";
    token.disabled = kind === "none";
  }

  private list(name: (typeof CHOSEN)[number], choices: Choice[]): void {
    const select = this.fields[name] as HTMLSelectElement;
    const wanted = select.value || this.wanted.get(name);
    const possible = choices.filter(({ why }) => !why);
    const chosen = (possible.find(({ value }) => value === wanted) ?? possible[0])?.value;
    const now = Array.from(select.options, ({ value, text, disabled }) => `${value} ${text} ${disabled}`).join();
    const options = choices.map(({ value, label, why }) =>
      h("option", { value, disabled: !!why }, why ? `${label}: ${why}` : label),
    );
    // An open list must not be rebuilt while the visitor uses it.
    if (options.map((option) => `${option.value} ${option.text} ${option.disabled}`).join() !== now) {
      select.textContent = "";
      select.append(...options);
    }
    select.value = chosen ?? "";
  }

  /** The form's values, ready to run. Throws a sentence if something is missing. */
  chosen(): Chosen {
    const { fields, own, backend } = this;
    const player = playerOf(fields.player.value);
    const drm = (fields.drm.value || "clearkey") as Drm;
    const { keySystem } = DRMS[drm];
    const common = {
      player,
      drm,
      own,
      bridge: fields.bridge.checked && backend.server,
      fault: own ? "none" : fields.fault.value,
    };
    if (own) {
      const value = (name: keyof Fields) => fields[name].value.trim();
      const contentId = value("contentId") || undefined;
      const token =
        value("tokenKind") === "url" && value("token")
          ? { kind: "url" as const, url: value("token") }
          : value("tokenKind") === "fixed" && value("token")
            ? { kind: "fixed" as const, value: value("token") }
            : { kind: "none" as const };
      const setup: Setup = {
        siteId: value("siteId"),
        host: value("host").replace(/\/$/, ""),
        token,
        ...(contentId ? { contentId } : {}),
      };
      const url = value("manifest");
      return {
        ...common,
        sample: player.ownSample ?? player.sample,
        setup,
        choice: { url, drm, keySystem, contentId, type: typeOf(url) },
      };
    }
    if (!fields.drm.value)
      throw new Error(
        `${player.label} with a sample needs the local license server. Choose another player, or your own stream.`,
      );
    const content =
      backend.contents.find(({ contentId }) => contentId === fields.content.value) ?? backend.contents[0]!;
    const { contentId } = content;
    const url = mediaUrl(backend, sourceOf(player, drm, content) ?? content.dash);
    const setup: Setup = backend.server
      ? {
          siteId: SITE,
          contentId,
          host: backend.base.replace(/\/$/, ""),
          token: drm === "clearkey" ? { kind: "none" } : { kind: "url", url: `${backend.base}api/drm/token` },
        }
      : { contentId, licenseUrl: { clearkey: clearKeyFile(contentId) }, token: { kind: "none" } };
    return { ...common, sample: player.sample, setup, choice: { url, drm, keySystem, contentId, type: typeOf(url) } };
  }

  /** A sample's choice is in the address, so that it can be shared. */
  remember(): void {
    if (this.own) return;
    const address = new URL(location.href);
    for (const name of CHOSEN) address.searchParams.set(name, this.fields[name].value);
    if (this.fields.bridge.checked || !this.backend.server) address.searchParams.delete("cdm");
    else address.searchParams.set("cdm", "real");
    history.replaceState(undefined, "", address.href);
  }

  private toAddress(): void {
    const address = new URL(location.href);
    address.search = "";
    for (const name of ["player", "drm", "source", ...OWN] as const)
      if (this.fields[name].value) address.searchParams.set(name, this.fields[name].value);
    history.replaceState(undefined, "", address.href);
  }

  private keep(): void {
    try {
      if (this.fields.remember.checked)
        localStorage.setItem(
          STORED,
          JSON.stringify(Object.fromEntries(OWN.map((name) => [name, this.fields[name].value]))),
        );
      else localStorage.removeItem(STORED);
    } catch {
      /* storage is blocked: the values stay in the page */
    }
  }

  private recall(): void {
    let stored: Partial<Record<string, string>> = {};
    try {
      stored = JSON.parse(localStorage.getItem(STORED) ?? "{}") as typeof stored;
      this.fields.remember.checked = localStorage.getItem(STORED) !== null;
    } catch {
      /* as above */
    }
    for (const name of OWN) this.fields[name].value = this.wanted.get(name) ?? stored[name] ?? this.fields[name].value;
    if (this.wanted.get("source") === "own") {
      (this.element.elements.namedItem("source") as RadioNodeList).value = "own";
      this.fields.bridge.checked = false;
    }
  }
}
