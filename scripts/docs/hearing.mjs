// One page, one player, one thing that goes wrong: what the app hears of it.
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

export const PLAYERS = {
  shaka: { title: "Shaka Player", drms: ["widevine", "playready", "fairplay"] },
  hls: { title: "hls.js", drms: ["widevine", "playready", "fairplay"] },
  eme: { title: "EME without a player", drms: ["widevine", "playready", "fairplay"] },
};
export const SYSTEMS = { widevine: "com.widevine.alpha", playready: "com.microsoft.playready", fairplay: "com.apple.fps" };
export const CONTENT = { widevine: "demo-single-key", playready: "demo-single-key", fairplay: "demo-cbcs" };
/** Of demo-single-key. */
const KEY_OF = (catalog) => catalog.find(({ contentId }) => contentId === "demo-single-key").tracks[0].keyId;

const BRIDGE = fileURLToPath(new URL("../../build/bridge/bridge.js", import.meta.url));
const NOTHING = "nothing: no error, no picture";
const LIMIT = 7000;
let runs = 0;

/** @returns {Promise<string>} */
export async function hear({ browser, origin, run, faults = [], bridge = {}, host, headers, framed, environment }) {
  const name = `r/hear-${(runs += 1)}`;
  const { port } = new URL(origin);
  const catalog = await (await fetch(`${origin}/${name}/api/catalog`)).json();
  await fetch(`${origin}/${name}/api/faults`, { method: "POST", body: JSON.stringify(faults) });
  const context = await browser.newContext();
  let front;
  try {
    const page = await context.newPage();
    if (bridge) {
      const statuses = bridge.statuses ? { statuses: { [KEY_OF(catalog)]: bridge.statuses["*"] } } : {};
      await page.addInitScript(`window.__cdmBridge = ${JSON.stringify({ ...bridge, ...statuses })};`);
      await page.addInitScript({ path: BRIDGE });
    }
    // The page has one origin and the license server another, as in life.
    const at = headers || framed ? (front = await openFront(origin, headers)).port : port;
    const url = `http://${host ?? "127.0.0.1"}:${at}/${name}/compare/?license=${encodeURIComponent(`http://localhost:${port}/${name}`)}`;
    let frame = page.mainFrame();
    await page.goto(framed ? `http://127.0.0.1:${port}/${name}/compare/frame.html?${encodeURIComponent(url)}` : url);
    if (framed) {
      await page.frameLocator("iframe").locator("html[data-ready]").waitFor({ state: "attached" });
      frame = page.frames().find((inner) => inner !== page.mainFrame());
    } else {
      await page.locator("html[data-ready]").waitFor({ state: "attached" });
    }
    await frame.evaluate((given) => { void window.compare.play(given); }, run);
    return tidy(await outcome(frame, run, environment), [port, at]);
  } finally {
    await front?.close();
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
    const told = await frame.evaluate(() => window.compare.events.filter(({ type }) => type === "warning" || type === "error").map(({ type, message, hint, error }) => error?.message ?? `${type}: ${message} → ${hint}`));
    const text = lines.join(" ");
    for (const line of new Set(told)) if (!text.includes(line)) lines.push(line);
    if (environment) {
      const problems = await frame.evaluate(() => window.compare.pallycon.diagnose({ urls: [window.compare.license] }));
      lines.push(...problems.map(({ code, message, hint }) => `diagnose(): ${message} → ${hint} (${code})`));
    }
  }
  return lines.join(" · ");
}

/** The same pages under another origin, with these headers. (A page that is made up in the browser counts as one of the internet, which may not talk to this machine.) */
async function openFront(origin, headers = {}) {
  const server = createServer(async (request, response) => {
    const answer = await fetch(new URL(request.url, origin));
    const page = /html/.test(answer.headers.get("content-type") ?? "");
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "", ...(page ? headers : {}) });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return { port: server.address().port, close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}

/** Ports and runs are of this machine, and nothing that could be a token is shown. */
function tidy(text, ports) {
  const machine = new RegExp(`http://(localhost|127\\.0\\.0\\.1):(${ports.join("|")})(/r/[\\w-]+)?`, "g");
  return text.replaceAll(machine, (all, host) => (host === "localhost" ? "https://license.example" : "https://player.example"))
    .replaceAll(new RegExp(`:(${ports.join("|")})\\b`, "g"), "").replaceAll(/[A-Za-z0-9+/=_-]{60,}/g, "…").slice(0, 900);
}
