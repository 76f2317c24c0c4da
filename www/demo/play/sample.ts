// The text of a sample for the current choice. The page runs the same file, imported; the text replaces each
// `choice.NAME` by its value, and drops the parameter.
import { optionsCode, type Setup } from "./options.js";

/** The fields of the samples' first parameter, besides the options. */
export interface SampleChoice {
  url: string;
  drm: string;
  keySystem: string;
  contentId: string | undefined;
  type: string;
}

export function sampleText(source: string, setup: Setup, choice: SampleChoice): string {
  const { before, literal } = optionsCode(setup, "  ");
  const filled = source
    .replace("play(choice, {", "play({")
    .replace(/\bchoice\.(\w+)/g, (_, name: string) =>
      name === "options" ? literal : String(JSON.stringify(choice[name as keyof SampleChoice])),
    )
    .replace(/\bcontentId: undefined, /g, "");
  const imports = filled.lastIndexOf("\nimport ");
  const end = imports < 0 ? filled.indexOf("\n") + 1 : filled.indexOf("\n", imports + 1) + 1;
  return before ? `${filled.slice(0, end)}\n${before}${filled.slice(end)}` : filled;
}
