// A site as on a production server: files compressed with brotli and kept by caches, a token backend on the page's
// own origin, and the license server on another one.
import { createServer } from "node:http";
import { readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".mpd": "application/dash+xml",
  ".mp4": "video/mp4",
  ".m4s": "video/iso.segment",
};
const COMPRESSED = new Set([".html", ".js", ".css", ".svg", ".wasm", ".mpd"]);
/** The page may use a clock of 5 µs. */
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

/** Every file below `folder`, as it is served. */
function filesOf(prefix, folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath ?? entry.path, entry.name);
      const path = `${prefix}${file.slice(folder.length + 1).replaceAll("\\", "/")}`;
      const extension = extname(file);
      const bytes = readFileSync(file);
      const compressed = COMPRESSED.has(extension);
      return [
        path,
        {
          body: compressed ? brotliCompressSync(bytes) : bytes,
          headers: {
            "content-type": TYPES[extension] ?? "application/octet-stream",
            ...(compressed ? { "content-encoding": "br" } : {}),
            ...ISOLATED,
            // A page is requested again; the files that it loads have a hash in their names or never change.
            "cache-control": extension === ".html" ? "no-cache" : "public, max-age=31536000, immutable",
          },
        },
      ];
    });
}

/**
 * @param {Record<string, string>} roots URL prefix (with slashes at both ends) → folder
 * @param {string} [licenseServer] where tokens come from
 * @returns {Promise<{url: string, close: () => Promise<void>}>}
 */
export async function openSite(roots, licenseServer) {
  const files = new Map(Object.entries(roots).flatMap(([prefix, folder]) => filesOf(prefix, folder)));
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url, "http://site");
    if (pathname === "/api/drm/token" && licenseServer) {
      const token = await (await fetch(`${licenseServer}${pathname}${search}`)).text();
      return void response
        .writeHead(200, { "content-type": "text/plain", "cache-control": "no-store", ...ISOLATED })
        .end(token);
    }
    const file = files.get(pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    if (!file) return void response.writeHead(404, ISOLATED).end();
    response.writeHead(200, { ...file.headers, "content-length": file.body.length }).end(file.body);
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://localhost:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
