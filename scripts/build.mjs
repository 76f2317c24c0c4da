// `npm run build`: Rust to three wasm modules, TypeScript to dist/, and their sizes.
// Needs rustup and Node; everything else it sets up by itself.
import { ensurePackages } from "./setup/npm.mjs";
import { ensureRustSource } from "./setup/rust.mjs";
import { main, say, step } from "./lib/say.mjs";

await main(async () => {
  await ensurePackages();
  const small = await ensureRustSource();
  const { MODULES, buildModule } = await import("./build/wasm.mjs");
  const { buildScripts } = await import("./build/scripts.mjs");
  const { checkShipped } = await import("./build/checks.mjs");
  const { reportSizes } = await import("./build/sizes.mjs");
  let measured = true;
  for (const name of MODULES) {
    step(`wasm: ${name}`);
    measured = (await buildModule(name, { small })) && measured;
  }
  step("JavaScript and types");
  await buildScripts();
  await checkShipped();
  const { lines, over } = reportSizes();
  for (const line of lines) say(line);
  if (over && measured) return 1;
  if (!measured) say("  ! larger than what is released: the standard library's source is missing, so the budget was not checked.");
});
