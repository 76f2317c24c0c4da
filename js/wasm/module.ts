// Gets a compiled module from any source, and explains failures. Every entry of the package loads through it.
import { asBytes, isA, redactUrl } from "../bytes.js";
import { createError, type PallyConError } from "../errors/error.js";
import { Reason } from "../generated/codes.js";
import { hasTextCoding } from "../text-coding.js";
import type { Bytes } from "../types.js";

export type ModuleSource = string | URL | Response | Promise<Response> | Bytes | WebAssembly.Module;

const embedded: { [file: string]: () => Uint8Array } = {};
/** The script contains the module: nothing is fetched. */
export const embed = (file: string, bytes: () => Uint8Array): void => {
  embedded[file] = bytes;
};
export const isEmbedded = (file: string): boolean => !!embedded[file];

/** Neither a page nor its worker: no Content-Security-Policy can apply. */
declare const importScripts: unknown;
const outside = typeof document === "undefined" && typeof importScripts === "undefined";

const notFetched = outside ? Reason.WasmNotFetchedOutside : Reason.WasmNotFetched;

const blocked = (reason: Reason, cause?: unknown) => createError("wasm-blocked", { reason, cause });

/** `name`: the file's URL, or its name if no URL is known. */
function unreachable(reason: Reason, name: string, cause?: unknown, ...more: (string | number)[]): PallyConError {
  // Vite 5 to 7 move the script there in development, and leave the .wasm where it was.
  const prebundled = name.includes("/.vite/deps/");
  return createError("wasm-unreachable", {
    reason: prebundled ? Reason.WasmPrebundled : reason,
    parameters: [name, ...more],
    cause,
  });
}

const nameOf = (url: string | URL): string => redactUrl(String(url).replace(/^data:[\s\S]*/, "The data: URL"));

/**
 * `owned`: an export that identifies the right module; `beside`: the file's URL if no source is given and it is not
 * embedded, unless the bundle does not know it.
 */
export async function fetchModule(
  source: ModuleSource | undefined,
  file: string,
  owned: string,
  beside?: URL,
): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== "object") throw blocked(Reason.WasmMissing);
  if (!hasTextCoding) throw blocked(Reason.WasmTextCoding);
  const from = source ?? embedded[file]?.() ?? beside;
  if (!from) throw unreachable(Reason.WasmPlaceUnknown, file);
  const settled: unknown = await Promise.resolve(from).catch((cause: unknown) => {
    throw unreachable(notFetched, file, cause);
  });
  let name = source ? "What init() was given" : file;
  let module = settled;
  if (!isA(module, "WebAssembly.Module")) {
    let found = settled as Response | Bytes;
    if (typeof settled === "string" || isA(settled, "URL")) {
      name = nameOf(settled);
      found = await read(settled, name);
    } else if (isA(settled, "Response") && settled.url) {
      name = nameOf(settled.url);
    }
    module = await compile(found, name);
  }
  if (WebAssembly.Module.exports(module as WebAssembly.Module).some((item) => item.name === owned))
    return module as WebAssembly.Module;
  throw unreachable(Reason.WasmOther, name, undefined, file);
}

/**
 * Compiles while downloading if the browser can; otherwise, or if that fails, from the bytes, which reveal what is
 * wrong.
 */
async function compile(source: Response | Bytes, name: string): Promise<WebAssembly.Module> {
  let streamed: WebAssembly.Module | undefined;
  let bytes: Uint8Array | undefined;
  if (isA(source, "Response")) {
    if (!source.ok) throw unreachable(Reason.WasmStatus, name, undefined, source.status);
    const copy = source.bodyUsed ? source : source.clone();
    // Refused: a server that does not send it as application/wasm. Absent: Safari before 15.
    streamed = await WebAssembly.compileStreaming?.(source).catch(() => undefined);
    if (!streamed)
      bytes = new Uint8Array(
        await copy.arrayBuffer().catch((cause: unknown) => {
          throw unreachable(Reason.WasmNotRead, name, cause);
        }),
      );
  } else {
    bytes = bytesOf(source);
  }
  // "\0asm": a server that responds to a missing file with a page must not be mistaken for a blocked module.
  if (bytes && !(bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d))
    throw unreachable(isHtml(bytes) ? Reason.WasmHtml : Reason.WasmNotWasm, name);
  try {
    // WebKit (2.50, 2025) compiles under a policy that forbids wasm, and refuses the instance: an empty module reveals
    // it in time.
    await WebAssembly.instantiate(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  } catch (cause) {
    throw blocked(outside ? Reason.WasmRefusedOutside : Reason.WasmRefused, cause);
  }
  return (
    streamed ??
    WebAssembly.compile(bytes as BufferSource).catch((cause: unknown) => {
      throw unreachable(Reason.WasmDamaged, name, cause);
    })
  );
}

/** `<`, optionally after a byte order mark or whitespace. */
const isHtml = (bytes: Uint8Array): boolean =>
  /^[\xef\xbb\xbf\s]*</.test(String.fromCharCode(...bytes.subarray(0, 64)));

function bytesOf(source: Bytes): Uint8Array {
  try {
    const bytes = asBytes(source);
    // A buffer that was transferred to another thread is empty.
    if (bytes.length) return bytes;
  } catch {
    /* reported below */
  }
  throw unreachable(Reason.WasmSourceInvalid, "");
}

/** Node's module, in Node and compatible runtimes. Imported at run time, so that bundlers see no import of it. */
export function builtin<T>(name: string): T | undefined {
  const host = (typeof globalThis === "undefined" ? {} : globalThis) as {
    process?: { getBuiltinModule?: (name: string) => T | undefined };
  };
  return host.process?.getBuiltinModule?.(name);
}

async function read(url: string | URL, name: string): Promise<Response | Bytes> {
  if (String(url).startsWith("file:")) {
    // Node's fetch does not support file URLs.
    const fs = builtin<{ readFileSync(path: URL): Uint8Array }>("node:fs");
    if (fs) {
      try {
        return fs.readFileSync(new URL(url));
      } catch (cause) {
        throw unreachable(Reason.WasmNotRead, name, cause);
      }
    }
  }
  return fetch(url).catch((cause: unknown) => {
    throw unreachable(notFetched, name, cause);
  });
}
