// Chromium, as the tests start it.
import { chromium } from "@playwright/test";
import { CHROMIUM_ARGS, findBrowser } from "../../scripts/setup/browsers.mjs";
import { UserError } from "../../scripts/lib/log.mjs";

function executable() {
  const executablePath = findBrowser("chromium");
  if (!executablePath)
    throw new UserError("There is no Chromium.", "Install Chrome, Chromium or Edge, or set CHROME_BIN.");
  return { executablePath, args: CHROMIUM_ARGS };
}

export const launch = () => chromium.launch(executable());
/** With a profile on disk: the caches are those of a returning viewer. */
export const launchWithProfile = (folder) => chromium.launchPersistentContext(folder, executable());

/** An error in the page is a failure of the bench. */
export function watch(page) {
  page.on("pageerror", (error) => process.stderr.write(`in the page: ${error.stack ?? error}\n`));
  page.on("console", (message) => {
    if (message.type() === "error") process.stderr.write(`in the page: ${message.text()}\n`);
  });
}

/** Rejects after `ms`: a parser that hangs never lets its page answer. */
export function within(ms, what, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer in ${ms / 1000} s`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
