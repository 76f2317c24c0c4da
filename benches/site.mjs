// The site of www/demo, in Chromium with its processor slowed four times: first paint, bytes, how long scripts block,
// and how long an MPD of 2 MB takes from paste to fields.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildDir, root } from "../scripts/lib/paths.mjs";
import { PAGES } from "../www/demo/pages.mjs";
import { launch, watch, within } from "./lib/browser.mjs";
import { openSite } from "./lib/site.mjs";
import { summary } from "./lib/stats.mjs";

const ROUNDS = 7;
const SLOWDOWN = 4;
const LIMIT = 60_000;
const MPD_SIZE = 2_000_000;
/** Shorter work of a script is not noticeable. */
const FELT = 50;

/** Runs before the page's scripts: records blocking work. */
function observe() {
  window.longTasks = [];
  new PerformanceObserver((list) =>
    window.longTasks.push(...list.getEntries().map(({ duration }) => duration)),
  ).observe({ type: "longtask", buffered: true });
}

const blocking = (tasks) => tasks.reduce((sum, duration) => sum + Math.max(0, duration - FELT), 0);

/** The sample's MPD, with its AdaptationSets repeated to reach the size. */
function largeMpd() {
  const mpd = readFileSync(join(root, "www/media/demo-cenc/manifest.mpd"), "utf8");
  const [from, to] = [mpd.indexOf("<AdaptationSet"), mpd.lastIndexOf("</Period>")];
  const sets = mpd.slice(from, to);
  return mpd.slice(0, from) + sets.repeat(Math.ceil(MPD_SIZE / sets.length)) + mpd.slice(to);
}

async function visit(browser, url, work) {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  // Play requests a license server, and continues without one.
  watch({ on: (type, listener) => type === "pageerror" && page.on(type, listener) });
  try {
    await page.addInitScript(observe);
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    let bytes = 0;
    devtools.on("Network.loadingFinished", ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
    await page.goto(url, { waitUntil: "load" });
    const paint = await within(
      LIMIT,
      url,
      page.evaluate(
        () =>
          new Promise((resolve) => {
            new PerformanceObserver((list) => {
              for (const { name, startTime } of list.getEntries())
                if (name === "first-contentful-paint") resolve(startTime);
            }).observe({ type: "paint", buffered: true });
          }),
      ),
    );
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 5000 })));
    const found = { paint, bytes, blocked: blocking(await page.evaluate(() => window.longTasks.splice(0))) };
    return work ? { ...found, ...(await work(page)) } : found;
  } finally {
    await context.close();
  }
}

/** From the paste to the fields on the page. */
async function paste(page, text) {
  await page.locator("html[data-ready]").waitFor();
  await page.evaluate((pasted) => {
    window.pasted = pasted;
  }, text);
  const took = await within(
    LIMIT,
    "the MPD",
    page.evaluate(async () => {
      const data = new DataTransfer();
      data.setData("text/plain", window.pasted);
      // Passing the text to the page was the bench's own work.
      await new Promise((resolve) => setTimeout(resolve, 500));
      performance.clearMarks();
      window.longTasks.length = 0;
      const begin = performance.now();
      document
        .querySelector("#input textarea")
        .dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
      let shown;
      while (!(shown = performance.getEntriesByName("inspect:shown")[0]))
        await new Promise((resolve) => setTimeout(resolve, 5));
      // It is on the screen with the next frame.
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      return performance.now() - begin;
    }),
  );
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
  return { took, pasteBlocked: blocking(await page.evaluate(() => window.longTasks.splice(0))) };
}

/** @returns {Promise<import("./lib/report.mjs").Table[]>} */
export async function site() {
  const host = await openSite({ "/": join(buildDir, "demo") });
  const browser = await launch();
  const mpd = largeMpd();
  const series = Object.fromEntries(PAGES.map(({ name }) => [name, []]));
  try {
    for (let round = 0; round < ROUNDS; round += 1)
      for (const { name, file } of PAGES)
        series[name].push(
          await visit(browser, `${host.url}/${file}`, name === "inspect" ? (page) => paste(page, mpd) : undefined),
        );
  } finally {
    await browser.close();
    await host.close();
  }
  const median = (name, mark) => summary(series[name].map((each) => each[mark])).median;
  const ms = (value) => `${value.toFixed(0)} ms`;
  const title = `Chromium, processor slowed ${SLOWDOWN} times, medians of ${ROUNDS} first visits`;
  return [
    {
      title,
      rows: [
        ["", "first paint", "bytes (brotli)", "blocking time"],
        ...PAGES.map(({ name, label }) => [
          label,
          ms(median(name, "paint")),
          `${(median(name, "bytes") / 1000).toFixed(0)} kB`,
          ms(median(name, "blocked")),
        ]),
      ],
    },
    {
      title: `Inspect: an MPD of ${(mpd.length / 1e6).toFixed(1)} MB (aim: 1 s, 50 ms)`,
      rows: [
        ["", "from paste to fields", "blocking time"],
        ["", ms(median("inspect", "took")), ms(median("inspect", "pasteBlocked"))],
      ],
    },
  ];
}
