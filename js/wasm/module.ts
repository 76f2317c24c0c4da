// Gets a compiled module from any source, and explains failures. Every entry of the package loads through it.
import { asBytes, isA, redactUrl } from "../bytes.js";
import { createError, type PallyConError } from "../errors/error.js";
import { Reason } from "../generated/codes.js";
import type { Bytes } from "../types.js";

export type ModuleSource = string | URL | Response | Promise<Response> | Bytes | WebAssembly.Module;

const blocked = (reason: Reason, cause?: unknown) => createError("wasm-blocked", { reason, cause });
const unreachable = (reason: Reason, cause?: unknown, parameters: (string | number)[] = []): PallyConError =>
  createError("wasm-unreachable", { reason, parameters, cause });

/** `beside`: the file's URL if no source is given; `owned`: an export that identifies the right module. */
export async function fetchModule(
  source: ModuleSource | undefined,
  beside: () => URL,
  owned: string,
): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== "object") throw blocked(Reason.WasmMissing);
  let from = source;
  try {
    from ??= beside();
  } catch (cause) {
    // Bundlers that write scripts without modules remove import.meta.
    throw unreachable(Reason.WasmPlaceUnknown, cause);
  }
  const settled = await Promise.resolve(from).catch((cause: unknown) => {
    throw unreachable(Reason.WasmNotFetched, cause);
  });
  const module = isA(settled, "WebAssembly.Module")
    ? settled
    : await compile(typeof settled === "string" || isA(settled, "URL") ? await read(settled) : settled);
  if (WebAssembly.Module.exports(module).some(({ name }) => name === owned)) return module;
  throw unreachable(Reason.WasmOther);
}

/**
 * Compiles while downloading if the browser can; otherwise, or if that fails, from the bytes, which reveal what is
 * wrong.
 */
async function compile(source: Response | Bytes): Promise<WebAssembly.Module> {
  let streamed: WebAssembly.Module | undefined;
  let bytes: Uint8Array | undefined;
  if (isA(source, "Response")) {
    if (!source.ok) throw unreachable(Reason.WasmStatus, undefined, [source.status, redactUrl(source.url)]);
    const copy = source.bodyUsed ? source : source.clone();
    // Refused: a server that does not send it as application/wasm. Absent: Safari before 15.
    streamed = await WebAssembly.compileStreaming?.(source).catch(() => undefined);
    if (!streamed)
      bytes = new Uint8Array(
        await copy.arrayBuffer().catch((cause: unknown) => {
          throw unreachable(Reason.WasmNotRead, cause);
        }),
      );
  } else {
    bytes = bytesOf(source);
  }
  // "\0asm": a server that responds to a missing file with a page must not be mistaken for a blocked module.
  if (bytes && !(bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d))
    throw unreachable(Reason.WasmNotWasm);
  try {
    // WebKit (2.50, 2025) compiles under a policy that forbids wasm, and refuses the instance: an empty module reveals
    // it in time.
    await WebAssembly.instantiate(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  } catch (cause) {
    throw blocked(Reason.WasmRefused, cause);
  }
  return (
    streamed ??
    WebAssembly.compile(bytes as BufferSource).catch((cause: unknown) => {
      throw unreachable(Reason.WasmDamaged, cause);
    })
  );
}

function bytesOf(source: Bytes): Uint8Array {
  try {
    const bytes = asBytes(source);
    // A buffer that was transferred to another thread is empty.
    if (bytes.length) return bytes;
  } catch {
    /* reported below */
  }
  throw unreachable(Reason.WasmSourceInvalid);
}

async function read(url: string | URL): Promise<Response | Bytes> {
  if (String(url).startsWith("file:")) {
    // Node: its fetch does not support file URLs. Imported at run time, so that bundlers see no import of a Node
    // module.
    const host = (typeof globalThis === "undefined" ? {} : globalThis) as {
      process?: { getBuiltinModule?: (name: string) => { readFileSync(path: URL): Uint8Array } | undefined };
    };
    const fs = host.process?.getBuiltinModule?.("node:fs");
    if (fs) {
      try {
        return fs.readFileSync(new URL(url));
      } catch (cause) {
        throw unreachable(Reason.WasmNotRead, cause);
      }
    }
  }
  return fetch(url).catch((cause: unknown) => {
    throw unreachable(Reason.WasmNotFetched, cause);
  });
}
