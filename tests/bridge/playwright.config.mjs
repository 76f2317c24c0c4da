// The CDM bridge alone: bare players, no package. `npx playwright test -c tests/bridge`
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { browsersAtOnce, playwrightProjects } from "../../scripts/setup/browsers.mjs";

export default defineConfig({
  testDir: ".",
  globalSetup: "./setup.mjs",
  workers: browsersAtOnce,
  fullyParallel: true,
  retries: process.env.CI ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: "list",
  projects: playwrightProjects(fileURLToPath(new URL("../../test-results/bridge", import.meta.url))),
});
