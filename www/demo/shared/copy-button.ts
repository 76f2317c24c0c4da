// <copy-button value="…" label="Copy the UUID">: copies, and confirms it. `compact` omits the border.
import { h } from "./dom.js";

const SHOWN = 1500;

export class CopyButton extends HTMLElement {
  /** The text to copy: the attribute, or this property if it is long or computed late. */
  value: string | (() => string | Promise<string>) = "";
  private readonly said = h("span", { class: "visually-hidden", role: "status" });
  private readonly button = h("button", { type: "button", onclick: () => void this.copy() });
  private timer = 0;

  connectedCallback(): void {
    this.button.textContent = this.getAttribute("text") ?? "Copy";
    this.button.setAttribute("aria-label", this.getAttribute("label") ?? "Copy");
    this.append(this.button, this.said);
  }

  private async copy(): Promise<void> {
    const value = this.value || (this.getAttribute("value") ?? "");
    const copied = await write(typeof value === "function" ? await value() : value);
    this.button.textContent = copied ? "Copied" : "Failed";
    this.said.textContent = copied ? "Copied" : "The browser did not allow copying.";
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.button.textContent = this.getAttribute("text") ?? "Copy";
      this.said.textContent = "";
    }, SHOWN);
  }
}
customElements.define("copy-button", CopyButton);

async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard API: an insecure address (a phone in the local network) or an old engine.
    const field = h("textarea", { "aria-hidden": "true", class: "visually-hidden" });
    field.value = text;
    const focused = document.activeElement as HTMLElement | null;
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    focused?.focus();
    return copied;
  }
}

/** A button that copies. */
export function copyButton(
  value: CopyButton["value"],
  label: string,
  { text, compact }: { text?: string; compact?: boolean } = {},
): CopyButton {
  const button = h("copy-button", { label, text, compact }) as CopyButton;
  button.value = value;
  return button;
}
