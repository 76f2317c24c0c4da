// The CDM bridge alone: bare players, no package. `npx playwright test -c tests/bridge`
import { defineConfig } from "@playwright/test";
import { playwrightProjects } from "../../scripts/setup/browsers.mjs";

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results/bridge",
  globalSetup: "./setup.mjs",
  workers: 1,
  retries: process.env.CI ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: "list",
  projects: playwrightProjects(),
});
