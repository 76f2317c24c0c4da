// The time that the package adds to each license exchange, in headless Chromium: its time minus that of the same
// exchange by hand.
import { DEMO } from "../../www/license-server/accounts.mjs";
import { mintForQuery } from "../../www/license-server/mint.mjs";
import { launch, watch } from "../lib/browser.mjs";
import { buildPage } from "../lib/page.mjs";
import { openSite } from "../lib/site.mjs";
import { duration, ratios, summary, times } from "../lib/stats.mjs";

const PAGES = 3;
const ROUNDS = 7;
/** Nanoseconds: only a header is set, and a multiple of that is meaningless. */
const NOTHING = 2000;
const DRMS = ["widevine", "playready", "fairplay"];
const SIZES = { "2 kB": 2000, "300 kB": 300_000 };

const tokenOf = (drm) =>
  mintForQuery(new URLSearchParams({ drm, content_id: "a-content-id" }), { account: DEMO, now: Date.now() });

/**
 * A separate browser, so that no size is affected by another.
 * @param {Map<string, {ours: number, hand: number}[]>} found by case
 */
async function measure(url, label, size, found) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    watch(page);
    await page.goto(url);
    await page.locator("html[data-ready]").waitFor({ state: "attached" });
    const tokens = Object.fromEntries(DRMS.map((drm) => [drm, tokenOf(drm)]));
    for (const name of await page.evaluate((given) => window.bench.begin(...given), [tokens, size])) {
      const rounds = found.get(`${name}, ${label}`) ?? [];
      found.set(`${name}, ${label}`, rounds);
      for (let round = 0; round < ROUNDS; round += 1)
        rounds.push(await page.evaluate((given) => window.bench.turn(...given), [name, round]));
    }
  } finally {
    await browser.close();
  }
}

/** @returns {Promise<import("../lib/report.mjs").Table[]>} */
export async function license() {
  const site = await openSite({ "/": await buildPage("license", "license/page.js") });
  const found = new Map();
  try {
    for (const [label, size] of Object.entries(SIZES))
      for (let nth = 0; nth < PAGES; nth += 1) await measure(`${site.url}/`, label, size, found);
  } finally {
    await site.close();
  }
  const rows = [...found].map(([name, rounds]) => {
    const [ours, hand] = ["ours", "hand"].map((way) => rounds.map((times) => times[way]));
    const added = summary(ours.map((ns, i) => ns - hand[i]));
    const byHand = summary(hand).median;
    return [
      name,
      byHand < NOTHING ? "–" : times(ratios(ours, hand)),
      `${duration(added.median)} (${duration(added.low)}–${duration(added.high)})`,
      duration(summary(ours).median),
      duration(byHand),
    ];
  });
  return [
    { rows: [["exchange", "of the time by hand", "added by pallycon-drm", "with pallycon-drm", "by hand"], ...rows] },
  ];
}
