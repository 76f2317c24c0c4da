// End to end in real browsers: players, the package, the license server, and the CDM bridge over the real ClearKey CDM.
//   npm test -- --only e2e        sets up and builds what is needed
//   npx playwright test -c tests/e2e --project firefox -g "expired"
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { browsersAtOnce, playwrightProjects } from "../../scripts/setup/browsers.mjs";

export default defineConfig({
  testDir: ".",
  globalSetup: "./setup.mjs",
  workers: browsersAtOnce,
  fullyParallel: true,
  // CI's machine does other things too; on a developer's machine a slow test should be noticed.
  retries: process.env.CI ? 2 : 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: "list",
  projects: playwrightProjects(fileURLToPath(new URL("../../test-results/e2e", import.meta.url))),
});
