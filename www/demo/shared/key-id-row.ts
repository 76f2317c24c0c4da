// <key-id-row key-id="HEX" label="video">: a key id in all its forms, each with a button that copies it.
import { copyButton } from "./copy-button.js";
import { fill, h } from "./dom.js";
import { keyIdForms, type KeyIdForms } from "./key-id.js";

const NAMES: [keyof KeyIdForms, string, string][] = [
  ["uuid", "UUID", "as manifests have it"],
  ["hex", "Hex", "as this package has it"],
  ["base64", "Base64", "of the same bytes"],
  ["guid", "GUID", "PlayReady's byte order, in base64"],
];

class KeyIdRow extends HTMLElement {
  static observedAttributes = ["key-id", "label"];

  connectedCallback(): void {
    this.show();
  }
  attributeChangedCallback(): void {
    if (this.isConnected) this.show();
  }

  private show(): void {
    const hex = this.getAttribute("key-id") ?? "";
    const label = this.getAttribute("label");
    const rows: Node[] = [];
    // An id of another length has no UUID.
    const forms: Partial<KeyIdForms> = hex.length === 32 ? keyIdForms(hex) : { hex };
    for (const [form, name, where] of NAMES) {
      const value = forms[form];
      if (value === undefined) continue;
      rows.push(
        h("dt", { title: where }, name),
        h(
          "dd",
          {},
          h("span", { class: "mono wrap" }, value),
          copyButton(value, `Copy ${name} ${value}`, { compact: true }),
        ),
      );
    }
    fill(this, label && h("h3", {}, label), h("dl", { class: "rows" }, ...rows));
  }
}
customElements.define("key-id-row", KeyIdRow);

export const keyIdRow = (hex: string, label?: string): HTMLElement => h("key-id-row", { "key-id": hex, label });
