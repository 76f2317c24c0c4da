// The page of the parsing bench: `window.bench`.
import { init } from "pallycon-drm";
import { init as initInspect } from "pallycon-drm/inspect";
import { turn, warmUp } from "../lib/turns.js";
import { makeInputs } from "./inputs.js";
import { READERS, serve } from "./readers.js";

await Promise.all([init(), initInspect()]);
const inputs = await makeInputs();
serve(inputs);
const workOf = (name, reader) => {
  const [read, input] = [READERS[name][reader], inputs[name]];
  return () => read(input);
};

window.bench = {
  readers: Object.entries(READERS).map(([name, readers]) => [name, Object.keys(readers)]),
  warmUp: (name, reader) => warmUp(`${name}/${reader}`, workOf(name, reader)),
  turn: (name, readers, round) =>
    turn(name, Object.fromEntries(readers.map((reader) => [reader, workOf(name, reader)])), round),
  /** A reader's result, to check that it does what the report says. */
  read: (name, reader) => workOf(name, reader)(),
};
document.documentElement.dataset.ready = "true";
