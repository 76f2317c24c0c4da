// <theme-toggle>: switches between light and dark, and remembers the choice.
import { h } from "./dom.js";
import { chooseTheme, currentTheme } from "./theme.js";

class ThemeToggle extends HTMLElement {
  private readonly button = h("button", { type: "button", class: "plain", onclick: () => this.toggle() });

  connectedCallback(): void {
    this.append(this.button);
    this.show();
    matchMedia("(prefers-color-scheme: dark)").addListener(() => this.show());
  }

  private toggle(): void {
    chooseTheme(currentTheme() === "dark" ? "light" : "dark");
    this.show();
  }

  private show(): void {
    const next = currentTheme() === "dark" ? "Light" : "Dark";
    this.button.textContent = next;
    this.button.setAttribute("aria-label", `${next} colors`);
  }
}
customElements.define("theme-toggle", ThemeToggle);
