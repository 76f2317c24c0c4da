// Whether the module could run here, tried with the smallest possible one.
import { isEmbedded, isLoaded, playerUrl } from "../core.js";
import type { Problem } from "../types.js";
import { watchingPolicy } from "./content-policy.js";
import { problem } from "./problem.js";
import { before, type Deadline } from "./time.js";
import { Reason } from "../generated/codes.js";

/** "\0asm", version 1: a complete module. */
const EMPTY = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

export async function wasmProblems(limit: Deadline): Promise<Problem[]> {
  if (isLoaded()) return [];
  if (typeof WebAssembly !== "object") {
    return [problem("wasm-blocked", [], Reason.DiagnosedNoWasm)];
  }
  try {
    // Not compile(): WebKit allows that, and refuses the instance.
    await WebAssembly.instantiate(EMPTY);
  } catch {
    return [problem("wasm-blocked", [], Reason.DiagnosedWasmPolicy)];
  }
  if (isEmbedded("player.wasm")) return [];
  if (!playerUrl) return [problem("wasm-unreachable", ["player.wasm"], Reason.WasmPlaceUnknown)];
  const found = await unreachable(playerUrl, limit);
  return found ? [found] : [];
}

async function unreachable(url: URL, limit: Deadline): Promise<Problem | undefined> {
  if (!/^https?:$/.test(url.protocol) || typeof fetch === "undefined") return undefined;
  const answered = (response: Response) => (response.ok ? "" : `is answered with HTTP ${response.status}`);
  const reach = () =>
    before(
      limit,
      fetch(url.href).then(answered, () => "cannot be fetched"),
      "is not answered in time",
    );
  const [failure, directive] = await watchingPolicy(reach, (blocked) => url.href.startsWith(blocked));
  if (!failure) return undefined;
  const where = url.origin + url.pathname;
  return directive
    ? problem("wasm-unreachable", [failure, where, directive], Reason.DiagnosedWasmConnect)
    : problem("wasm-unreachable", [failure, where], Reason.DiagnosedWasmFile);
}
