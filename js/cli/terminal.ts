// Output. Whatever the input contains, the terminal only gets text: no sequence that moves its cursor, fills its
// clipboard or reverses the direction of the text.

/**
 * Control and format characters, line separators other than \n, and lone surrogates. Only the CLI itself prints tabs
 * and line ends.
 */
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const units = (character: string): number[] =>
  Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));

/** Escaped as in JSON, so that JSON keeps its meaning. */
const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (character) =>
    units(character)
      .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
      .join(""),
  );

const ended = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);

export const print = (text: string): void => void process.stdout.write(ended(printable(text)));
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));
/** XML uses character references instead. */
export const printXml = (xml: string): void =>
  print(xml.replace(UNPRINTABLE, (character) => `&#x${character.codePointAt(0)!.toString(16)};`));
export const printError = (text: string): void => void process.stderr.write(ended(printable(text)));

/** A reader that closes the pipe early (`| head`) ends the command without a failure. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit();
    });
  }
}
