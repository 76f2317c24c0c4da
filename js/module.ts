// Getting a compiled module from any source, and saying why where that fails. Every entry of the package loads by it.
import { PallyConError, type ErrorFields } from "./error.js";
import { bareUrl, view as viewOf } from "./bytes.js";
import type { Bytes } from "./types.js";

export type ModuleSource = string | URL | Response | Promise<Response> | Bytes | WebAssembly.Module;

const failure = (fields: Pick<ErrorFields, "code" | "message" | "hint"> & { cause?: unknown }) => new PallyConError({ phase: "environment", ...fields });

const blocked = (message: string, cause?: unknown) =>
  failure({ code: "wasm-blocked", message, hint: "Allow 'wasm-unsafe-eval' in the page's Content-Security-Policy (script-src), and check that the browser's lockdown mode is off for this site.", cause });

/** The file is not where it was looked for, or is not the file. */
export const unreachable = (message: string, cause?: unknown) =>
  failure({ code: "wasm-unreachable", message, hint: "Serve the package's .wasm files beside its scripts, or give the file's URL or bytes to init() (attachMedia: the option wasm); connect-src must allow it.", cause });

/** `beside`: where the file is without a source; `owned`: an export by which it is known for the right one. */
export async function fetchModule(source: ModuleSource | undefined, beside: () => URL, owned: string): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== "object") throw blocked("This browser has no WebAssembly, or the page may not use it.");
  let from = source;
  try {
    from ??= beside();
  } catch (cause) {
    // Bundlers that write scripts without modules take import.meta away.
    throw unreachable("The place of the .wasm file is not known in this bundle.", cause);
  }
  const settled = await Promise.resolve(from).catch((cause: unknown) => { throw unreachable("The .wasm file could not be fetched.", cause); });
  if (settled instanceof WebAssembly.Module) return checked(settled, owned);
  const bytes = typeof settled === "string" || settled instanceof URL ? await read(settled) : await bytesOf(settled);
  const view = viewOf(bytes);
  // "\0asm": a server that answers a missing file with a page must not be taken for a blocked module.
  if (view[0] !== 0 || view[1] !== 0x61 || view[2] !== 0x73 || view[3] !== 0x6d) throw unreachable("What was loaded is not a .wasm file.");
  try {
    // WebKit (2.50, 2025) compiles under a policy that forbids wasm, and refuses the instance: a module of nothing tells in time.
    await WebAssembly.instantiate(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  } catch (cause) {
    throw blocked("The browser refused to compile the module.", cause);
  }
  const module = await WebAssembly.compile(view as BufferSource).catch((cause: unknown) => { throw unreachable("The .wasm file is damaged.", cause); });
  return checked(module, owned);
}

function checked(module: WebAssembly.Module, owned: string): WebAssembly.Module {
  if (WebAssembly.Module.exports(module).some(({ name }) => name === owned)) return module;
  throw unreachable("What was loaded is another .wasm file.");
}

async function bytesOf(source: Response | Bytes): Promise<Bytes> {
  // A detached buffer is empty.
  if (ArrayBuffer.isView(source) ? source.buffer.byteLength : source instanceof ArrayBuffer && source.byteLength) return source as Bytes;
  if (!(source instanceof Response)) throw unreachable("init() was given no .wasm file.");
  if (!source.ok) throw unreachable(`The .wasm file was answered with HTTP ${source.status} (${bareUrl(source.url)}).`);
  return source.arrayBuffer().catch((cause: unknown) => { throw unreachable("The .wasm file could not be read.", cause); });
}

async function read(url: string | URL): Promise<Bytes> {
  if (String(url).startsWith("file:")) {
    // Node: its fetch knows no file URLs. Asked for at run time, so that bundlers see no import of a Node module.
    const host = globalThis as unknown as { process?: { getBuiltinModule?: (name: string) => { readFileSync(path: URL): Uint8Array } | undefined } };
    const fs = host.process?.getBuiltinModule?.("node:fs");
    if (fs) {
      try {
        return fs.readFileSync(new URL(url));
      } catch (cause) {
        throw unreachable("The .wasm file could not be read.", cause);
      }
    }
  }
  const response = await fetch(url).catch((cause: unknown) => { throw unreachable("The .wasm file could not be fetched.", cause); });
  return bytesOf(response);
}
