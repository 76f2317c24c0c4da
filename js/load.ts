// Loading the modules: each once, from wherever it is, and again after a failure.
//
// There are two. The player module is what a viewer needs where all is well: PallyCon's own init data, requests, licenses. The
// full one has all of the core, and is loaded instead where the page wants to hear or read more than that, or when something has
// to be explained. docs/decisions.md, "Two modules".
import makeDoor, { type Door } from "../build/wasm/door.js";
import { packed, textOf, unpacked, Call, type Part } from "./door.js";
import { PallyConError, toPallyConError } from "./error.js";
import { fetchModule, unreachable, type ModuleSource } from "./module.js";
import type { Octets } from "./types.js";

type Name = "player" | "full";
const doors: { [name in Name]?: Door } = {};
const loading: { [name in Name]?: Promise<void> | undefined } = {};
/** What the first byte of an answer says: see src/web/door.rs. */
const [FAILED, NOT_KNOWN] = [1, 2];

let fullFromTheStart = false;
/** The page can call what only the full module knows, and calls it without waiting. */
export const needFull = (): void => { fullFromTheStart = true; };

/** Whether the full module is there. */
export const isFull = (): boolean => !!doors.full;

/** Loads the full module: all functions work from then on. */
export const loadFull = (source?: ModuleSource): Promise<void> => load("full", source);

/** Loads what a page with players needs. */
export const loadPlayer = (full: boolean): Promise<void> => (doors.full ? Promise.resolve() : load(full || fullFromTheStart ? "full" : "player"));

function load(name: Name, source?: ModuleSource): Promise<void> {
  if (doors[name]) return Promise.resolve();
  return loading[name] ??= open(name, source).catch((error: unknown) => {
    loading[name] = undefined;
    throw error;
  });
}

async function open(name: Name, source?: ModuleSource): Promise<void> {
  const beside = () => (name === "full" ? new URL("./full.wasm", import.meta.url) : new URL("./player.wasm", import.meta.url));
  const module = await fetchModule(source, beside, "call");
  const door = makeDoor();
  await door.start(module);
  const found = door.call(Call.fromHex, packed([""]))[0] === NOT_KNOWN ? "player" : "full";
  doors[found] = door;
  // The page has given the player module where the full one is wanted: that lies beside. What lies there is not looked for again.
  if (found === "player" && name === "full") {
    if (!source) throw unreachable("What was loaded is another .wasm file.");
    await open(name);
  }
}

/**
 * Calls the core; what it throws becomes a PallyConError. `undefined`: the player module does not know, and the full one would.
 * @internal
 */
export function call(what: Call, ...parts: Part[]): Octets[] | undefined {
  const answer = through((door) => door.call(what, packed(parts)));
  if (answer[0] === FAILED) throw toPallyConError(textOf(answer.subarray(1)), INTERNAL);
  return answer[0] === NOT_KNOWN ? undefined : unpacked(answer);
}

/** The same, of a function that cannot wait. */
export function callNow(what: Call, ...parts: Part[]): Octets[] {
  const answer = call(what, ...parts);
  if (answer) return answer;
  throw notInitialized();
}

export const send = (request: Request): Promise<Response> => new Promise((resolve, reject) => through((door) => door.send(request, resolve, reject)));

const notInitialized = () =>
  new PallyConError({ code: "not-initialized", phase: "environment", message: "The wasm module is not loaded yet.", hint: "Await init() or createPallyCon() first." });

/** After a trap an instance's memory cannot be trusted, so the next call gets a new one. */
function through<T>(run: (door: Door) => T): T {
  const door = doors.full ?? doors.player;
  if (!door) throw notInitialized();
  try {
    return run(door);
  } catch (thrown) {
    if (!(thrown instanceof WebAssembly.RuntimeError)) throw thrown;
    door.reset();
    throw new PallyConError({ ...INTERNAL, cause: thrown });
  }
}

export const INTERNAL = {
  code: "internal", phase: "environment", message: "Something went wrong inside pallycon-drm itself.", hint: "Please report it, with the error's cause and stack.",
} as const;
