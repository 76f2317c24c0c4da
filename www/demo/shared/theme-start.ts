import { applyTheme, chosenTheme } from "./theme.js";

const chosen = chosenTheme();
if (chosen) applyTheme(chosen);
