// A failure has the same message and hint wherever the page runs: with Vite's dev server, as Vite builds it, without a
// network, and when only the license server can still be reached after the page has loaded.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, createServer } from "vite";
import { createLicenseServer } from "../../www/license-server/server.mjs";
import { expect, test } from "./fixture.mjs";
import { openSite } from "./site.mjs";

const project = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const HEADERS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
const HTML = "<!doctype html><title>Sign in</title>";
const EXPIRED = JSON.stringify({ errorCode: "7011", message: "expired token" });

/** What the license server responds, and what the package must make of it. */
const FAILURES = {
  "/503": { status: 503, body: "busy", code: "server-unavailable", hint: /^Try again/ },
  "/page": { status: 200, body: HTML, code: "not-a-license", hint: /portal/ },
  "/expired": { status: 200, body: EXPIRED, code: "token-expired", hint: /fresh token/ },
  "/no-network": { code: "network", hint: /connection/ },
};

const SCRIPT = `import { createPallyCon, init } from "pallycon-drm";
const told = ({ code, message, hint }) => ({ code, message, hint });
window.loaded = init();
window.client = (licenseUrl) => createPallyCon({ licenseUrl, retry: { attempts: 1 } });
// The license server's own response; without one there is no network.
window.ask = async (licenseUrl) => {
  const drm = await window.client(licenseUrl);
  return drm.requestLicense("widevine", new Uint8Array([8, 1, 18, 0])).catch(told);
};
window.read = async (status, body) => {
  const drm = await window.client("https://license.example/");
  try {
    return drm.readLicense("widevine", { status, body: new TextEncoder().encode(body) });
  } catch (error) {
    return told(error);
  }
};
document.documentElement.dataset.ready = "true";
`;

/** A site with the package as npm installs it: copied, because bundlers treat links differently. */
function makeSite() {
  const folder = mkdtempSync(join(tmpdir(), "pallycon-explain-"));
  const installed = join(folder, "node_modules/pallycon-drm");
  mkdirSync(installed, { recursive: true });
  cpSync(project("package.json"), join(installed, "package.json"));
  cpSync(project("dist"), join(installed, "dist"), { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ type: "module", dependencies: { "pallycon-drm": "*" } }),
  );
  writeFileSync(
    join(folder, "index.html"),
    `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>`,
  );
  writeFileSync(join(folder, "main.js"), SCRIPT);
  return folder;
}

const vite = (root) => ({ root, logLevel: "error", configFile: false });

/** @returns {Promise<{url: string, close(): Promise<void>}>} */
async function serveDev(folder) {
  const server = await createServer({ ...vite(folder), server: { port: 0, host: "127.0.0.1" } });
  await server.listen();
  return { url: `http://127.0.0.1:${server.httpServer.address().port}/`, close: () => server.close() };
}

async function serveBuilt(folder) {
  await build({ ...vite(folder), build: { outDir: join(folder, "out") } });
  const server = createLicenseServer({ roots: { "/": join(folder, "out") }, catalog: [] });
  return { url: await server.listen(0, "127.0.0.1"), close: () => server.close() };
}

async function withPage(page, serve, use) {
  const folder = makeSite();
  const pages = Object.entries(FAILURES)
    .filter(([, { status }]) => status)
    .map(([path, { status, body }]) => [path, { status, body, headers: HEADERS }]);
  const license = await openSite(Object.fromEntries(pages));
  const closed = await openSite({});
  await closed.close();
  const site = await serve(folder);
  try {
    await page.goto(site.url);
    await expect(page.locator("html[data-ready]")).toHaveCount(1);
    await page.evaluate(() => window.loaded);
    const urlOf = (path) => (FAILURES[path].status ? license : closed).url(path, "127.0.0.1");
    await use(urlOf, site.url);
  } finally {
    await site.close();
    await license.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The texts in the first environment: every other one must have the same. */
const first = new Map();
function expectSame(path, told) {
  const { code, hint } = FAILURES[path];
  expect(told).toMatchObject({ code, hint: expect.stringMatching(hint) });
  if (!first.has(path)) first.set(path, told);
  expect(told, path).toEqual(first.get(path));
}

async function askAll(page, urlOf) {
  for (const path of Object.keys(FAILURES))
    expectSame(path, await page.evaluate((url) => window.ask(url), urlOf(path)));
}

// One after another in one worker: they are compared with each other.
test.describe.configure({ mode: "serial" });

test("with Vite's dev server", async ({ page }) => {
  await withPage(page, serveDev, (urlOf) => askAll(page, urlOf));
});

test("as Vite builds it", async ({ page }) => {
  await withPage(page, serveBuilt, (urlOf) => askAll(page, urlOf));
});

test("when only the license server can be reached after the page has loaded", async ({ page }) => {
  await withPage(page, serveBuilt, async (urlOf, own) => {
    const refused = [];
    await page.route(
      (url) => url.href.startsWith(own),
      (route) => {
        refused.push(route.request().url());
        return route.abort();
      },
    );
    await askAll(page, urlOf);
    // The package has not tried to fetch anything more.
    expect(refused).toEqual([]);
  });
});

test("offline, from responses that the player has fetched or kept", async ({ page, context }) => {
  await withPage(page, serveBuilt, async (urlOf) => {
    await context.setOffline(true);
    for (const [path, { status, body }] of Object.entries(FAILURES)) {
      if (status) expectSame(path, await page.evaluate((given) => window.read(...given), [status, body]));
    }
    // A request waits for the browser to be online. Then its server is unreachable.
    const asked = page.evaluate((url) => window.ask(url), urlOf("/no-network"));
    await context.setOffline(false);
    expectSame("/no-network", await asked);
  });
});
