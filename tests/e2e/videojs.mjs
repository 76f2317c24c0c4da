// What the tests of video.js share: the page's lab, and what its player, its CDM and the server saw.
import { expect, openLab } from "./fixture.mjs";

export const HEADER = "pallycon-customdata-v2";
/** One DRM, and one refusal, are enough in a second browser. */
export const ONE_BROWSER = { tag: "@chromium" };
export const MPD = "demo-single-key/manifest.mpd";
export const OPTIONS = { contentId: "demo-single-key" };

export const open = (page, run, bridge, query = "") => openLab(page, run, bridge, `videojs/${query}`);
export const play = (page, path = MPD, setup = { options: OPTIONS }) =>
  page.evaluate(([path, setup]) => window.lab.play(path, setup), [path, setup]);
export const load = (page, path) => page.evaluate((path) => window.lab.load(path), path);
export const posts = async (run) => (await run.requests("license")).filter(({ method }) => method === "POST");
export const of = (page, name) => page.evaluate((name) => window.lab[name], name);
export const errors = (page) => of(page, "playerErrors");
export const events = (page, type) =>
  page.evaluate((wanted) => window.lab.events.filter((event) => event.type === wanted), type);
export const cdm = (page, event) =>
  page.evaluate((wanted) => window.__cdmBridge.log.filter((entry) => entry.event === wanted), event);
export const tokenOf = ({ headers }) => JSON.parse(Buffer.from(headers[HEADER], "base64").toString());

/** The first error of the player, which must be ours. */
export async function failed(page, ours) {
  await expect.poll(async () => (await errors(page)).length).toBeGreaterThan(0);
  const [error] = await errors(page);
  expect(error).toMatchObject({
    code: 5,
    original: true,
    ours: { ...ours, isOurs: true, hint: expect.stringMatching(/\.$/) },
  });
  expect(error.message).toContain(error.ours.hint);
  return error;
}

/** After every test: there was no uncaught error, and the CDM only got licenses. */
export async function expectNothingUncaught({ page }) {
  expect(await of(page, "unhandled")).toEqual([]);
  expect(await cdm(page, "refused")).toEqual([]);
}
