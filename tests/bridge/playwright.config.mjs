// The CDM bridge by itself: bare players and bare EME, no package.
//   npm test -- --only bridge-chromium,bridge-firefox
//   npx playwright test -c tests/bridge --project=firefox -g "PlayReady"
import { defineConfig } from '@playwright/test';
import { playwrightProjects } from '../../scripts/setup/browsers.mjs';

export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results/bridge',
  globalSetup: './setup.mjs',
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  projects: playwrightProjects(),
});
