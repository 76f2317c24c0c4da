// A copy of the site on a plain file host, under a sub-path: what plays without the local server, and what the pages say of the rest.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, expectPlaying, test } from "./fixture.mjs";

const folder = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".svg": "image/svg+xml", ".json": "application/json", ".mpd": "application/dash+xml", ".m3u8": "application/vnd.apple.mpegurl" };
const PREFIX = "/some/where/";

let server;
let base;
test.beforeAll(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url, "http://x").pathname;
    const name = path.startsWith(PREFIX) ? path.slice(PREFIX.length) || "index.html" : "";
    const file = name.startsWith("media/") ? join(folder("www/media"), name.slice(6)) : join(folder("build/demo"), name);
    if (!name || name.includes("..") || /catalog\.json$/.test(name) || !existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404, { "content-type": "text/html" }).end("<h1>404</h1>");
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  base = `http://localhost:${server.address().port}${PREFIX}`;
});
test.afterAll(() => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));

test("samples play with the browser's own ClearKey, every player that has it; the page says what is missing @chromium", async ({ page }) => {
  await page.goto(base);
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
  await expect(page.locator("#server-note")).toContainText("There is no license server here");
  await expect(page.getByLabel("Simulate the CDM")).toBeHidden();
  for (const player of ["hls", "dash", "media"]) {
    await page.getByRole("combobox", { name: "Player" }).selectOption(player);
    await expect(page.getByRole("combobox", { name: "DRM" })).toHaveValue("clearkey");
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await expectPlaying(page);
  }
  await page.getByRole("combobox", { name: "Player" }).selectOption("shaka");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await expect(page.locator("#status")).toContainText("needs the local license server");
});

test("the catalogue and this device work, the lab says why it does not @chromium", async ({ page }) => {
  await page.goto(`${base}errors.html#7011`);
  await expect(page.locator("#server-note")).toContainText("npm start");
  await expect(page.getByRole("button", { name: "Run both" })).toBeDisabled();
  await page.getByRole("searchbox").fill("7012");
  await expect(page.locator("#results .entry").first()).toContainText("content-id-mismatch");
  await page.goto(`${base}device.html`);
  await expect(page.locator("#drms")).toContainText("org.w3.clearkey");
});
