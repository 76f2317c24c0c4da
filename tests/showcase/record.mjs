// One page, one player, one failure: what the app observes.
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { openWebKit } from "../webkit/driver.mjs";

export const PLAYERS = { shaka: "Shaka Player", hls: "hls.js", eme: "EME alone" };
const SYSTEMS = { widevine: "com.widevine.alpha", playready: "com.microsoft.playready", fairplay: "com.apple.fps" };
const CONTENT = { widevine: "demo-single-key", playready: "demo-single-key", fairplay: "demo-cbcs" };
/** The key id of demo-single-key. */
const KEY_OF = (catalog) => catalog.find(({ contentId }) => contentId === "demo-single-key").tracks[0].keyId;

const BRIDGE = fileURLToPath(new URL("../../build/bridge/bridge.js", import.meta.url));
export const PLAYS = "it plays";
export const LIMIT = 9000;
export const NOTHING = `nothing in ${LIMIT / 1000} s: no error, no picture`;
const pause = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
let runs = 0;

/** @returns {Promise<string>} what the app observed, its lines joined */
export async function observe({ browser, origin, player, ours, drm, faults = [], run: more = {}, ...how }) {
  const run = { player, ours, drm, keySystem: SYSTEMS[drm], contentId: CONTENT[drm], ...more };
  const name = `r/observe-${(runs += 1)}`;
  await fetch(`${origin}/${name}/api/faults`, { method: "POST", body: JSON.stringify(faults) });
  // The page and the license server have different origins, as in practice.
  const { port } = new URL(origin);
  const front = how.headers || how.framed ? await openFront(origin, how.headers) : undefined;
  const at = front?.port ?? port;
  const url = `http://${how.host ?? "127.0.0.1"}:${at}/${name}/compare/?license=${encodeURIComponent(`http://localhost:${port}/${name}`)}`;
  const page = how.webkit ? await webKit(url) : await chromium(browser, origin, name, url, { drm, ...how });
  try {
    await page.evaluate((given) => {
      void window.compare.play(given);
    }, run);
    if (how.again) {
      await outcome(page, {});
      await page.evaluate((given) => {
        void window.compare.play(given);
      }, run);
    }
    const lines = await outcome(page, how);
    if (ours) lines.push(...(await told(page, lines, drm, how)));
    lines.push(...(await counted(origin, name, how)));
    return tidy(lines.join(" · "), [port, at]);
  } finally {
    await page.close();
    await front?.close();
  }
}

/** @returns {Promise<string[]>} */
async function outcome(page, { listen = 0 }) {
  const started = Date.now();
  let observed = [];
  let frames = 0;
  while (Date.now() - started < LIMIT + listen) {
    await pause(300);
    const now = await page.evaluate(() => ({ seen: window.compare.seen, frames: window.compare.frames() }));
    const more = now.frames !== frames || now.seen.length !== observed.length;
    [observed, frames] = [now.seen, now.frames];
    if (Date.now() - started < listen) continue;
    if (frames > 20 && !observed.length) return [PLAYS];
    if (observed.length && !more) break; // nothing more will happen
  }
  return observed.length ? [...new Set(observed), ...(frames > 20 ? ["(there is a picture)"] : [])] : [NOTHING];
}

/** What the package adds to the player's error: its events, and diagnose() or probe() if the browser is the suspect. */
async function told(page, lines, drm, { environment, probe }) {
  const events = await page.evaluate(() =>
    window.compare.events
      .filter(({ type }) => type === "warning" || type === "error")
      .map(({ type, message, hint, error }) => (error ? error.message : `${type}: ${message} → ${hint}`)),
  );
  const text = lines.join(" ");
  const found = [...new Set(events)].filter((line) => !text.includes(line));
  if (lines[0] === PLAYS) return found;
  if (probe) {
    const list = await page.evaluate((asked) => window.compare.pallycon.probe({ drms: [asked] }), drm);
    found.push(
      `probe(): this browser has ${list.map(({ keySystem, securityLevel }) => [keySystem, securityLevel].filter(Boolean).join(" ")).join(", ") || "none"}`,
    );
  }
  if (!environment) return found;
  const problems = await page.evaluate(
    (asked) => window.compare.pallycon.diagnose({ drm: asked, urls: [window.compare.license] }),
    drm,
  );
  return [...found, ...problems.map(({ code, message, hint }) => `diagnose(): ${message} → ${hint} (${code})`)];
}

/** What went over the wire, if the case is about that. */
async function counted(origin, name, { count, strays }) {
  if (!count && !strays) return [];
  const requests = await (await fetch(`${origin}/${name}/api/requests`)).json();
  if (count)
    return [
      `(license requests: ${requests.filter(({ kind, method }) => kind === "license" && method === "POST").length})`,
    ];
  return [
    `(other requests that carry the token: ${requests.filter(({ kind, headers }) => kind !== "license" && headers["pallycon-customdata-v2"]).length})`,
  ];
}

async function chromium(browser, origin, name, url, { drm, bridge = {}, host, framed, playlists }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  // The content's headers name PallyCon's real servers: no request of these tests may reach them.
  await context.route(
    ({ hostname, protocol }) => /^http/.test(protocol) && !["localhost", "127.0.0.1", host].includes(hostname),
    (route) => route.abort(),
  );
  if (bridge) {
    const catalog = await (await fetch(`${origin}/${name}/api/catalog`)).json();
    const statuses = bridge.statuses ? { statuses: { [KEY_OF(catalog)]: bridge.statuses["*"] } } : {};
    await page.addInitScript(`window.__cdmBridge = ${JSON.stringify({ drms: [drm], ...bridge, ...statuses })};`);
    await page.addInitScript({ path: BRIDGE });
  }
  if (playlists) await rewrite(page, PLAYLISTS[playlists]);
  let frame = page.mainFrame();
  await page.goto(framed ? `${origin}/${name}/compare/frame.html?${encodeURIComponent(url)}` : url);
  if (framed) {
    await page.frameLocator("iframe").locator("html[data-ready]").waitFor({ state: "attached" });
    frame = page.frames().find((inner) => inner !== page.mainFrame());
  } else {
    await page.locator("html[data-ready]").waitFor({ state: "attached" });
  }
  return { evaluate: (work, given) => frame.evaluate(work, given), close: () => context.close() };
}

/** WebKitGTK, which has no EME. */
async function webKit(url) {
  const browser = await openWebKit();
  await browser.open(url);
  await browser.run(
    "while (!document.documentElement.dataset.ready) await new Promise((resolve) => setTimeout(resolve, 50));",
  );
  return {
    evaluate: (work, given) => browser.run(`return (${work})(${JSON.stringify(given ?? null)});`),
    close: () => browser.close(),
  };
}

/** Variations that packagers have been seen to write, made from the demo's playlists. */
const PLAYLISTS = {
  keyid: (text, name) =>
    text.replace(
      "METHOD=SAMPLE-AES,",
      `METHOD=SAMPLE-AES,KEYID=0x${name.startsWith("video") ? "00" : "f0"}0102030405060708090a0b0c0d0e0f,`,
    ),
  ts: (text) => text.replace(/#EXT-X-MAP.*\n/, "").replaceAll(".m4s", ".ts"),
};

async function rewrite(page, change) {
  await page.route(/\/(video|audio)-fairplay\.m3u8$/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({
      response: answer,
      body: change(await answer.text(), new URL(route.request().url()).pathname.split("/").pop()),
    });
  });
  await page.route("**/*.ts", (route) =>
    route.fulfill({ body: Buffer.alloc(188 * 20, 0x47), contentType: "video/mp2t" }),
  );
}

/**
 * The same pages with another origin and these headers. (The browser treats an intercepted page as one from the
 * internet, which may not connect to this machine.)
 */
async function openFront(origin, headers = {}) {
  const server = createServer(async (request, response) => {
    const answer = await fetch(new URL(request.url, origin));
    const page = /html/.test(answer.headers.get("content-type") ?? "");
    response.writeHead(answer.status, {
      "content-type": answer.headers.get("content-type") ?? "",
      ...(page ? headers : {}),
    });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: server.address().port,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/** Ports and runs are specific to this machine, and nothing that could be a token is shown. */
function tidy(text, ports) {
  const machine = new RegExp(`http://(localhost|127\\.0\\.0\\.1):(${ports.join("|")})(/r/[\\w-]+)?`, "g");
  return text
    .replaceAll(machine, (_match, host) =>
      host === "localhost" ? "https://license.example" : "https://player.example",
    )
    .replaceAll(new RegExp(`:(${ports.join("|")})\\b`, "g"), "")
    .replaceAll(/[A-Za-z0-9+/=_-]{60,}/g, "…")
    .replaceAll(/\s+/g, " ")
    .slice(0, 1200);
}
