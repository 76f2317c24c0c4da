// What goes out. Whatever the input holds, a terminal gets text: no sequence that moves its cursor, fills its clipboard or turns
// the direction of what it shows.

/** Control and format characters, separators of lines that are not \n, and halves of characters. Tabs and line ends are the CLI's own. */
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const units = (character: string): number[] =>
  Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));

/** As JSON escapes them, so that JSON stays the same. */
const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (character) =>
    units(character)
      .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
      .join(""),
  );

const ended = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);

export const print = (text: string): void => void process.stdout.write(ended(printable(text)));
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));
/** XML has references for the same. */
export const printXml = (xml: string): void =>
  print(xml.replace(UNPRINTABLE, (character) => `&#x${character.codePointAt(0)!.toString(16)};`));
export const printError = (text: string): void => void process.stderr.write(ended(printable(text)));

/** A reader that has enough (`| head`) ends the command; it is no failure. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit();
    });
  }
}
