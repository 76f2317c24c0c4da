// Getting a compiled module from any source, and saying why where that fails. Every entry of the package loads by it.
import { asBytes, redactUrl } from "../bytes.js";
import { createError, type PallyConError } from "../errors/error.js";
import { Reason } from "../generated/codes.js";
import type { Bytes } from "../types.js";

export type ModuleSource = string | URL | Response | Promise<Response> | Bytes | WebAssembly.Module;

const blocked = (reason: Reason, cause?: unknown) => createError("wasm-blocked", { reason, cause });
const unreachable = (reason: Reason, cause?: unknown, parameters: (string | number)[] = []): PallyConError => createError("wasm-unreachable", { reason, parameters, cause });

/** `beside`: where the file is without a source; `owned`: an export by which it is known for the right one. */
export async function fetchModule(source: ModuleSource | undefined, beside: () => URL, owned: string): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== "object") throw blocked(Reason.WasmMissing);
  let from = source;
  try {
    from ??= beside();
  } catch (cause) {
    // Bundlers that write scripts without modules take import.meta away.
    throw unreachable(Reason.WasmPlaceUnknown, cause);
  }
  const settled = await Promise.resolve(from).catch((cause: unknown) => { throw unreachable(Reason.WasmNotFetched, cause); });
  if (settled instanceof WebAssembly.Module) return checked(settled, owned);
  const bytes = asBytes(typeof settled === "string" || settled instanceof URL ? await read(settled) : await bytesOf(settled));
  // "\0asm": a server that answers a missing file with a page must not be taken for a blocked module.
  if (bytes[0] !== 0 || bytes[1] !== 0x61 || bytes[2] !== 0x73 || bytes[3] !== 0x6d) throw unreachable(Reason.WasmNotWasm);
  try {
    // WebKit (2.50, 2025) compiles under a policy that forbids wasm, and refuses the instance: an empty module shows it in time.
    await WebAssembly.instantiate(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  } catch (cause) {
    throw blocked(Reason.WasmRefused, cause);
  }
  const module = await WebAssembly.compile(bytes as BufferSource).catch((cause: unknown) => { throw unreachable(Reason.WasmDamaged, cause); });
  return checked(module, owned);
}

/**
 * Replaces an instance that died. `reset` is wasm-bindgen's own function: once the new instance is in place it calls a start
 * function, which these modules do not have.
 */
export function replaceInstance(reset: () => void): void {
  try {
    reset();
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
  }
}

function checked(module: WebAssembly.Module, owned: string): WebAssembly.Module {
  if (WebAssembly.Module.exports(module).some(({ name }) => name === owned)) return module;
  throw unreachable(Reason.WasmOther);
}

async function bytesOf(source: Response | Bytes): Promise<Bytes> {
  // A detached buffer is empty.
  if (ArrayBuffer.isView(source) ? source.buffer.byteLength : source instanceof ArrayBuffer && source.byteLength) return source as Bytes;
  if (!(source instanceof Response)) throw unreachable(Reason.WasmSourceInvalid);
  if (!source.ok) throw unreachable(Reason.WasmStatus, undefined, [source.status, redactUrl(source.url)]);
  return source.arrayBuffer().catch((cause: unknown) => { throw unreachable(Reason.WasmNotRead, cause); });
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
        throw unreachable(Reason.WasmNotRead, cause);
      }
    }
  }
  const response = await fetch(url).catch((cause: unknown) => { throw unreachable(Reason.WasmNotFetched, cause); });
  return bytesOf(response);
}
