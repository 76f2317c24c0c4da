// `npm run build`: Rust to wasm modules, TypeScript to dist/, and their sizes.
// Needs rustup and Node; everything else it sets up by itself.
// `--for-viewers` builds only what a page with a player loads, without types and budgets: enough for the demo.
import { ensurePackages } from "./setup/npm.mjs";
import { ensureRustSource } from "./setup/rust.mjs";
import { main, say, step } from "./lib/say.mjs";

const forViewers = process.argv.includes("--for-viewers");

await main(async () => {
  await ensurePackages();
  const small = await ensureRustSource();
  const { MODULES, TOOLS, buildModule } = await import("./build/wasm.mjs");
  const { buildScripts } = await import("./build/scripts.mjs");
  const { checkShipped } = await import("./build/checks.mjs");
  const { reportSizes } = await import("./build/sizes.mjs");
  let measured = true;
  for (const name of forViewers ? MODULES.filter((module) => !TOOLS.has(module)) : MODULES) {
    step(`wasm: ${name}`);
    measured = (await buildModule(name, { small })) && measured;
  }
  step("JavaScript and types");
  await buildScripts({ forViewers });
  await checkShipped();
  if (forViewers) return;
  const { lines, over } = reportSizes();
  for (const line of lines) say(line);
  if (over && measured) return 1;
  if (!measured) say("  ! larger than what is released: the standard library's source is missing, so the budget was not checked.");
});
