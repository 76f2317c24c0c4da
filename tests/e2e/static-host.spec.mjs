// A copy of the site on a plain file host, below a path: what plays without the local server, and how the pages explain
// the rest.
import { openFileHost } from "./file-host.mjs";
import { expect, expectPlaying, test } from "./fixture.mjs";

let host;
test.beforeAll(async () => {
  host = await openFileHost("/some/where/");
});
test.afterAll(() => host.close());

test("samples play with the browser's own ClearKey in every player that supports it; the page says what is missing @chromium", async ({
  page,
}) => {
  await page.goto(host.url);
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
  await expect(page.locator("#server-note")).toContainText("There is no license server here");
  await expect(page.getByLabel("Simulate the CDM")).toBeHidden();
  for (const player of ["hls", "dash", "media"]) {
    await page.getByRole("combobox", { name: "Player" }).selectOption(player);
    await expect(page.getByRole("combobox", { name: "DRM" })).toHaveValue("clearkey");
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await expectPlaying(page);
  }
  await page.getByRole("combobox", { name: "Player" }).selectOption("shaka");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await expect(page.locator("#status")).toContainText("needs the local license server");
});

test("the catalog and This device work, and the lab says why it does not @chromium", async ({ page }) => {
  await page.goto(`${host.url}errors.html#7011`);
  await expect(page.locator("#server-note")).toContainText("npm start");
  await expect(page.getByRole("button", { name: "Run both" })).toBeDisabled();
  await page.getByRole("searchbox").fill("7012");
  await expect(page.locator("#results .entry").first()).toContainText("content-id-mismatch");
  await page.goto(`${host.url}device.html`);
  await expect(page.locator("#drms")).toContainText("org.w3.clearkey");
});
