// Arguments, input and output, alike for every command.
import { existsSync, readFileSync, statSync } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";

/** Wrong usage: said on stderr, exit code 2. */
export class Usage extends Error {
  constructor(message: string, readonly command?: string) {
    super(message);
  }
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Arguments of a command; `--json` is everyone's. */
export function parse<const T extends Options>(command: string, args: string[], options: T) {
  try {
    const all: T & { json: { type: "boolean" } } = { ...options, json: { type: "boolean" } };
    return parseArgs({ args, options: all, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Usage((error as Error).message.split("\n")[0]!, command);
  }
}

/** A file's bytes, stdin's for `-`, or nothing where it is neither. */
export function bytesOf(name: string): Uint8Array | undefined {
  if (name === "-") return readFileSync(0);
  return isFile(name) ? readFileSync(name) : undefined;
}

// A token may be longer than any path can be, and a text may hold what no path can.
const isFile = (name: string): boolean => name.length < 1024 && !name.includes("\0") && existsSync(name) && statSync(name).isFile();

/** The text of a file or of stdin. */
export function textFile(name: string, what: string, command: string): string {
  const bytes = bytesOf(name);
  if (!bytes) throw new Usage(`${what}: there is no file "${name}".`, command);
  return new TextDecoder().decode(bytes);
}

export function jsonFile(name: string, what: string, command: string): unknown {
  const text = textFile(name, what, command);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message repeats the text, which may hold keys.
    throw new Usage(`${what}: "${name}" is not JSON.`, command);
  }
}

export const print = (text: string): void => void process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));
