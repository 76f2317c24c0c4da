// The server's wasm: embedded, and compiled on first use. A failed load can be repeated.
import bindgen, * as bindings from "../../build/wasm/server/pallycon_drm.js";
import { createError, fetchModule, fromThrown, loadOnce, type ModuleSource } from "../core.js";
import { unpack } from "./embedded.js";
import type { CallbackRequest, CpixRequest, OpenedAuthData, OpenedLicenseToken, PackInfo } from "./types.js";

/**
 * The exports of `src/web/server.rs`. Spelled out, so that the package's types do not reference files that only the
 * build has.
 */
export interface ServerCore {
  checkTokenRequest(parameters: unknown, hasList: boolean): string | undefined;
  createLicenseToken(
    siteId: string,
    siteKey: string,
    accessKey: string | undefined,
    options: unknown,
    now: number,
  ): string;
  openLicenseToken(
    siteId: string,
    siteKey: string,
    accessKey: string | undefined,
    token: string,
  ): Omit<OpenedLicenseToken, "timestamp"> & { timestamp: number };
  createAuthData(siteId: string, siteKey: string, options: unknown): string;
  openAuthData(siteId: string, siteKey: string, value: string): OpenedAuthData;
  openCallbackRequest(siteId: string, siteKey: string, data: string): Omit<CallbackRequest, "request">;
  sealCallbackAnswer(siteId: string, siteKey: string, answer: unknown, nonce: string, now: number): string;
  kmsUrl(options: unknown): string;
  buildCpixRequest(options: unknown): string;
  parseCpixRequest(xml: Uint8Array): CpixRequest;
  checkCpixRequest(url: string, xml: string): void;
  kmsTakesGet(url: string): boolean;
  readKmsResponse(status: number, body: Uint8Array): PackInfo;
  cpixView(name: string, pack: unknown, options: unknown): unknown;
  cpixViews(): ViewInfo[];
}

/** A packager's settings and their options, as the command line lists them. */
export interface ViewInfo {
  name: string;
  title: string;
  /** its input: pack info; pack info or a content id and systems; only its options */
  input: "keys" | "settings" | "options";
  options: {
    name: string;
    kind: "text" | "number" | "boolean" | "list" | "json";
    doc: string;
    choices?: string[];
    required: boolean;
  }[];
}

/**
 * A `WebAssembly.Module`; a URL, a Response or bytes of `server.wasm`. `object`, because libraries of types without the
 * DOM lack the first name.
 */
export type ServerModule = string | object;

const core: ServerCore = bindings;

const load = loadOnce(async (source?: ModuleSource) => {
  await bindgen({ module_or_path: await fetchModule(source ?? (await unpack()), "server.wasm", "createLicenseToken") });
});

/**
 * Called automatically on first use. Runtimes that cannot compile bytes (Cloudflare Workers, Next.js edge) pass the
 * module that their bundler makes of the file that `npx pallycon-drm wasm server.wasm` writes.
 */
export function init(source?: ServerModule): Promise<void> {
  return load(source as ModuleSource | undefined);
}

/** Calls the core; exceptions become PallyConErrors. */
export async function call<T>(run: (core: ServerCore) => T): Promise<T> {
  await init();
  try {
    return run(core);
  } catch (thrown) {
    if (typeof thrown === "string") throw fromThrown(thrown);
    if ((thrown as Error | undefined)?.name !== "RuntimeError") throw thrown;
    // After a trap the instance's memory cannot be trusted: the next call gets a new one.
    bindings.__wbg_reset_state();
    throw createError("internal", { phase: "server", cause: thrown });
  }
}
