// <input-box>: the source of an input: typed or pasted text, a file that is opened or dropped, a sample. Large or
// binary input is kept outside the text field, where its layout would take the browser seconds. Reports changes with
// the event "given".
import { append, fill, h } from "../shared/dom.js";
import { samplePicker } from "./samples.js";
import type { Input } from "./tools.js";

/** Characters that a text field shows without delay on a slow machine. */
const MAX_TEXT = 50_000;
/** The hex view and the worker's copy multiply its size. */
const MAX_BYTES = 64 * 1024 * 1024;
/** The delay after typing. */
const PAUSE = 120;

export class InputBox extends HTMLElement {
  input: Input = "";
  private timer = 0;
  private readonly field = h("textarea", { spellcheck: "false", autocomplete: "off", autocapitalize: "off" });
  private readonly file = h("input", { type: "file", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true" });
  private readonly kept = h("p", { class: "kept", hidden: true });
  private readonly problem = h("p", { class: "notice", "data-kind": "error", role: "alert", hidden: true });
  readonly tools = h("div", { class: "toolbar" });

  connectedCallback(): void {
    if (this.firstChild) return;
    const label = this.getAttribute("label") ?? "Input";
    this.field.setAttribute("rows", this.getAttribute("rows") ?? "4");
    this.field.setAttribute("placeholder", "PSSH, PlayReady, MPD, playlist, segment, token, license, error, CPIX…");
    append(
      this.tools,
      h("button", { type: "button", onclick: () => this.file.click() }, "Open file…"),
      samplePicker((text) => this.give(text)),
      h("button", { type: "button", onclick: () => this.clear() }, "Clear"),
    );
    this.append(
      h("label", { class: "field" }, `${label}: paste, type or drop`, this.field),
      this.kept,
      this.problem,
      this.file,
      this.tools,
    );
    this.field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.take(this.field.value), PAUSE);
    });
    this.field.addEventListener("paste", (event) => {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      const [file] = Array.from(event.clipboardData?.files ?? []);
      if (!file && text.length <= MAX_TEXT) return;
      event.preventDefault();
      if (file) void this.open(file);
      else this.give(text);
    });
    this.file.addEventListener("change", () => {
      const [file] = Array.from(this.file.files ?? []);
      if (file) void this.open(file);
      this.file.value = "";
    });
    this.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.classList.add("over");
    });
    this.addEventListener("dragleave", () => this.classList.remove("over"));
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      this.classList.remove("over");
      const [file] = Array.from(event.dataTransfer?.files ?? []);
      if (file) void this.open(file);
      else this.give(event.dataTransfer?.getData("text/plain") ?? "");
    });
  }

  /** Sets an input, as if it had been pasted. */
  give(input: Input, name?: string): void {
    clearTimeout(this.timer);
    const shown = typeof input === "string" && input.length <= MAX_TEXT;
    this.field.value = shown ? input : "";
    this.field.hidden = !shown;
    this.kept.hidden = shown;
    if (!shown) {
      const size =
        typeof input === "string"
          ? `${input.length.toLocaleString("en")} characters`
          : `${input.length.toLocaleString("en")} bytes`;
      fill(
        this.kept,
        h("span", { class: "tag", "data-kind": "info" }, name ?? (typeof input === "string" ? "Text" : "Bytes")),
        ` ${size} `,
      );
    }
    this.take(input);
  }

  clear(): void {
    this.give("");
    this.field.focus();
  }

  private take(input: Input): void {
    this.problem.hidden = true;
    this.input = input;
    this.dispatchEvent(new CustomEvent("given", { bubbles: true }));
  }

  private async open(file: File): Promise<void> {
    if (file.size > MAX_BYTES)
      return this.refuse(
        `${file.name} has ${file.size.toLocaleString("en")} bytes. An init segment or a manifest is enough: at most ${MAX_BYTES / 1024 / 1024} MB are read.`,
      );
    try {
      this.give(new Uint8Array(await read(file)), file.name);
    } catch (error) {
      this.refuse(`${file.name} cannot be read: ${(error as Error).message}`);
    }
  }

  private refuse(message: string): void {
    this.problem.textContent = message;
    this.problem.hidden = false;
  }
}
customElements.define("input-box", InputBox);

/** Like `Blob.arrayBuffer()`, which is newer than some TVs. */
const read = (file: File): Promise<ArrayBuffer> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as ArrayBuffer);
    reader.onerror = () => reject(reader.error ?? new Error("unknown reason"));
    reader.readAsArrayBuffer(file);
  });
