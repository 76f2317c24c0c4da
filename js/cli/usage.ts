// Arguments and input, handled alike by every command.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { parseArgs, type ParseArgsConfig } from "node:util";

/** A usage error: printed on stderr, exit code 2. */
export class Usage extends Error {
  constructor(
    message: string,
    readonly command?: string,
  ) {
    super(message);
  }
}

export type Options = NonNullable<ParseArgsConfig["options"]>;
/** Values of options that are only known at run time. */
export type Parsed = Record<string, string | boolean | (string | boolean)[] | undefined>;

/** Arguments of a command; every command accepts `--json`. */
export function parse<const T extends Options>(command: string, args: string[], options: T) {
  try {
    const all: T & { json: { type: "boolean" } } = { ...options, json: { type: "boolean" } };
    return parseArgs({ args, options: all, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Usage((error as Error).message.split("\n")[0]!, command);
  }
}

/** More than any manifest or segment that is worth inspecting. */
const MAX_INPUT = 16 * 1024 * 1024;

/** The bytes of a file or pipe, those of stdin for `-`, or undefined for anything else. */
export async function bytesOf(name: string): Promise<Uint8Array | undefined> {
  if (name === "-") return collect(process.stdin, "stdin");
  if (!(await isReadable(name))) return undefined;
  return collect(createReadStream(name), `"${name}"`);
}

/** Error codes for paths that cannot exist: the argument is text. */
const NO_FILE = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP"]);

async function isReadable(name: string): Promise<boolean> {
  // A token can be longer than any path, and text may contain characters that no path can.
  if (name === "" || name.length >= 1024 || name.includes("\0")) return false;
  try {
    if ((await stat(name)).isDirectory()) throw new Usage(`"${name}" is a directory.`);
    return true;
  } catch (error) {
    if (NO_FILE.has((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error instanceof Usage ? error : unreadable(`"${name}"`, error);
  }
}

const unreadable = (name: string, error: unknown): Usage =>
  new Usage(`${name} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"}).`);

async function collect(stream: AsyncIterable<Uint8Array>, name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > MAX_INPUT) throw new Usage(`${name} is larger than 16 MiB, the most that is read.`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof Usage ? error : unreadable(name, error);
  }
  return Buffer.concat(chunks, size);
}

/** The text of a file or of stdin. */
export async function textFile(name: string, what: string, command: string): Promise<string> {
  const bytes = await bytesOf(name);
  if (!bytes) throw new Usage(`${what}: there is no file "${name}".`, command);
  return new TextDecoder().decode(bytes);
}

export async function jsonFile(name: string, what: string, command: string): Promise<unknown> {
  const text = await textFile(name, what, command);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message repeats the text, which may hold keys.
    throw new Usage(`${what}: "${name}" is not JSON.`, command);
  }
}
