/** Reads a request: its target and its body, strictly and within limits. */
import { HttpError } from "./errors.mjs";

/** Far more than any message of a DRM or packager. */
export const MAX_BODY = 1024 * 1024;
/** How much of an oversized body is read, so that its sender gets a response. */
const MAX_DRAINED = 16 * MAX_BODY;

/**
 * @typedef {object} RequestTarget
 * @property {string} run
 * @property {string} prefix "" or "/r/RUN"
 * @property {string} path decoded, without the prefix
 * @property {string} query as it came
 * @property {URLSearchParams} parameters
 */

/**
 * @param {string} url
 * @returns {RequestTarget}
 */
export function readTarget(url) {
  const mark = url.indexOf("?");
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? "" : url.slice(mark + 1);
  if (!rawPath.startsWith("/")) throw new HttpError(400, "The request target is not a path");
  if (/%2f|%5c|%00|\\/i.test(rawPath))
    throw new HttpError(400, "The path holds an encoded slash, a backslash or a NUL");
  const path = decode(rawPath);
  decode(query.replaceAll("+", " "));
  if (path.split("/").some((segment) => segment === "." || segment === "..")) {
    throw new HttpError(400, "The path holds a dot segment");
  }
  const run = /^\/r\/([A-Za-z0-9_-]{1,64})(?=\/)/.exec(path);
  const prefix = run?.[0] ?? "";
  return {
    run: run?.[1] ?? "default",
    prefix,
    path: path.slice(prefix.length),
    query,
    parameters: new URLSearchParams(query),
  };
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new HttpError(400, "Malformed percent-encoding");
  }
}

/**
 * An oversized body is read to its end (up to a limit) before it is refused: closing a connection with unread bytes
 * resets it, and the client would never see the 413.
 * @param {import("node:http").IncomingMessage} request
 * @returns {Promise<Buffer>}
 */
export function readBody(request) {
  return new Promise((done, fail) => {
    const tooLarge = () => fail(new HttpError(413, "The body is larger than 1 MiB", { connection: "close" }));
    if (Number(request.headers["content-length"] ?? 0) > MAX_DRAINED) tooLarge();
    /** @type {Buffer[]} */
    const chunks = [];
    let length = 0;
    request.on("data", (/** @type {Buffer} */ chunk) => {
      length += chunk.length;
      if (length <= MAX_BODY) chunks.push(chunk);
      else chunks.length = 0;
      if (length > MAX_DRAINED) {
        request.pause();
        tooLarge();
      }
    });
    request.on("end", () => (length > MAX_BODY ? tooLarge() : done(Buffer.concat(chunks))));
    request.on("error", fail);
  });
}
