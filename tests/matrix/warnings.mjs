// The warnings in a tool's output that concern this package. Each makes its cell red.
import { stripVTControlCharacters } from "node:util";

const WARNING = /\bwarn(ing)?s?\b|⚠|deprecat|critical dependency/i;
const OURS = /pallycon-drm|\b(player|media|inspect|server)\.wasm|import\.meta/i;
/** A warning's explanation and place follow in the next lines. */
const LINES = 8;

/** @param {string} output @returns {string[]} the first line of each, with what it is about */
export function warningsAbout(output) {
  const lines = stripVTControlCharacters(output).split("\n");
  const found = [];
  lines.forEach((line, i) => {
    if (!WARNING.test(line)) return;
    const rest = lines.slice(i + 1, i + LINES);
    const end = rest.findIndex((next) => WARNING.test(next));
    const block = [line, ...rest.slice(0, end < 0 ? LINES : end)];
    const about = block.find((part) => OURS.test(part));
    if (about) found.push(about === line ? line.trim() : `${line.trim()} ${about.trim()}`);
  });
  return found;
}
