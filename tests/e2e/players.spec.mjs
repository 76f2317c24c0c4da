// Every player with every DRM in every case (players/cells.mjs): what should play plays; failures are in the player's
// own error channel, with our code, our hint and PallyCon's text; nothing hangs or loops, and the CDM only gets
// licenses. `npm run players` prints it.
import { expect, expectNoPicture, expectPlaying, openLab, test } from "./fixture.mjs";
import { KEY_SYSTEMS, PLAYERS, cells, tagsOf, titleOf } from "./players/cells.mjs";

const HEADER = "pallycon-customdata-v2";
const list = (page, name) => page.evaluate((name) => window.lab[name], name);
const events = async (page, type) => (await list(page, "events")).filter((event) => event.type === type);
const cdm = (page, event) =>
  page.evaluate((wanted) => window.__cdmBridge.log.filter((entry) => entry.event === wanted), event);
const licenses = async (run) => (await run.requests("license")).filter(({ method }) => method !== "OPTIONS");

/** The outcomes of renewals, and the code of a refusal. */
const renewals = async (page) =>
  (await events(page, "license-renewal")).map(({ outcome, error }) =>
    error ? [outcome, error.serverCode] : [outcome],
  );

async function start(page, run, { player, version, drm, throws }, bridge = {}, adapter = {}) {
  await openLab(
    page,
    run,
    { drms: drm === "clearkey" ? [] : [drm], ...bridge },
    `players/?${new URLSearchParams({ player, version })}`,
  );
  test.info().annotations.push({ type: "version", description: await page.evaluate(() => window.lab.player.version) });
  const given = { path: PLAYERS[player].media[drm], drm, keySystem: KEY_SYSTEMS[drm], throws, adapter };
  await page.evaluate((given) => window.lab.start(given), given);
}

/** The text of this cell in the table. */
const shown = (text) => void test.info().annotations.push({ type: "cell", description: text });

/** The first of the player's own errors with ours in it, which has the details. */
async function ourError(page, expected) {
  const ours = async () => (await list(page, "playerErrors")).filter((error) => error.ours);
  await expect.poll(async () => (await ours()).length, { message: "the player's own error" }).toBeGreaterThan(0);
  const [error] = await ours();
  expect(error.ours).toMatchObject({ ...expected, isOurs: true, hint: expect.stringMatching(/\.$/) });
  if (expected.serverCode) {
    expect(error.ours.serverMessage).toBeTruthy();
    expect(error.ours.message).toContain(`PallyCon ${expected.serverCode}: ${error.ours.serverMessage}`);
  }
  expect((await events(page, "error"))[0].error).toMatchObject(expected);
  return error;
}

/** Each license was requested as often as can help, and with its own token. */
async function expectRequests(page, run, { player, drm, attempts = 1, expected }) {
  const challenges = drm === "clearkey" ? 2 : (await cdm(page, "challenge")).length;
  const most = PLAYERS[player].httpRetries && expected?.httpStatus ? 3 : attempts;
  expect((await events(page, "request")).length).toBeLessThanOrEqual(most * challenges);
  if (drm !== "clearkey")
    expect((await run.requests("token")).length).toBeGreaterThanOrEqual((await licenses(run)).length > 0 ? 1 : 0);
}

const KINDS = {
  async plays(page, run, cell) {
    if (cell.fault) await run.faults(cell.fault(cell.drm));
    await start(page, run, cell);
    await expectPlaying(page);
    const seen = await licenses(run);
    const granted = seen.filter(({ status }) => status === 200);
    expect(granted.length).toBeGreaterThan(0);
    for (const { headers, refused } of granted)
      expect([Boolean(headers[HEADER]), refused]).toEqual([cell.drm !== "clearkey", undefined]);
    for (const { kind, path, headers } of await run.requests())
      if (kind !== "license") expect(headers[HEADER], path).toBeUndefined();
    if (cell.fault) expect(seen.filter(({ status }) => status === 503).length).toBe(2);
    expect(await list(page, "playerErrors")).toEqual([]);
    expect(await events(page, "error")).toEqual([]);
    shown("yes");
  },

  async fails(page, run, cell) {
    if (cell.fault) await run.faults(cell.fault(cell.drm));
    await start(page, run, cell);
    const error = await ourError(page, cell.expected);
    if (cell.throws) expect(error.ours.message).toContain(cell.throws);
    await expectRequests(page, run, cell);
    expect(await cdm(page, "license")).toEqual([]);
    await expectNoPicture(page);
    shown(error.where);
  },

  async heals(page, run, cell) {
    await run.faults(cell.fault(cell.drm));
    await start(page, run, cell);
    await ourError(page, cell.expected);
    await run.faults();
    await page.evaluate((path) => void window.lab.player.load(path), PLAYERS[cell.player].media[cell.drm]);
    await expectPlaying(page);
    shown("yes");
  },

  async destroyed(page, run, cell) {
    await run.faults(cell.fault(cell.drm));
    await start(page, run, cell);
    await expect.poll(async () => (await licenses(run)).length).toBeGreaterThan(0);
    await page.evaluate(() => window.lab.player.end());
    await run.faults();
    const before = (await licenses(run)).length;
    // The next player's picture is later than anything that the first one still does.
    await page.evaluate((given) => window.lab.start(given), {
      path: PLAYERS[cell.player].media[cell.drm],
      drm: cell.drm,
      keySystem: KEY_SYSTEMS[cell.drm],
    });
    await expectPlaying(page);
    expect((await licenses(run)).length - before).toBeLessThanOrEqual(2); // one for each key
    expect(await list(page, "playerErrors")).toEqual([]);
    expect(await events(page, "error")).toEqual([]);
    shown("yes");
  },

  async renewed(page, run, cell) {
    await start(page, run, cell, { renewal: { after: 0.5 } });
    await expect.poll(async () => (await licenses(run)).map(({ challenge }) => challenge)).toContain("renewal");
    const first = (await cdm(page, "generate-request")).length;
    await expect
      .poll(async () => (await cdm(page, "license")).length, { message: "licenses that the CDM has taken" })
      .toBeGreaterThan(first);
    await expectPlaying(page);
    // Counted in this order: renewals continue.
    const licensed = (await licenses(run)).length;
    expect((await run.requests("token")).length, "a token for each").toBeGreaterThanOrEqual(licensed);
    expect((await renewals(page))[0]).toEqual(["requested"]);
    expect(await renewals(page)).toContainEqual(["granted"]);
    expect(await list(page, "playerErrors")).toEqual([]);
    expect(await events(page, "error")).toEqual([]);
    shown("yes");
  },

  async "not renewed"(page, run, cell) {
    // The first licenses: one for each key.
    await run.faults({ ...cell.fault(), after: cell.drm === "fairplay" ? 2 : 1 });
    await start(page, run, cell, { renewal: { after: 1 } });
    const expected = { ...cell.expected, messageType: "license-renewal" };
    const { renewal } = PLAYERS[cell.player];
    if (renewal)
      await expect
        .poll(async () => (await events(page, "error")).map(({ error }) => [error.serverCode, error.messageType]))
        .toContainEqual(["7011", "license-renewal"]);
    const where = renewal ?? (await ourError(page, expected)).where;
    await expectPlaying(page);
    expect(await renewals(page)).toContainEqual(["refused", "7011"]);
    shown(where);
  },

  async interval(page, run, cell) {
    const renews = PLAYERS[cell.player].renews.includes(cell.drm) && !/^shaka-player-4/.test(cell.version);
    await start(page, run, cell, {}, { renewal: { interval: 700 } });
    if (!renews) {
      await expect
        .poll(async () => (await events(page, "warning")).map(({ code }) => code))
        .toEqual(["renewal-unsupported"]);
      await expectPlaying(page);
      return void shown("no: a warning");
    }
    await expect
      .poll(async () => (await renewals(page)).filter(([outcome]) => outcome === "granted").length, {
        message: "again and again",
      })
      .toBeGreaterThan(2);
    await expectPlaying(page);
    await expect.poll(async () => (await cdm(page, "license")).length).toBeGreaterThan(3);
    // Counted in this order: renewals continue.
    const licensed = (await licenses(run)).length;
    expect((await run.requests("token")).length, "a token for each").toBeGreaterThanOrEqual(licensed);
    expect(await list(page, "playerErrors")).toEqual([]);
    expect(await events(page, "error")).toEqual([]);
    shown("yes");
  },

  async persistent(page, run, cell) {
    await page.addInitScript(() => {
      window.asked = [];
      addEventListener("DOMContentLoaded", () => {
        const { requestMediaKeySystemAccess: ask, mediaCapabilities } = navigator;
        navigator.requestMediaKeySystemAccess = (name, list) => {
          window.asked.push([name, ...list.map(({ persistentState }) => persistentState)]);
          return ask.call(navigator, name, list);
        };
        const { decodingInfo } = mediaCapabilities;
        mediaCapabilities.decodingInfo = (given) => {
          const { keySystem, persistentState } = given.keySystemConfiguration ?? {};
          window.asked.push([keySystem, persistentState]);
          return decodingInfo.call(mediaCapabilities, given);
        };
      });
    });
    await start(page, run, cell, {}, { persistentState: "required" });
    await expectPlaying(page);
    const asked = (await page.evaluate(() => window.asked)).filter(([name]) => name === KEY_SYSTEMS.widevine);
    // (Code that looks for the browser's DRMs queries without it, before.)
    expect(asked.flatMap(([, ...states]) => states)).toContain("required");
    expect(await list(page, "playerErrors")).toEqual([]);
    shown("yes");
  },

  async "interval refused"(page, run, cell) {
    await run.faults({ ...cell.fault(), after: cell.drm === "fairplay" ? 2 : 1 });
    await start(page, run, cell, {}, { renewal: { interval: 1500 } });
    await expect.poll(async () => renewals(page)).toContainEqual(["refused", "7011"]);
    const { renewal } = PLAYERS[cell.player];
    const where = renewal ?? (await ourError(page, cell.expected)).where;
    // Shaka closes PlayReady's session before it requests another.
    if (!(cell.player === "shaka" && cell.drm === "playready")) await expectPlaying(page);
    shown(where);
  },
};

test.describe.configure({ mode: "parallel" });

for (const cell of cells()) {
  test(titleOf(cell), { tag: tagsOf(cell) }, async ({ page, run }) => {
    await KINDS[cell.kind](page, run, cell);
    const own = PLAYERS[cell.player].throws?.[cell.version];
    expect(
      (await list(page, "unhandled")).filter((text) => !own?.test(text)),
      "uncaught errors",
    ).toEqual([]);
    expect(await cdm(page, "refused"), "what the CDM got besides licenses").toEqual([]);
  });
}
