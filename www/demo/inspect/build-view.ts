// <build-view>: PSSH boxes and PlayReady Objects from fields. Every change is built immediately, and the changed bytes
// are marked.
import { copyButton } from "../shared/copy-button.js";
import { append, fill, h } from "../shared/dom.js";
import { CHOICES, FORMS, START, SYSTEMS, type FormField, type What } from "./forms.js";
import type { HexView } from "./hex-view.js";
import "./hex-view.js";
import { hexOf } from "./fields.js";
import { ask } from "./reader.js";
import type { Building } from "./tools.js";

type Values = Record<string, string>;

const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

export class BuildView extends HTMLElement {
  private what: What = "widevine-box";
  private values: Values = { ...START };
  private bytes: Uint8Array = new Uint8Array();
  private turn = 0;
  private readonly form = h("form", { class: "fields" });
  private readonly problem = h("div", { class: "problem", role: "alert" });
  private readonly text = h("textarea", { readonly: true, rows: "4", "aria-label": "Result in base64" });
  private readonly size = h("span", { class: "quiet small", role: "status" });
  private readonly hex = h("hex-view") as HexView;

  connectedCallback(): void {
    if (this.firstChild) return;
    const choice = h("select", {}, ...CHOICES.map(([value, label]) => h("option", { value }, label)));
    choice.addEventListener("change", () => {
      this.what = choice.value as What;
      this.bytes = new Uint8Array();
      this.showForm();
      void this.build();
    });
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => {
      const field = event.target as HTMLInputElement;
      this.values[field.name] = field.value;
      void this.build();
    });
    const inspect = () =>
      this.dispatchEvent(new CustomEvent("open", { bubbles: true, detail: { input: base64(this.bytes) } }));
    this.append(
      h(
        "div",
        { class: "columns" },
        h(
          "section",
          { class: "panel", "aria-label": "Fields" },
          h("label", { class: "field" }, "Build a", choice),
          this.form,
        ),
        h(
          "section",
          { class: "panel", "aria-label": "Result" },
          h(
            "div",
            { class: "toolbar" },
            h("h2", {}, "Result"),
            this.size,
            copyButton(() => base64(this.bytes), "Copy base64", { text: "Copy base64" }),
            copyButton(() => hexOf(this.bytes), "Copy hex", { text: "Copy hex" }),
            h("button", { type: "button", class: "end", onclick: inspect }, "Inspect"),
          ),
          this.problem,
          this.text,
          this.hex,
        ),
      ),
    );
    this.showForm();
  }

  /** Once it is visible: building needs the module. */
  start(): void {
    if (this.bytes.length === 0) void this.build();
  }

  private showForm(): void {
    fill(this.form);
    for (const field of FORMS[this.what])
      append(
        this.form,
        h(
          "label",
          { class: `field ${field.kind}` },
          field.label,
          field.hint && h("span", { class: "small" }, ` (${field.hint})`),
          this.control(field),
        ),
      );
  }

  private control({ name, kind, options }: FormField): HTMLElement {
    const value = this.values[name] ?? "";
    if (kind === "select") {
      const select = h(
        "select",
        { name },
        ...(options ?? []).map(([option, label]) => h("option", { value: option, selected: option === value }, label)),
      );
      return select;
    }
    if (kind === "key-ids" || kind === "keys" || kind === "hex") {
      const area = h("textarea", {
        name,
        rows: kind === "hex" ? "3" : "2",
        spellcheck: "false",
        autocapitalize: "off",
      });
      area.value = value;
      return area;
    }
    return h("input", {
      name,
      value,
      type: kind,
      min: kind === "number" ? "0" : undefined,
      spellcheck: "false",
      autocapitalize: "off",
    });
  }

  private async build(): Promise<void> {
    const turn = ++this.turn;
    try {
      const bytes = await this.bytesOf();
      const { ranges = [] } = await ask("inspect", bytes);
      if (turn !== this.turn) return;
      const changed = this.bytes.length > 0 ? difference(this.bytes, bytes) : undefined;
      this.bytes = bytes;
      fill(this.problem);
      this.text.value = base64(bytes);
      this.size.textContent = `${bytes.length} bytes`;
      this.hex.show(bytes, ranges);
      if (changed) this.hex.choose({ path: [], ...changed });
    } catch (error) {
      if (turn !== this.turn) return;
      const { message, hint } = error as Error & { hint?: string };
      fill(
        this.problem,
        h("div", { class: "notice", "data-kind": "error" }, h("strong", {}, message), hint && h("p", {}, hint)),
      );
    }
  }

  private async bytesOf(): Promise<Uint8Array> {
    const { what } = this;
    if (what === "widevine") return ask("build", await this.widevine());
    if (what === "playready") return ask("build", await this.playready());
    const inner =
      what === "widevine-box"
        ? await ask("build", await this.widevine())
        : what === "playready-box"
          ? await ask("build", await this.playready())
          : undefined;
    const systemId = what === "other-box" ? (this.value("systemId") ?? "") : SYSTEMS[what];
    const data = inner ?? (what === "other-box" ? bytesOfHex(this.value("data") ?? "") : undefined);
    const version = this.value("version");
    const keyIds = await this.keyIds("boxKeyIds");
    return ask("build", {
      what: "pssh",
      fields: {
        systemId,
        ...(keyIds.length > 0 && { keyIds }),
        ...(data && { data: data as Uint8Array<ArrayBuffer> }),
        ...(version && what !== "common-box" && { version: Number(version) as 0 | 1 }),
      },
    });
  }

  private async widevine(): Promise<Building> {
    const texts = Object.fromEntries(
      ["contentId", "provider", "algorithm", "protectionScheme", "trackType", "policy"]
        .map((name) => [name, this.value(name)])
        .filter(([, value]) => value),
    );
    const index = this.value("cryptoPeriodIndex");
    return {
      what: "widevine",
      fields: { keyIds: await this.keyIds("keyIds"), ...texts, ...(index && { cryptoPeriodIndex: Number(index) }) },
    };
  }

  private async playready(): Promise<Building> {
    const algorithm = this.value("keyAlgorithm") as "AESCTR" | undefined;
    const keys = (await this.keyIds("keys")).map((keyId) => ({ keyId, ...(algorithm && { algorithm }) }));
    const texts = Object.fromEntries(
      ["licenseUrl", "licenseUiUrl", "customAttributes"]
        .map((name) => [name, this.value(name)])
        .filter(([, value]) => value),
    );
    return {
      what: "playready",
      fields: { version: (this.value("headerVersion") ?? "4.2.0.0") as "4.2.0.0", keys, ...texts },
    };
  }

  /** A field of the current form; empty ones are left out. */
  private value(name: string): string | undefined {
    const control = this.form.elements.namedItem(name) as HTMLInputElement | null;
    return control?.value.trim() || undefined;
  }

  private async keyIds(name: string): Promise<string[]> {
    const lines = (this.value(name) ?? "").split(/[\s,;]+/).filter(Boolean);
    return Promise.all(
      lines.map(async (line) => {
        const id = await ask("keyId", line);
        if (!id)
          throw Object.assign(new Error(`"${line}" is not a key id.`), {
            hint: "A key id is 16 bytes: a UUID, 32 hex digits, or 24 characters of base64.",
          });
        return id;
      }),
    );
  }
}
customElements.define("build-view", BuildView);

function bytesOfHex(text: string): Uint8Array {
  const digits = text.replace(/[\s:,]|0x/gi, "");
  if (!/^([0-9a-f]{2})*$/i.test(digits))
    throw Object.assign(new Error("The data is not hex."), {
      hint: "Write two digits per byte; blanks between them are ignored.",
    });
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

/** The changed part of the new bytes: everything between the common prefix and the common suffix. */
function difference(before: Uint8Array, after: Uint8Array): { offset: number; length: number } | undefined {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end += 1;
  const length = after.length - end - start;
  return length > 0 ? { offset: start, length } : undefined;
}
