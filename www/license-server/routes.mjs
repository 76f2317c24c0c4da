/** Every path that is not a file: its kind of request, its methods, and its handler. */
import { Capacity, parseLimits } from "./capacity.mjs";
import { callbackUrl } from "./callback.mjs";
import { certificateReply } from "./certificates.mjs";
import { publicCatalog } from "./catalog.mjs";
import { loginPage } from "./damage.mjs";
import { HttpError, Refusal, jsonReply, textReply } from "./errors.mjs";
import { parseFaults } from "./faults.mjs";
import { CUSTOM_DATA, clearKeyReply, licenseReply, readRequest } from "./license.mjs";
import { getAtemeKey, getKey } from "./kms/endpoint.mjs";
import { mintForQuery } from "./mint.mjs";

/**
 * @typedef {import("./errors.mjs").Reply} Reply
 * @typedef {import("./faults.mjs").Fault} Fault
 * @typedef {object} World shared by all endpoints
 * @property {import("./accounts.mjs").Account} account tokens are minted for it
 * @property {Map<string, import("./accounts.mjs").Account>} accounts
 * @property {import("./catalog.mjs").Content[]} catalog
 * @property {import("./catalog.mjs").KnownKey[]} keys
 * @property {() => number} now milliseconds
 * @typedef {object} Context
 * @property {World} world
 * @property {import("./runs.mjs").Run} run
 * @property {URLSearchParams} query
 * @property {import("node:http").IncomingHttpHeaders} headers
 * @property {string} method
 * @property {Buffer} body
 * @property {RegExpExecArray} match
 * @typedef {object} Work
 * @property {string} [drm]
 * @property {import("./widevine.mjs").Challenge} [challenge]
 * @property {boolean} [flips] whether the response flips the bit of a flip fault itself
 * @property {(fault?: Fault) => Reply | Promise<Reply>} answer
 * @typedef {object} Route
 * @property {RegExp} path
 * @property {import("./runs.mjs").Kind} kind
 * @property {string[]} methods
 * @property {boolean} [unrecorded] for requests that read the log
 * @property {(context: Context) => Work} work
 */

/**
 * @param {Context} context
 * @param {import("./license.mjs").Drm} [only]
 * @returns {Work}
 */
function license({ world, run, query, headers, body }, only) {
  const asked = readRequest(body, headers["content-type"] ?? "", only);
  return {
    drm: asked.drm,
    challenge: asked.challenge,
    flips: true,
    answer: (fault) =>
      licenseReply(asked, {
        header: [headers[CUSTOM_DATA]].flat()[0],
        query,
        accounts: world.accounts,
        known: [...run.keys.values(), ...world.keys],
        now: world.now(),
        callback: run.callback,
        fault,
      }),
  };
}

/**
 * @param {Context} context
 * @returns {Work}
 */
function clearKey({ world, run, query, method, body }) {
  const asked = method === "POST" ? readRequest(body, "", "clearkey") : { certificate: false };
  return {
    drm: "clearkey",
    challenge: asked.challenge,
    flips: true,
    answer: (fault) => {
      const siteId = query.get("siteId");
      const cid = query.get("cid");
      if (!siteId || !cid) throw new Refusal(9001, "siteId or cid is missing");
      if (!world.accounts.has(siteId)) throw new Refusal(1003, "unknown siteId");
      return clearKeyReply({ known: [...run.keys.values(), ...world.keys], cid, asked, fault });
    },
  };
}

/**
 * @param {import("./certificates.mjs").CertificateForm} form
 * @returns {(context: Context) => Work}
 */
function certificate(form) {
  return ({ world, query }) => ({
    drm: form === "widevine" ? "widevine" : "fairplay",
    flips: true,
    answer: (fault) => certificateReply(form, query.get("siteId"), world.accounts, fault),
  });
}

/**
 * @param {Context} context
 * @returns {Work}
 */
function faults({ run, method, body }) {
  return {
    answer: () => {
      if (method === "POST") run.faults = parseFaults(parseJson(body));
      if (method === "DELETE") run.faults = [];
      const shown = run.faults.map(({ on, text, drm, kid, seen, used }) => ({ on, fault: text, drm, kid, seen, used }));
      return jsonReply(shown);
    },
  };
}

/**
 * @param {Context} context
 * @returns {Work}
 */
function requests({ run, method }) {
  return {
    answer: () => {
      if (method === "DELETE") run.log = [];
      return jsonReply(run.requests());
    },
  };
}

/**
 * @param {Context} context
 * @returns {Work}
 */
function callback({ run, method, body }) {
  return {
    answer: () => {
      if (method === "POST") run.callback = callbackUrl(parseJson(body)?.url);
      if (method === "DELETE") run.callback = undefined;
      return jsonReply({ url: run.callback ?? null });
    },
  };
}

/**
 * @param {Context} context
 * @returns {Work}
 */
function capacity({ world, run, method, body }) {
  return {
    answer: () => {
      if (method === "POST") run.capacity = new Capacity(parseLimits(parseJson(body)));
      if (method === "DELETE") run.capacity = new Capacity();
      return jsonReply(run.capacity.report(world.now()));
    },
  };
}

/** @param {Buffer} body */
function parseJson(body) {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new HttpError(400, "The body is not JSON");
  }
}

const READ = ["GET", "HEAD"];

/** @type {Route[]} */
export const ROUTES = [
  { path: /^\/ri\/licenseManager\.do\/?$/, kind: "license", methods: ["POST"], work: (context) => license(context) },
  {
    path: /^\/ri\/playready\/licenseManager\.do\/?$/,
    kind: "license",
    methods: ["POST"],
    work: (context) => license(context, "playready"),
  },
  { path: /^\/ri\/clearkey\/licenseManager\.do\/?$/, kind: "license", methods: [...READ, "POST"], work: clearKey },
  { path: /^\/ri\/fpsKeyManager\.do$/, kind: "certificate", methods: READ, work: certificate("fairplay-text") },
  { path: /^\/ri\/fpsCert\.do$/, kind: "certificate", methods: READ, work: certificate("fairplay") },
  { path: /^\/ri\/widevineCert\.do$/, kind: "certificate", methods: READ, work: certificate("widevine") },
  {
    path: /^\/api\/drm\/token$/,
    kind: "token",
    methods: READ,
    work: ({ world, query }) => ({
      drm: query.get("drm") ?? undefined,
      answer: (fault) => textReply(mintForQuery(query, { account: world.account, now: world.now(), fault })),
    }),
  },
  {
    path: /^\/api\/catalog$/,
    kind: "api",
    methods: READ,
    work: ({ world }) => ({ answer: () => jsonReply(publicCatalog(world.catalog)) }),
  },
  { path: /^\/api\/requests$/, kind: "api", methods: [...READ, "DELETE"], unrecorded: true, work: requests },
  { path: /^\/api\/callback$/, kind: "api", methods: [...READ, "POST", "DELETE"], unrecorded: true, work: callback },
  { path: /^\/api\/capacity$/, kind: "api", methods: [...READ, "POST", "DELETE"], unrecorded: true, work: capacity },
  { path: /^\/api\/faults$/, kind: "api", methods: [...READ, "POST", "DELETE"], unrecorded: true, work: faults },
  {
    path: /^\/(v[12])\/cpix\/(pallycon|(?<=^\/v2\/cpix\/)doverunner)\/getKey\/([^/]+)$/,
    kind: "kms",
    methods: ["POST"],
    work: (context) => ({
      answer: () => {
        const [, version, vendor, token] = context.match;
        const call = {
          token,
          vendor: /** @type {"pallycon" | "doverunner"} */ (vendor),
          version: /** @type {1 | 2} */ (version === "v1" ? 1 : 2),
        };
        return getKey(call, context.body, context);
      },
    }),
  },
  {
    path: /^\/cpix\/getKey$/,
    kind: "kms",
    methods: ["POST"],
    work: (context) => ({
      answer: () =>
        getKey({ token: context.query.get("enc-token") ?? "", vendor: "pallycon", version: 1 }, context.body, context),
    }),
  },
  {
    path: /^\/cpix\/anevia\/(dash|hls)\/([^/]+)\/([^/]+)$/,
    kind: "kms",
    methods: READ,
    work: (context) => ({
      answer: () => {
        const [, container, token, cid] = context.match;
        return getAtemeKey({ container, token, cid }, context);
      },
    }),
  },
  { path: /^\/login$/, kind: "page", methods: READ, work: () => ({ answer: () => loginPage() }) },
];
