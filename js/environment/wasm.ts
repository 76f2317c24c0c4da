// Whether the module could run here, tried on the smallest one there is.
import { isFull } from "../core.js";
import type { Problem } from "../types.js";
import { watchingPolicy } from "./content-policy.js";
import { problem } from "./page.js";

/** "\0asm", version 1: a whole module. */
const EMPTY = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

export async function wasmProblems(): Promise<Problem[]> {
  if (isFull()) return [];
  if (typeof WebAssembly !== "object") {
    return [problem("wasm-blocked", "There is no WebAssembly here.", "Update the browser; in iOS and macOS, switch Lockdown Mode off for this site.")];
  }
  try {
    // Not compile(): WebKit lets that pass, and refuses the instance.
    await WebAssembly.instantiate(EMPTY);
  } catch {
    return [problem("wasm-blocked", "The page's Content-Security-Policy forbids WebAssembly.", "Add 'wasm-unsafe-eval' to script-src.")];
  }
  const found = await Promise.all([new URL("./player.wasm", import.meta.url), new URL("./full.wasm", import.meta.url)].map(unreachable));
  return found.filter((one): one is Problem => !!one).slice(0, 1);
}

async function unreachable(url: URL): Promise<Problem | undefined> {
  if (!/^https?:$/.test(url.protocol) || typeof fetch === "undefined") return undefined;
  const [answer, directive] = await watchingPolicy(() => fetch(url.href).then((response) => (response.ok ? "" : `is answered with HTTP ${response.status}`), () => "cannot be fetched"), (blocked) => url.href.startsWith(blocked));
  if (!answer) return undefined;
  return problem("wasm-unreachable", `The package's .wasm file ${answer}: ${url.origin}${url.pathname}${directive ? ` (Content-Security-Policy, ${directive})` : ""}.`,
    directive ? `Add ${url.origin} to ${directive}.` : "Serve it beside the package's script. Where init() is given another source, this one is not needed.");
}
