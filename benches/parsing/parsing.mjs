// Parsing: each library's own reader for each input, in headless Chromium, where players run and their parsers find
// a DOM.
import { root } from "../../scripts/lib/paths.mjs";
import { log } from "../../scripts/lib/log.mjs";
import { join } from "node:path";
import { launch, watch, within } from "../lib/browser.mjs";
import { buildPage } from "../lib/page.mjs";
import { openSite } from "../lib/site.mjs";
import { duration, ratios, summary, times } from "../lib/stats.mjs";

/** Several pages, because a function's compiled code differs from page to page. */
const PAGES = 4;
const ROUNDS = 5;
/** A parser that takes longer for one input counts as hanging. */
const LIMIT = 20_000;
const OURS = "pallycon-drm";

/** @returns {Promise<import("../lib/report.mjs").Table[]>} */
export async function parsing() {
  const site = await openSite({
    "/": await buildPage("parsing", "parsing/page.js"),
    "/media/": join(root, "www/media"),
  });
  /** By input, by reader: nanoseconds per round; nothing for a reader that hung or failed. */
  const found = new Map();
  const failed = new Map();
  let browser;
  const open = async () => {
    await browser?.close();
    browser = await launch();
    const page = await browser.newPage();
    watch(page);
    await page.goto(`${site.url}/`);
    await page.locator("html[data-ready]").waitFor({ state: "attached" });
    return page;
  };
  try {
    for (let nth = 0; nth < PAGES; nth += 1) {
      log(`    page ${nth + 1} of ${PAGES}`);
      let page = await open();
      for (const [input, readers] of await page.evaluate(() => window.bench.readers)) {
        const able = [];
        for (const reader of readers) {
          if (failed.has(`${input}/${reader}`)) continue;
          try {
            await within(
              LIMIT,
              `${reader}, ${input}`,
              page.evaluate(([name, of]) => window.bench.warmUp(name, of), [input, reader]),
            );
            able.push(reader);
          } catch (error) {
            log(`  ! ${error.message.split("\n")[0]}`);
            failed.set(`${input}/${reader}`, /no answer/.test(error.message) ? "hangs" : "fails");
            if (/no answer/.test(error.message)) page = await open();
          }
        }
        for (let round = 0; round < ROUNDS; round += 1) {
          const times = await page.evaluate(
            (given) => window.bench.turn(...given),
            [input, able, nth * ROUNDS + round],
          );
          for (const [reader, ns] of Object.entries(times)) {
            const series = found.get(input) ?? found.set(input, new Map()).get(input);
            series.set(reader, [...(series.get(reader) ?? []), ns]);
          }
        }
      }
    }
  } finally {
    await browser?.close();
    await site.close();
  }
  return tables(found, failed);
}

/** Inputs across, libraries down. */
function tables(found, failed) {
  const inputs = [...found.keys()];
  const readers = [...new Set([...found.values()].flatMap((series) => [...series.keys()]))].filter(
    (name) => name !== OURS,
  );
  const cells = (reader, cell) =>
    inputs.map((input) => {
      const series = found.get(input).get(reader);
      return series ? cell(series, found.get(input).get(OURS)) : (failed.get(`${input}/${reader}`) ?? "–");
    });
  return [
    {
      title: "Time as a multiple of pallycon-drm's: below 1 is faster than ours",
      rows: [
        ["", ...inputs],
        ...readers.map((reader) => [reader, ...cells(reader, (series, ours) => times(ratios(series, ours)))]),
      ],
    },
    {
      title: "Time of one call",
      rows: [
        ["", ...inputs],
        ...[OURS, ...readers].map((reader) => [reader, ...cells(reader, (series) => duration(summary(series).median))]),
      ],
    },
  ];
}
