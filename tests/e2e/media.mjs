// What the tests of a bare element share: the page's lab, and what its CDM and the server saw.
import { readFileSync } from "node:fs";
import { expect } from "./fixture.mjs";

const catalog = JSON.parse(readFileSync(new URL("../../www/media/catalog.json", import.meta.url), "utf8"));
export const keyIdsOf = (content) => [
  ...new Set(catalog.find(({ contentId }) => contentId === content).tracks.map(({ keyId }) => keyId)),
];
export const HEADER = "pallycon-customdata-v2";

/** Attaches to the page's video; `media` is the adapter's options. */
export const attach = (page, media, options = {}) =>
  page.evaluate((given) => window.lab.bare(given), { media, options });
export const feed = (page, content, options) =>
  page.evaluate(([name, how]) => window.lab.feed(name, how), [content, options]);
export const posts = async (run) => (await run.requests("license")).filter(({ method }) => method === "POST");
export const events = (page, type) =>
  page.evaluate((wanted) => window.lab.events.filter((event) => event.type === wanted), type);
export const errors = (page) => page.evaluate(() => window.lab.playerErrors);
export const log = (page, event) =>
  page.evaluate((wanted) => window.__cdmBridge.log.filter((entry) => entry.event === wanted), event);
export const expectError = async (page, expected) => {
  await expect
    .poll(async () => (await errors(page)).length, { message: "the element's own error event" })
    .toBeGreaterThan(0);
  expect((await errors(page))[0]).toMatchObject({ ...expected, isOurs: true });
};
/** Sessions that were opened and not closed. */
export const openSessions = async (page) => {
  const ids = async (event) => (await log(page, event)).map(({ sessionId }) => sessionId);
  const closed = await ids("closed");
  return (await ids("generate-request")).filter((id) => !closed.includes(id));
};
