/**
 * Files in the mounted folders, and nothing else: no listing, no dot files, no escape through `..` or a link.
 *     Range: bytes=a-b | bytes=a- | bytes=-n      one range; several get the whole file (RFC 9110, 14.2)
 */
import { open, realpath } from "node:fs/promises";
import { extname, join, resolve, sep } from "node:path";
import { HttpError } from "./errors.mjs";

/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".cjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".mpd": "application/dash+xml",
  ".m3u8": "application/vnd.apple.mpegurl",
  ".mp4": "video/mp4",
  ".m4s": "video/iso.segment",
  ".m4v": "video/mp4",
  ".m4a": "audio/mp4",
  ".webm": "video/webm",
  ".ts": "video/mp2t",
  ".vtt": "text/vtt; charset=utf-8",
};

/**
 * @typedef {Record<string, string | string[]>} Roots URL prefix (with slashes at both ends) → folder, or folders in
 * turn
 */

/**
 * @param {Roots} roots
 * @param {string} path decoded, without the run's prefix
 * @param {string | undefined} range
 * @returns {Promise<import("./errors.mjs").Reply>}
 */
export async function staticReply(roots, path, range) {
  const prefix = Object.keys(roots)
    .filter((each) => path.startsWith(each))
    .sort((a, b) => b.length - a.length)[0];
  if (prefix === undefined) throw new HttpError(404, "There is nothing at this path");
  const segments = path.slice(prefix.length).split("/");
  // The catalog contains the demo's keys: the license server reads it, a page never does (nor with different case).
  const hidden = path.toLowerCase() === "/media/catalog.json";
  if (hidden || path.includes("//") || segments.some((segment) => segment.startsWith("."))) {
    throw new HttpError(404, "There is nothing at this path");
  }
  if (path.endsWith("/")) segments[segments.length - 1] = "index.html";
  for (const folder of [roots[prefix]].flat()) {
    const file = await inside(folder, segments);
    const reply = file === undefined ? undefined : await fileReply(file, range);
    if (reply !== undefined) return reply;
  }
  throw new HttpError(404, "There is nothing at this path");
}

/**
 * @param {string} folder
 * @param {string[]} segments
 * @returns {Promise<string | undefined>} the real path, if it is still in the folder after following every link
 */
async function inside(folder, segments) {
  try {
    const root = await realpath(resolve(folder));
    const file = await realpath(join(root, ...segments));
    return file.startsWith(root + sep) ? file : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} file
 * @param {string | undefined} range
 * @returns {Promise<import("./errors.mjs").Reply | undefined>}
 */
async function fileReply(file, range) {
  const handle = await open(file, "r");
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return undefined;
    const part = parseRange(range, stat.size);
    const { start, end } = part ?? { start: 0, end: stat.size };
    const body = Buffer.alloc(end - start);
    const { bytesRead } = await handle.read(body, 0, body.length, start);
    const headers = {
      "accept-ranges": "bytes",
      ...(part && { "content-range": `bytes ${start}-${end - 1}/${stat.size}` }),
    };
    const type = TYPES[extname(file).toLowerCase()] ?? "application/octet-stream";
    return { status: part ? 206 : 200, type, body: body.subarray(0, bytesRead), headers };
  } finally {
    await handle.close();
  }
}

/**
 * @param {string | undefined} range
 * @param {number} size
 * @returns {{ start: number, end: number } | undefined} undefined: the whole file
 */
function parseRange(range, size) {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(range?.trim() ?? "");
  if (parts === null || parts[1] + parts[2] === "") return undefined;
  const first = Number(parts[1]);
  const start = parts[1] === "" ? Math.max(0, size - Number(parts[2])) : first;
  const end = parts[1] === "" || parts[2] === "" ? size : Math.min(size, Number(parts[2]) + 1);
  if (parts[1] !== "" && parts[2] !== "" && Number(parts[2]) < first) return undefined;
  if (start >= end) throw new HttpError(416, "The range is outside the file", { "content-range": `bytes */${size}` });
  return { start, end };
}
