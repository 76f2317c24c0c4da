// A file host: the built site below a path, files by their names, no index except the folder's, and nothing else.
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../../build/demo", import.meta.url));
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

const media = fileURLToPath(new URL("../../www/media", import.meta.url));

/** @param {string} prefix with slashes at both ends @param {string} [site] the folder of the site; the media are at media/ */
export async function openFileHost(prefix, site = built) {
  const requests = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://x");
    requests.push(`${request.method} ${pathname}`);
    const asked = pathname === prefix ? "index.html" : decodeURIComponent(pathname.slice(prefix.length));
    const [folder, name] = asked.startsWith("media/") ? [media, asked.slice("media/".length)] : [site, asked];
    const path = pathname.startsWith(prefix) ? join(folder, name) : undefined;
    if (request.method !== "GET" || !path?.startsWith(folder) || !existsSync(path) || !statSync(path).isFile())
      return void response.writeHead(404).end();
    response
      .writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" })
      .end(readFileSync(path));
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${server.address().port}${prefix}`, asked: requests, close };
}
