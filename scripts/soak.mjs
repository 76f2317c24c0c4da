// npm run soak -- [--sequences N] [--seed N] [--browser chromium|firefox]: random faults of the license server through every adapter, in a
// real browser, for as long as wanted (tests/e2e/hostile.spec.mjs). The seed is printed: it brings the same faults back.
import { join } from "node:path";
import { root } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { UserError, main, log, step } from "./lib/log.mjs";
import { ensureBrowsers, findBrowser } from "./setup/browsers.mjs";
import { ensureBuilt } from "./setup/build.mjs";
import { ensurePackages } from "./setup/npm.mjs";
import { ensureRust } from "./setup/rust.mjs";

/** Of a command line. */
export function options(args, now = Date.now()) {
  const found = { sequences: 60, seed: now % 1_000_000, browser: "chromium" };
  for (let at = 0; at < args.length; at += 2) {
    const [name, value] = [args[at], args[at + 1]];
    const number = Number(value);
    if (name === "--browser" && ["chromium", "firefox"].includes(value)) found.browser = value;
    else if (name === "--seed" && Number.isInteger(number) && number >= 0) found.seed = number;
    else if (name === "--sequences" && Number.isInteger(number) && number > 0) found.sequences = number;
    else
      throw new UserError(
        `"${[name, value].join(" ").trim()}" is not an option of npm run soak.`,
        "--sequences N (for each adapter), --seed N, --browser chromium|firefox",
      );
  }
  return found;
}

if (process.argv[1]?.endsWith("soak.mjs")) {
  await main(async () => {
    const { sequences, seed, browser } = options(process.argv.slice(2));
    await ensurePackages();
    await ensureRust();
    for (const need of ["package", "bridge", "demo"]) await ensureBuilt(need);
    if (!findBrowser(browser)) await ensureBrowsers();
    step(`Seed ${seed}: ${sequences} sequences of faults for each adapter`);
    const command = [
      process.execPath,
      join(root, "node_modules/@playwright/test/cli.js"),
      "test",
      "hostile.spec",
      "-c",
      "tests/e2e/playwright.config.mjs",
      "--project",
      browser,
      "--reporter",
      "list",
    ];
    const env = { HOSTILE_SEED: String(seed), HOSTILE_SEQUENCES: String(sequences) };
    const result = await run("soak", command, { log: "soak", env, live: true, timeout: 4 * 60 * 60_000 });
    log(
      result.ok
        ? `seed ${seed}: passed`
        : `seed ${seed}: failed. Again: npm run soak -- --seed ${seed} --sequences ${sequences}`,
    );
    return result.ok ? 0 : 1;
  });
}
