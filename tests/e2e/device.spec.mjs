// This device: the results of probe() and diagnose(), worded for a person; without the bridge.
import { readFile } from "node:fs/promises";
import { expect, test } from "./fixture.mjs";

async function open(page, run) {
  await page.goto(run.url("device.html"));
  await expect(page.locator("#status")).toHaveText("Done.", { timeout: 45_000 });
}

test("what works here, what is in the way, and a report without any address", async ({ page, run }) => {
  await open(page, run);
  // The browsers of the tests have only ClearKey, which protects nothing: the page must not call that a success.
  await expect(page.locator("#verdict")).toContainText("No DRM for protected content works here.");
  await expect(page.locator("#drms")).toContainText("org.w3.clearkey");
  await expect(page.locator("#problems")).toContainText("cdm-missing");
  await expect(page.locator("#codecs tbody tr")).toHaveCount(6);
  await expect(page.locator("#codecs tr", { hasText: "H.264" })).toContainText("yes");
  const text = await page.locator("#report").innerText();
  for (const part of ["ClearKey (org.w3.clearkey)", "H.264: ClearKey", "cdm-missing", "secureContext: yes"])
    expect(text).toContain(part);
  expect(text).not.toContain(new URL(run.url()).host);
  expect(await page.evaluate(() => "__cdmBridge" in window)).toBe(false);
});

test("the report is downloaded as it is shown @chromium", async ({ page, run }) => {
  await open(page, run);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("device-report.txt");
  expect((await readFile(await file.path(), "utf8")).trim()).toBe((await page.locator("#report").innerText()).trim());
});

test("a checked URL is in the report without its query", async ({ page, run }) => {
  await page.route("https://license.example/**", (route) =>
    route.fulfill({
      status: 405,
      headers: { "access-control-allow-origin": "*", "access-control-allow-headers": "*" },
    }),
  );
  await open(page, run);
  const field = page.getByLabel("Can this page reach");
  await field.fill("http://x.example");
  await page.getByRole("button", { name: "Check the URL" }).click();
  await expect(page.locator("#url-status")).toContainText("https://");
  await field.fill("https://license.example/ri/licenseManager.do?token=secret");
  await page.getByRole("button", { name: "Check the URL" }).click();
  await expect(page.locator("#url-result")).toContainText("It is reachable", { timeout: 30_000 });
  await expect(page.locator("#report")).toContainText("reach https://license.example/ri/licenseManager.do");
  await expect(page.locator("#report")).not.toContainText("secret");
});
