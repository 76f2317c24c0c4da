// npm run soak -- [--sequences N] [--seed N] [--browser chromium|firefox]: random faults of the license server through
// every adapter, in a real browser, for as long as desired (tests/e2e/hostile.spec.mjs). Prints the seed, which
// reproduces the faults.
import { options } from "./lib/args.mjs";
import { playwrightTest, run } from "./lib/run.mjs";
import { main, log, step } from "./lib/log.mjs";
import { ensureBrowsers, findBrowser } from "./setup/browsers.mjs";
import { ensureBuilt } from "./setup/build.mjs";
import { ensurePackages } from "./setup/npm.mjs";
import { ensureRust } from "./setup/rust.mjs";

await main(async () => {
  const { sequences, seed, browser } = options("npm run soak", {
    sequences: { type: "number", default: 60 },
    seed: { type: "number", default: Date.now() % 1_000_000 },
    browser: { type: "string", value: "chromium|firefox", default: "chromium" },
  }).values;
  await ensurePackages();
  await ensureRust();
  for (const need of ["package", "bridge", "demo"]) await ensureBuilt(need);
  if (!findBrowser(browser)) await ensureBrowsers();
  step(`Seed ${seed}: ${sequences} sequences of faults for each adapter`);
  const command = playwrightTest("tests/e2e/playwright.config.mjs", browser, "--reporter", "list", "hostile.spec");
  const env = { HOSTILE_SEED: String(seed), HOSTILE_SEQUENCES: String(sequences) };
  const result = await run("soak", command, { log: "soak", env, live: true, timeout: 4 * 60 * 60_000 });
  log(
    result.ok
      ? `seed ${seed}: passed`
      : `seed ${seed}: failed. Again: npm run soak -- --seed ${seed} --sequences ${sequences}`,
  );
  return result.ok ? 0 : 1;
});
