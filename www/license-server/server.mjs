/**
 * The local license server: HTTP in; a route of routes.mjs or a file out. It replaces the real service for pages and
 * tests, shares no code with the package, and listens on the loopback interface unless told otherwise.
 */
import { setMaxListeners } from "node:events";
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { DEMO, TUTO } from "./accounts.mjs";
import { knownKeys, loadCatalog } from "./catalog.mjs";
import { changed, instead } from "./damage.mjs";
import { HttpError, Refusal, errorReply, textReply } from "./errors.mjs";
import { meet } from "./faults.mjs";
import { readBody, readTarget } from "./request.mjs";
import { ROUTES } from "./routes.mjs";
import { Runs } from "./runs.mjs";
import { staticReply } from "./static.mjs";

/**
 * @typedef {import("./errors.mjs").Reply} Reply
 * @typedef {import("node:http").IncomingMessage} Request
 * @typedef {import("node:http").ServerResponse} Response
 * @typedef {object} Options
 * @property {import("./static.mjs").Roots} [roots]
 * @property {string | import("./catalog.mjs").Content[]} [catalog] a file, or the list itself
 * @property {import("./accounts.mjs").Account} [account] tokens are minted for it; default the demo's
 * @property {() => number} [now] milliseconds
 * @property {import("./capacity.mjs").Limits} [capacity] for runs that set none of their own
 * @property {(line: string) => void} [log] one line per request; never a token, never a key
 */

/** Limit for request line and headers together: a token has about 600 bytes. */
const MAX_HEADERS = 32 * 1024;
const STATIC_METHODS = ["GET", "HEAD"];
const KEPT_ANSWERS = new Set(["license", "certificate", "token", "kms"]);

/** @param {Options} [options] */
export function createLicenseServer({
  roots = {},
  catalog = [],
  account = DEMO,
  now = Date.now,
  capacity,
  log = () => {},
} = {}) {
  const content = loadCatalog(catalog);
  /** @type {import("./routes.mjs").World} */
  const world = {
    account,
    accounts: new Map([TUTO, DEMO, account].map((each) => [each.siteId, each])),
    catalog: content,
    keys: knownKeys(content),
    now,
  };
  const runs = new Runs(capacity);
  const closing = new AbortController();
  // Each waiting request adds a listener.
  setMaxListeners(0, closing.signal);
  const server = createServer(
    { maxHeaderSize: MAX_HEADERS, requestTimeout: 30_000, headersTimeout: 10_000 },
    (request, response) => {
      serve(request, response).catch((error) => {
        // A disconnected viewer, or a server that is closed during a slow response, is not worth a log line.
        if (error?.code === "ECONNRESET" || closing.signal.aborted) return response.destroy();
        log(`internal error: ${error?.stack}`);
        return send(request, response, textReply("Internal error\n", 500));
      });
    },
  );

  /** @param {Request} request @param {Response} response */
  async function serve(request, response) {
    const { method = "GET" } = request;
    /** @type {import("./runs.mjs").Entry | undefined} */
    let entry;
    /** @type {Reply} */
    let reply;
    let run;
    let body;
    let allow = STATIC_METHODS;
    try {
      const target = readTarget(request.url ?? "");
      run = runs.get(target.run);
      const { route, match } = findRoute(target.path);
      allow = route?.methods ?? STATIC_METHODS;
      const kind = route?.kind ?? (target.path.startsWith("/media/") ? "media" : "page");
      if (!route?.unrecorded) {
        entry = {
          at: new Date(now()).toISOString(),
          method,
          path: target.path,
          query: target.query,
          headers: request.headers,
          body: Buffer.alloc(0),
          bodyLength: 0,
          status: null,
          kind,
        };
        run.record(entry);
      }
      body = await readBody(request);
      if (method === "OPTIONS") reply = preflight(request, allow);
      else if (!allow.includes(method)) {
        if (route === undefined) await staticReply(roots, target.path, undefined); // 404 before 405
        throw new HttpError(405, "The method is not allowed", { allow: [...allow, "OPTIONS"].join(", ") });
      } else {
        const work = route?.work({
          world,
          run,
          query: target.parameters,
          headers: request.headers,
          method,
          body,
          match,
        }) ?? { answer: () => staticReply(roots, target.path, request.headers.range) };
        describe(entry, work);
        const fault = meet(run.faults, { on: kind, drm: work.drm, keyIds: work.challenge?.keyIds });
        if (entry !== undefined && fault !== undefined) entry.fault = fault.text;
        reply = await answer(work, fault, target.prefix, kind === "license" ? run.capacity : undefined);
      }
    } catch (error) {
      reply = failure(error);
    }
    if (entry !== undefined && run !== undefined) {
      entry.status = reply.status;
      if (reply.refused !== undefined) entry.refused = reply.refused;
      run.keepBodies(entry, body, KEPT_ANSWERS.has(entry.kind) ? reply.body : undefined);
      log(line(run.name, entry));
    }
    send(request, response, reply);
  }

  /**
   * @param {import("./routes.mjs").Work} work
   * @param {import("./faults.mjs").Fault | undefined} fault
   * @param {string} prefix
   * @param {import("./capacity.mjs").Capacity} [capacity] that the response uses
   * @returns {Promise<Reply>}
   */
  async function answer(work, fault, prefix, capacity) {
    capacity?.arrive(now());
    if (fault?.name === "slow") await wait(fault.number, undefined, { signal: closing.signal });
    const other = fault && instead(fault, prefix);
    // A fault that replaces the response uses no capacity.
    if (other !== undefined) return other;
    const turn = capacity?.admit(now()) ?? 0;
    if (turn >= 1) await wait(turn, undefined, { signal: closing.signal });
    /** @type {Reply} */
    let reply;
    try {
      reply = await work.answer(fault);
    } catch (error) {
      reply = failure(error);
    }
    return fault === undefined ? reply : changed(reply, fault, work.flips === true);
  }

  return {
    /**
     * @param {number} [port] 0 for any free one
     * @param {string} [host]
     * @returns {Promise<string>} the address
     */
    async listen(port = 0, host = "127.0.0.1") {
      await new Promise((done, fail) => {
        server.once("error", fail);
        server.listen(port, host, () => {
          server.off("error", fail);
          done(undefined);
        });
      });
      return this.url;
    },
    async close() {
      closing.abort();
      await new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      });
    },
    get url() {
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("The license server is not listening");
      const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
      return `http://${host}:${address.port}`;
    },
  };
}

/**
 * @param {string} run
 * @param {import("./runs.mjs").Entry} entry
 */
function line(run, { method, path, kind, status, refused, fault }) {
  // A packager's token is part of its path.
  const shown = kind === "kms" ? path.replace(/(getKey|dash|hls)\/.*/, "$1/…") : path;
  return `${run} ${method} ${shown} ${status}${refused ? ` (${refused})` : ""}${fault ? ` [${fault}]` : ""}`;
}

/** @param {string} path */
function findRoute(path) {
  for (const route of ROUTES) {
    const match = route.path.exec(path);
    if (match !== null) return { route, match };
  }
  return { route: undefined, match: /** @type {RegExpExecArray} */ (/^/.exec("")) };
}

/**
 * @param {import("./runs.mjs").Entry | undefined} entry
 * @param {import("./routes.mjs").Work} work
 */
function describe(entry, { drm, challenge }) {
  if (entry === undefined) return;
  if (drm !== undefined) entry.drm = drm;
  if (challenge === undefined) return;
  entry.challenge = challenge.kind === 1 ? "new" : challenge.kind === 2 ? "renewal" : "release";
  entry.keyIds = challenge.keyIds;
}

/**
 * @param {unknown} error
 * @returns {Reply}
 */
function failure(error) {
  if (error instanceof Refusal)
    return { ...errorReply(error.code, error.message), refused: `${error.code}: ${error.why}` };
  if (error instanceof HttpError) return { ...textReply(`${error.message}\n`, error.status), headers: error.headers };
  throw error;
}

/**
 * @param {Request} request
 * @param {string[]} methods
 * @returns {Reply}
 */
function preflight(request, methods) {
  const asked = request.headers["access-control-request-headers"];
  return {
    status: 204,
    body: Buffer.alloc(0),
    headers: {
      allow: [...methods, "OPTIONS"].join(", "),
      "access-control-allow-methods": methods.join(", "),
      ...(asked !== undefined && /^[\w!#$%&'*+.^`|~, -]+$/.test(asked) && { "access-control-allow-headers": asked }),
      // Not cached, so that tests can count all preflights.
      "access-control-max-age": "0",
    },
  };
}

/**
 * @param {Request} request
 * @param {Response} response
 * @param {Reply} reply
 */
function send(request, response, { status, type, body, headers, cors = true, close = false }) {
  if (close) {
    request.socket.resetAndDestroy();
    return;
  }
  const bare = status === 204 || status === 304;
  response.writeHead(status, {
    ...(type !== undefined && { "content-type": type }),
    ...(!bare && { "content-length": body.length }),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(cors && {
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "content-length, content-range, retry-after",
    }),
    ...headers,
  });
  response.end(bare || request.method === "HEAD" ? undefined : body);
}
