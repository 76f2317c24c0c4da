// `npm run bench`: builds what is measured, then measures (benches/).
import { main } from "./lib/say.mjs";
import { ensureBuilt } from "./setup/build.mjs";
import { ensurePackages } from "./setup/npm.mjs";
import { ensureRust } from "./setup/rust.mjs";

await main(async () => {
  await ensurePackages();
  await ensureRust();
  await ensureBuilt("package");
  await import("../benches/init-data.mjs");
});
