// pallycon-drm wasm: the server's module as a file, for runtimes that cannot compile bytes.
import { writeFile } from "node:fs/promises";
import { unpack } from "../server/embedded.js";
import { print, printJson } from "./terminal.js";
import { Usage, parse } from "./usage.js";

const NAME = "wasm";

export async function runWasm(args: string[]): Promise<number> {
  const { values, positionals } = parse(NAME, args, {});
  const [file, ...more] = positionals;
  if (file === undefined || more.length) throw new Usage("wasm takes one path: the file to write.", NAME);
  const bytes = await unpack();
  try {
    await writeFile(file, bytes);
  } catch (error) {
    throw new Usage(`"${file}" cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown error"}).`, NAME);
  }
  if (values.json) printJson({ file, bytes: bytes.length });
  else print(`${file}: ${bytes.length} bytes`);
  return 0;
}
