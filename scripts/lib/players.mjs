// The tables of `npm run players`, from Playwright's reports.
import { CASES, DRMS, PLAYERS, titleOf } from "../../tests/e2e/players/cells.mjs";

const NAMES = { widevine: "Widevine", playready: "PlayReady", fairplay: "FairPlay", clearkey: "ClearKey" };

/** The annotations of each test in a report, by cell title. @param {object[]} suites */
export function shownIn(suites) {
  const shown = new Map();
  const walk = ({ specs = [], suites: inner = [] }) => {
    for (const {
      title,
      ok,
      tests: [test],
    } of specs) {
      const { annotations = [] } = test.results.at(-1) ?? {};
      const note = (type) => annotations.find((one) => one.type === type)?.description;
      shown.set(title, { text: ok ? note("cell") : "FAILED", version: note("version") });
    }
    inner.forEach(walk);
  };
  suites.forEach(walk);
  return shown;
}

const newest = (player) => Object.keys(PLAYERS[player].versions)[0];

/** One table per DRM: a row per case, a column per player. */
function caseTable(drm, players, results) {
  const columns = players.filter((player) => PLAYERS[player].versions[newest(player)].includes(drm));
  const row = (browser, { name }) =>
    columns.map((player) => results[browser].get(titleOf({ player, version: newest(player), drm, name }))?.text ?? "–");
  return [
    ["", ...columns.map((player) => PLAYERS[player].title)],
    ...CASES.map((one) => [one.name, ...row("chromium", one)]),
    ...CASES.filter(({ everywhere }) => everywhere).map((one) => [`${one.name}, in Firefox`, ...row("firefox", one)]),
  ].filter((cells) => cells.slice(1).some((text) => text !== "–"));
}

/** Every version that was run: what plays, and how it reports a refusal. */
function versionTable(players, { chromium }) {
  const rows = players.flatMap((player) =>
    Object.keys(PLAYERS[player].versions)
      .filter(Boolean)
      .map((version) => {
        const cell = (drm, name) => chromium.get(titleOf({ player, version, drm, name }));
        const plays = DRMS.map((drm) => cell(drm, "plays"));
        const number = plays.find(Boolean)?.version ?? "?";
        const label = player === "videojs" ? `videojs-contrib-eme ${number}` : `${PLAYERS[player].title} ${number}`;
        return [label, ...plays.map((one) => one?.text ?? "–"), cell("widevine", "7011")?.text ?? "–"];
      }),
  );
  return [["", ...DRMS.map((drm) => `plays ${NAMES[drm]}`), "7011, Widevine"], ...rows];
}

/** @param {Record<"chromium" | "firefox", Map<string, {text?: string, version?: string}>>} results @returns {[string, string[][]][]} */
export function tablesOf(players, results) {
  const ofDrms = DRMS.map((drm) => [NAMES[drm], caseTable(drm, players, results)]).filter(
    ([, rows]) => rows.length > 1,
  );
  return [...ofDrms, ["Versions", versionTable(players, results)]];
}
