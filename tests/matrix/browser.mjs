// Chromium for the cells: it opens a page, waits for its `result`, and records the browser's complaints.
import { chromium } from "@playwright/test";
import { CHROMIUM_ARGS, findBrowser } from "../../scripts/setup/browsers.mjs";
import { UserError } from "../../scripts/lib/log.mjs";

const OURS = /\.wasm|pallycon/i;
const TIMEOUT = 60_000;
let browser;

/** @returns {Promise<{result: object, complaints: string[]}>} */
export async function openPage(url) {
  const executablePath = findBrowser("chromium");
  if (!executablePath) throw new UserError("Chromium was not found.", "Install Chromium, or set CHROME_BIN.");
  browser ??= await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
  const page = await browser.newPage();
  const complaints = [];
  const complain = (text) => complaints.push(text.split("\n")[0]);
  page.on("console", (message) => {
    const text = `${message.text()} ${message.location().url}`;
    if (["warning", "error"].includes(message.type()) && OURS.test(text)) complain(text);
  });
  page.on("pageerror", (error) => complain(`uncaught: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 400 && OURS.test(response.url())) complain(`${response.status()} ${response.url()}`);
  });
  try {
    await page.goto(url);
    const handle = await page.waitForFunction(() => globalThis.result, null, { timeout: TIMEOUT });
    return { result: await handle.jsonValue(), complaints };
  } catch (error) {
    throw new Error([...complaints, error.message.split("\n")[0]].join("; "));
  } finally {
    await page.close();
  }
}

export const closeBrowser = () => browser?.close();
