// Light or dark, as the visitor chose on an earlier visit. An asynchronous script of its own: it loads with the style
// sheets and does not block painting. Without a choice, the system's preference applies, through the media attribute in
// layout.html.

export type Theme = "light" | "dark";
const KEY = "theme";
const PREFERENCE = "(prefers-color-scheme: dark)";

export function chosenTheme(): Theme | undefined {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : undefined;
  } catch {
    return undefined; // storage is blocked: the choice lasts as long as the page
  }
}

export const currentTheme = (): Theme => {
  const chosen = document.documentElement.dataset.theme as Theme | undefined;
  return chosen ?? (matchMedia(PREFERENCE).matches ? "dark" : "light");
};

export function applyTheme(theme: Theme | undefined): void {
  const link = document.getElementById("dark") as HTMLLinkElement;
  link.media = theme === undefined ? PREFERENCE : theme === "dark" ? "all" : "not all";
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

export function chooseTheme(theme: Theme): void {
  applyTheme(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    /* see chosenTheme */
  }
}
