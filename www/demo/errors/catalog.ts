// All codes, searchable by number or text: the package's own (errors.json), and what players and browsers report
// instead.
import { SYMPTOMS, type Symptom } from "./symptoms.js";

export interface Entry {
  code: string;
  phase: string;
  hint: string;
  cause: string;
  message?: string;
  retryable?: boolean;
  /** the license server's number */
  pallycon?: number;
}
export interface ErrorTable {
  sections: { id: string; title: string; codes: Entry[] }[];
}
export interface Found {
  symptoms: Symptom[];
  entries: Entry[];
}

export const entriesOf = ({ sections }: ErrorTable): Entry[] =>
  ([] as Entry[]).concat(...sections.map(({ codes }) => codes));

/** The words of a query; dashes and case are ignored. */
const words = (text: string): string[] =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim()
    .split(" ")
    .filter(Boolean);

/** How well `fields`, best first, match all words: 0 means not at all. */
function rank(query: string[], fields: string[][]): number {
  if (query.length === 0) return 1;
  let sum = 0;
  for (const word of query) {
    // A whole word counts twice as much as a prefix; the first fields most. A number never matches as a part.
    const at = fields.map((field, index) => {
      const whole = field.includes(word);
      const begins = /^\d+$/.test(word)
        ? field.some((other) => word.length < 4 && other.startsWith(word))
        : word.length > 2 && field.some((other) => other.includes(word));
      return (whole ? 2 : begins ? 1 : 0) * (fields.length - index);
    });
    const best = Math.max(...at);
    if (best === 0) return 0;
    sum += best;
  }
  return sum;
}

const sorted = <T>(items: T[], rankOf: (item: T) => number): T[] =>
  items
    .map((item, index) => ({ item, index, rank: rankOf(item) }))
    .filter((one) => one.rank > 0)
    .sort((a, b) => b.rank - a.rank || a.index - b.index)
    .map(({ item }) => item);

export function search(table: ErrorTable, text: string): Found {
  const query = words(text);
  const symptoms =
    query.length === 0
      ? []
      : sorted(SYMPTOMS, ({ says, by, means }) => rank(query, [words(says), words(by), words(means)]));
  const entries = sorted(entriesOf(table), ({ code, pallycon, message = "", cause, hint, phase }) =>
    rank(query, [
      [...words(code), ...(pallycon ? ["pallycon", String(pallycon)] : [])],
      words(message),
      words(cause),
      words(hint),
      words(phase),
    ]),
  );
  return { symptoms, entries };
}
