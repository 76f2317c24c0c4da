// Start: from navigation to the first license request and to the first frame, with the package and by hand, in
// Chromium, cold and with warm caches, on a fast network and on a slow one. The pages are loaded in turns.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildDir, root } from "../../scripts/lib/paths.mjs";
import { log } from "../../scripts/lib/log.mjs";
import { createLicenseServer } from "../../www/license-server/server.mjs";
import { launchWithProfile, watch, within } from "../lib/browser.mjs";
import { buildPage } from "../lib/page.mjs";
import { openSite } from "../lib/site.mjs";
import { ratios, rotated, summary, times } from "../lib/stats.mjs";

const ROUNDS = 21;
const CONTENT_ID = "demo-cenc";
const PRELOAD = `<link rel="preload" href="player.wasm" as="fetch" crossorigin>`;
/** Name → script, and the content of its head. */
const PAGES = {
  "by hand": ["start/hand.js"],
  "pallycon-drm": ["start/package.js"],
  "pallycon-drm, preloaded": ["start/package.js", PRELOAD],
};
const [HAND, ...OURS] = Object.keys(PAGES);
const slug = (name) => name.replace(/\W+/g, "-");
/** In CDP's unit: bytes per second. */
const NETWORKS = {
  unthrottled: { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 },
  "40 ms, 10 Mbit/s": { offline: false, latency: 40, downloadThroughput: 1_250_000, uploadThroughput: 1_250_000 },
};
/** Visits before the first one that counts: Chromium keeps compiled code since the second or third. */
const VISITS_BEFORE = 4;
const LIMIT = 60_000;
/** Milliseconds for a closed page's processes to end, so that they do not slow the next one. */
const SETTLE = 150;

/** One load of a page. */
async function visit(context, url, network, cold) {
  const page = await context.newPage();
  watch(page);
  try {
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    if (cold) await devtools.send("Network.clearBrowserCache");
    await devtools.send("Network.emulateNetworkConditions", network);
    await page.goto(url);
    return await within(
      LIMIT,
      url,
      page.evaluate(() => window.bench.measured()),
    );
  } finally {
    await page.close();
    await sleep(SETTLE);
  }
}

/** @returns {Promise<import("../lib/report.mjs").Table[]>} */
export async function start() {
  const licenses = createLicenseServer({ catalog: join(root, "www/media/catalog.json") });
  const host = await licenses.listen(0, "127.0.0.1");
  const roots = { "/media/": join(root, "www/media") };
  const body = `<video muted playsinline width="320" height="180"></video>\n`;
  for (const [name, [script, head]] of Object.entries(PAGES)) {
    roots[`/${slug(name)}/`] = await buildPage(`start-${slug(name)}`, script, {
      head,
      body,
      attributes: ` data-license="${host}" data-content="${CONTENT_ID}"`,
    });
  }
  const site = await openSite(roots, host);
  const profile = mkdtempSync(join(tmpdir(), "pallycon-drm-bench-"));
  const context = await launchWithProfile(profile);
  const found = [];
  try {
    await context.addInitScript(`window.__cdmBridge = ${JSON.stringify({ drms: ["widevine"] })};`);
    await context.addInitScript({ path: join(buildDir, "bridge/bridge.js") });
    const url = (name) => `${site.url}/${slug(name)}/`;
    for (const [label, network] of Object.entries(NETWORKS)) {
      for (const cache of ["cold", "warm"]) {
        const series = Object.fromEntries(Object.keys(PAGES).map((name) => [name, []]));
        for (let i = 0; i < VISITS_BEFORE; i += 1)
          for (const name of Object.keys(PAGES)) await visit(context, url(name), NETWORKS.unthrottled, false);
        for (let pair = 0; pair < ROUNDS; pair += 1) {
          for (const name of rotated(Object.keys(PAGES), pair))
            series[name].push(await visit(context, url(name), network, cache === "cold"));
        }
        log(`    ${label}, ${cache}: ${ROUNDS} rounds`);
        found.push({ what: `${label}, ${cache}`, series });
      }
    }
  } finally {
    await context.close();
    // The browser may still write a last file.
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    await site.close();
    await licenses.close();
  }
  return tables(found);
}

const ms = (value) => `${value.toFixed(0)} ms`;
const spread = (numbers) => {
  const { median, low, high } = summary(numbers);
  return `${ms(median)} (${low.toFixed(0)}–${high.toFixed(0)})`;
};
/** The steps before the first license request, in order. */
const STEPS = {
  "script is there": ({ script }) => script,
  "player.wasm is there": ({ wasm }) => wasm,
  "manifest is there": ({ manifest }) => manifest,
  "from there to the token's request": ({ manifest, token }) => token - manifest,
  "from the token to the license request": ({ tokenEnd, firstRequest }) => firstRequest - tokenEnd,
};

function tables(found) {
  const of = (series, mark) => series.map((each) => each[mark]);
  const ratioRows = found.flatMap(({ what, series }) =>
    OURS.map((name) => [
      `${what}: ${name}`,
      ...["firstRequest", "firstFrame"].map((mark) => times(ratios(of(series[name], mark), of(series[HAND], mark)))),
    ]),
  );
  const timeRows = found.flatMap(({ what, series }) =>
    Object.entries(series).map(([name, each]) => [
      `${what}: ${name}`,
      spread(of(each, "firstRequest")),
      spread(of(each, "firstFrame")),
    ]),
  );
  const stepRows = found.flatMap(({ what, series }) =>
    Object.entries(series).map(([name, each]) => [
      `${what}: ${name}`,
      ...Object.values(STEPS).map((step) => (step(each[0]) === undefined ? "–" : ms(summary(each.map(step)).median))),
    ]),
  );
  return [
    {
      title: "Time as a multiple of the page by hand",
      rows: [["", "to the first license request", "to the first frame"], ...ratioRows],
    },
    {
      title: "Time since navigation (median, quartiles in brackets)",
      rows: [["", "first license request", "first frame"], ...timeRows],
    },
    { title: "On the way to the first license request (medians)", rows: [["", ...Object.keys(STEPS)], ...stepRows] },
  ];
}
