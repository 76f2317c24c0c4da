// Secrets that must not be in any output, recognized by their form: the accounts' keys, content keys, tokens, SPCs.
// Each end-to-end test searches for the secrets of its own run (tests/e2e/leaks.mjs); this searches the output of all
// suites.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DEMO, TUTO } from "../../www/license-server/accounts.mjs";
import { logDir, root } from "./paths.mjs";

const catalog = JSON.parse(readFileSync(join(root, "www/media/catalog.json"), "utf8"));
const contentKeys = catalog.flatMap(({ tracks }) => tracks.map(({ key }) => Buffer.from(key, "hex")));
const bare = (text) => text.replace(/=+$/, "");
/** [kind, text] */
const KNOWN = [
  ...[DEMO, TUTO].flatMap(({ siteKey, accessKey, kmsSecret }) => [
    ["a site key", siteKey],
    ["an access key", accessKey],
    ...(kmsSecret ? [["a packager's secret", kmsSecret]] : []),
  ]),
  ...contentKeys.flatMap((key) =>
    [key.toString("hex"), bare(key.toString("base64")), key.toString("base64url")].map((text) => [
      "a content key",
      text,
    ]),
  ),
];
/** base64 of `{"` and more, the form of tokens and auth data. */
const JSON_BASE64 = /eyJ[A-Za-z0-9+/_-]{60,}/g;
const isToken = (base64) =>
  /"drm_type".*"(token|hash|data)"\s*:/s.test(Buffer.from(base64, "base64").toString("latin1"));
/** The form of an SPC request, and the first bytes of the bridge's SPC. */
const SPC =
  /spc=[A-Za-z0-9%]{60,}|\+\/\/\+A[Q-Za-f][A-Za-z0-9+/]{40,}|%2B%2F%2F%2BA[A-Za-z0-9%]{40,}|fbfffe01[0-9a-f]{40,}/;

/** @param {string} text @returns {string[]} kinds of the findings, never the secret itself */
export function secretsIn(text) {
  const found = new Set(KNOWN.filter(([, secret]) => text.includes(secret)).map(([kind]) => kind));
  if ((text.match(JSON_BASE64) ?? []).some(isToken)) found.add("a token");
  if (SPC.test(text)) found.add("an SPC");
  return [...found];
}

/**
 * Searches the output of the suites.
 * @returns {{files: number, found: string[]}} `found`: a line for each file and kind
 */
export function searchLogs(folder = logDir) {
  const files = readdirSync(folder).filter((name) => /^test-.*\.(log|json)$/.test(name));
  return {
    files: files.length,
    found: files.flatMap((name) =>
      secretsIn(readFileSync(join(folder, name), "utf8")).map((kind) => `${name} shows ${kind}`),
    ),
  };
}
