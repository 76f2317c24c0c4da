// A small site for a test: pages with any headers and frames, the package below /dist/, and responses of any kind.
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const dist = (name) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
/** A sandboxed frame has no origin: to it, modules of this site are cross-origin. */
const ANYONE = { "access-control-allow-origin": "*" };
const TYPES = { js: "text/javascript", wasm: "application/wasm" };

/** A page whose script puts the package on `window.pallycon`. */
export const PACKAGE_PAGE = `<!doctype html><meta charset="utf-8"><title>p</title><link rel="icon" href="data:,"><video muted></video>
<script type="module" src="/load.js"></script>`;
const LOAD = `import * as pallycon from "/dist/index.js"; window.pallycon = pallycon; document.documentElement.dataset.ready = "true";`;

/**
 * @param {Record<string, {body?: string, status?: number, headers?: Record<string, string>, hang?: boolean}>} pages by
 * path
 * @returns {Promise<{url: (path: string, host?: string) => string, port: number, close: () => Promise<void>}>}
 */
export async function openSite(pages) {
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://x").pathname;
    const page = pages[path];
    if (page?.hang) return; // until the server closes
    // Before a request with headers of its own a browser sends a preflight.
    if (page && request.method === "OPTIONS") return void response.writeHead(204, page.headers).end();
    if (page) {
      response.writeHead(page.status ?? 200, { "content-type": "text/html", ...page.headers });
      return void response.end(request.method === "HEAD" ? undefined : (page.body ?? ""));
    }
    if (path === "/load.js") return void response.writeHead(200, { "content-type": TYPES.js, ...ANYONE }).end(LOAD);
    const name = /^\/dist\/([\w.-]+\.(js|wasm))$/.exec(path);
    if (name && existsSync(dist(name[1]))) {
      response.writeHead(200, { "content-type": TYPES[name[2]], ...ANYONE });
      return void createReadStream(dist(name[1])).pipe(response);
    }
    response.writeHead(404).end();
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address();
  return {
    port,
    url: (path, host = "localhost") => `http://${host}:${port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
