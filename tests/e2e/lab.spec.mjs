// The Error lab: both sides in one run, and the catalog.
import { expect, test } from "./fixture.mjs";

const side = (page, id) => page.locator(`#${id}`);
const outcome = (page, id) => side(page, id).locator(".outcome");

async function provoke(page, run, id, player) {
  await page.goto(run.url(`errors.html?${new URLSearchParams({ case: id, player })}`));
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
  await page.getByRole("button", { name: "Run both" }).click();
  for (const one of ["alone", "ours"])
    await expect(outcome(page, one)).not.toHaveText(/not run yet|running/, { timeout: 30_000 });
}

test("an expired token: Shaka's number on one side, the reason and what to do on the other", async ({ page, run }) => {
  await provoke(page, run, "7011-the-token-is-twenty-minutes-old-widevine", "shaka");
  await expect(side(page, "alone")).toContainText("Shaka 600");
  await expect(side(page, "alone")).not.toContainText("What to do");
  await expect(outcome(page, "ours")).toHaveText("an error that says what to do");
  await expect(side(page, "ours")).toContainText("PallyCon 7011");
  await side(page, "ours").getByRole("link", { name: "token-expired" }).first().click();
  await expect(page.locator("#token-expired")).toBeInViewport();
});

test("a sign-in page in hls.js, and then no fault: both play", async ({ page, run }) => {
  await provoke(page, run, "a-sign-in-page-of-the-network-widevine", "hls");
  await expect(outcome(page, "alone")).toHaveText(/an error of the player's own|nothing at all/);
  await expect(side(page, "ours")).toContainText("not-a-license");
  await page.getByRole("combobox", { name: "What goes wrong" }).selectOption("no-fault-widevine");
  await page.getByRole("button", { name: "Run both" }).click();
  for (const one of ["alone", "ours"]) await expect(outcome(page, one)).toHaveText("it plays", { timeout: 30_000 });
});

test("a browser without EME: the bare element fails with its own message, and diagnose() says why", async ({
  page,
  run,
}) => {
  await provoke(page, run, "no-eme-in-the-browser-removed-from-the-frame", "eme");
  await expect(outcome(page, "alone")).toHaveText("an error of the player's own");
  await expect(side(page, "alone")).toContainText("TypeError");
  await expect(side(page, "ours")).toContainText("eme-missing");
});

test("a policy without wasm is explained, and any code of PallyCon can be provoked @chromium", async ({
  page,
  run,
}) => {
  await provoke(page, run, "a-content-security-policy-without-wasm", "shaka");
  await expect(side(page, "ours")).toContainText("wasm-blocked");
  await page.getByRole("searchbox").fill("7115");
  await page.getByRole("button", { name: "Provoke 7115 in the lab" }).click();
  await expect(page.getByRole("combobox", { name: "What goes wrong" })).toHaveValue("code-7115");
  await page.getByRole("button", { name: "Run both" }).click();
  await expect(side(page, "ours")).toContainText("device-revoked-permanently", { timeout: 30_000 });
});

test("the catalog: numbers, texts of players and browsers, an address for each entry", async ({ page, run }) => {
  await page.goto(run.url("errors.html"));
  const box = page.getByRole("searchbox");
  const first = page.locator("#results .entry").first();
  await box.fill("7011");
  await expect(first).toContainText("token-expired");
  await box.fill("6007");
  await expect(first).toContainText("LICENSE_REQUEST_FAILED");
  await first.getByRole("link", { name: "token-expired" }).click();
  await expect(page.locator("#token-expired")).toBeInViewport();
  await expect(page).toHaveURL(/#token-expired$/);
  await box.fill("type error");
  await expect(first).toContainText("TypeError");
  await expect(page).toHaveURL(/#search=type%20error$/);
  await box.fill("zebra");
  await expect(page.locator("#results")).toContainText("No entry contains all of these words.");
  await page.goto(run.url("errors.html#content-id-mismatch"));
  await expect(page.locator("#content-id-mismatch")).toBeInViewport();
});
