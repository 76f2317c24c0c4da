// The text of a sample for the current choice. What runs on the page is the same file, imported; here each `choice.NAME` of its
// source becomes the value itself, and the parameter goes.
import { optionsCode, type Setup } from "./options.js";

/** What the samples read of their first parameter, beside the options. */
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
