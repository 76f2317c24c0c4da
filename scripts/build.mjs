// `npm run build`: Rust to three wasm modules, TypeScript to dist/, and their sizes.
// Needs rustup and Node; everything else it sets up by itself.
import { ensurePackages } from "./setup/npm.mjs";
import { ensureRust } from "./setup/rust.mjs";
import { main, say, step } from "./lib/say.mjs";

await main(async () => {
  await ensurePackages();
  await ensureRust();
  const { MODULES, buildModule } = await import("./build/wasm.mjs");
  const { buildScripts } = await import("./build/scripts.mjs");
  const { checkShipped } = await import("./build/checks.mjs");
  const { reportSizes } = await import("./build/sizes.mjs");
  for (const name of MODULES) {
    step(`wasm: ${name}`);
    await buildModule(name);
  }
  step("JavaScript and types");
  await buildScripts();
  await checkShipped();
  const { lines, over } = reportSizes();
  for (const line of lines) say(line);
  if (over) return 1;
});
