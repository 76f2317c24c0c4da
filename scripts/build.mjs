// `npm run build`: Rust to wasm modules, TypeScript to dist/, then checks and sizes. It needs rustup and Node.
//   --for-viewers   only what the site in www/demo loads, without types and budgets
//   --allow-plain   builds with any stable Rust if the release build is impossible: same behavior, larger modules
import { join } from "node:path";
import { MODULES, PAGE_MODULES } from "./build/modules.mjs";
import { ensurePackages } from "./setup/npm.mjs";
import { ensureAnyRust, ensureRust } from "./setup/rust.mjs";
import { main, log, step, table } from "./lib/log.mjs";
import { buildDir } from "./lib/paths.mjs";
import { LIMIT, pack, shares } from "./lib/tarball.mjs";

const forViewers = process.argv.includes("--for-viewers");
const allowPlain = process.argv.includes("--allow-plain");

await main(async () => {
  await ensurePackages();
  const lacking = allowPlain ? await ensureAnyRust() : await ensureRust();
  if (lacking) log(`  ! ${lacking}`);
  const { buildModule } = await import("./build/wasm.mjs");
  const { buildScripts } = await import("./build/scripts.mjs");
  const { writeErrors } = await import("./build/errors.mjs");
  const { checkCiphers, checkMainEntry, checkSyntax } = await import("./build/checks.mjs");
  const { reportSizes } = await import("./build/sizes.mjs");
  let isRelease = true;
  for (const name of forViewers ? PAGE_MODULES : MODULES) {
    step(`wasm: ${name}`);
    isRelease = (await buildModule(name, { plain: Boolean(lacking), allowPlain })) && isRelease;
  }
  step("JavaScript and types");
  writeErrors();
  await buildScripts({ forViewers });
  checkSyntax();
  checkMainEntry();
  if (!isRelease) log("  ! This is a plain build, only suitable for the demo: its wasm is larger than a release's.");
  if (forViewers) return;
  checkCiphers();
  const { lines, over } = reportSizes();
  for (const line of lines) log(line);
  const packed = pack(join(buildDir, "packed"));
  log(`\nthe package, packed: ${packed.size} bytes of ${LIMIT}; what each file adds, compressed alone:`);
  log(table(shares(packed)));
  if (over && isRelease) return 1;
});
