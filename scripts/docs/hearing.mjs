// One page, one player, one thing that goes wrong: what the app hears of it.
import { fileURLToPath } from "node:url";

export const PLAYERS = {
  shaka: { title: "Shaka Player", drms: ["widevine", "playready"] },
  hls: { title: "hls.js", drms: ["widevine", "playready", "fairplay"] },
  eme: { title: "EME without a player", drms: ["widevine", "playready", "fairplay"] },
};
export const SYSTEMS = { widevine: "com.widevine.alpha", playready: "com.microsoft.playready", fairplay: "com.apple.fps" };
export const CONTENT = { widevine: "demo-single-key", playready: "demo-single-key", fairplay: "demo-cbcs" };
/** Of demo-single-key. */
const KEY_OF = (catalog) => catalog.find(({ contentId }) => contentId === "demo-single-key").tracks[0].keyId;

const BRIDGE = fileURLToPath(new URL("../../build/bridge/bridge.js", import.meta.url));
const NOTHING = "nothing: no error, no picture";
const LIMIT = 8000;
let runs = 0;

/** @returns {Promise<string>} */
export async function hear({ browser, origin, run, faults = [], bridge = {}, host, headers, framed, environment }) {
  const name = `r/hear-${(runs += 1)}`;
  const { port } = new URL(origin);
  const catalog = await (await fetch(`${origin}/${name}/api/catalog`)).json();
  await fetch(`${origin}/${name}/api/faults`, { method: "POST", body: JSON.stringify(faults) });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    if (bridge) {
      const statuses = bridge.statuses ? { statuses: { [KEY_OF(catalog)]: bridge.statuses["*"] } } : {};
      await page.addInitScript(`window.__cdmBridge = ${JSON.stringify({ ...bridge, ...statuses })};`);
      await page.addInitScript({ path: BRIDGE });
    }
    // The page has one origin and the license server another, as in life.
    const url = `http://${host ?? "127.0.0.1"}:${port}/${name}/compare/?license=${encodeURIComponent(`http://localhost:${port}/${name}`)}`;
    if (headers) await page.route(/\/compare\/\?/, async (route) => route.fulfill({ response: await route.fetch(), headers: { "content-type": "text/html", ...headers } }));
    let frame = page.mainFrame();
    if (framed) {
      await page.goto(`http://127.0.0.2:${port}/${name}/api/catalog`).catch(() => page.goto("about:blank"));
      await page.setContent(`<iframe src="${url}"></iframe>`);
      await page.frameLocator("iframe").locator("html[data-ready]").waitFor({ state: "attached" });
      frame = page.frames().find((inner) => inner !== page.mainFrame());
    } else {
      await page.goto(url);
      await page.locator("html[data-ready]").waitFor({ state: "attached" });
    }
    await frame.evaluate((given) => { void window.compare.play(given); }, run);
    return tidy(await outcome(frame, run, environment), port);
  } finally {
    await context.close();
  }
}

async function outcome(frame, run, environment) {
  const until = Date.now() + LIMIT;
  let heard = [];
  while (Date.now() < until) {
    await new Promise((resolve) => { setTimeout(resolve, 200); });
    if (await frame.evaluate(() => window.compare.frames() > 20)) return "it plays";
    const now = await frame.evaluate(() => window.compare.seen);
    if (now.length && now.length === heard.length) break; // nothing more is coming
    heard = now;
  }
  const lines = [...new Set(heard.length ? heard : [NOTHING])];
  if (run.ours) {
    const told = await frame.evaluate(() => window.compare.events.filter(({ type }) => type === "warning" || type === "error").map(({ message, error }) => error?.message ?? `warning before: ${message}`));
    const text = lines.join(" ");
    for (const line of new Set(told)) if (!text.includes(line)) lines.push(line);
    if (environment) {
      const problems = await frame.evaluate(() => window.compare.pallycon.diagnose({ urls: [window.compare.license] }));
      lines.push(...problems.map(({ code, message, hint }) => `diagnose(): ${code}: ${message} ${hint}`));
    }
  }
  return lines.join(" · ");
}

/** Ports and runs are of this machine, and nothing that could be a token is shown. */
function tidy(text, port) {
  return text.replaceAll(new RegExp(`http://(localhost|127\\.0\\.0\\.1):${port}(/r/[\\w-]+)?`, "g"), (all, host) => (host === "localhost" ? "https://license.example" : "https://player.example"))
    .replaceAll(`:${port}`, "").replaceAll(/[A-Za-z0-9+/=_-]{60,}/g, "…").slice(0, 700);
}
