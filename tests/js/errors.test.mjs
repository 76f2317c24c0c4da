// All of PallyCon's codes through the package as it ships, the documents made of them, and the list of the package's own.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { PallyConError, createPallyCon } from "../../dist/index.js";
import { CODES } from "../../scripts/docs/codes.mjs";
import { FILE, render } from "../../scripts/docs/errors.mjs";
import { refusals, serverCodes } from "../../scripts/docs/server-codes.mjs";
import { CATALOGUE } from "../../www/license-server/errors.mjs";

const bytes = (value) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const DRMS = ["widevine", "playready", "fairplay", "clearkey"];
const PHASES = ["environment", "init-data", "custom-data", "certificate", "license", "session", "manifest", "segment", "server"];

async function refusal(drm, body, status = 200) {
  const events = [];
  const client = await createPallyCon({ onEvent: (event) => events.push(event) });
  try {
    client.readLicense(drm, { status, body: bytes(body) });
  } catch (error) {
    assert.ok(error instanceof PallyConError);
    assert.deepEqual(events.map(({ type, error: told }) => [type, told]), [["error", error]], "told once");
    return error;
  }
  return assert.fail(`${drm} took it for a license`);
}

test("every code of the license server, for every DRM, as a text and as a number", async () => {
  assert.equal(CATALOGUE.size, 70);
  for (const [number, text] of CATALOGUE) {
    if (number === "8002") continue; // its text is another error: below
    for (const drm of DRMS) {
      for (const errorCode of [number, Number(number)]) {
        const error = await refusal(drm, { errorCode, message: text, body: "" });
        assert.deepEqual([error.name, error.serverCode, error.serverMessage, error.message, error.httpStatus], ["PallyConError", number, text, `PallyCon ${number}: ${text}`, 200]);
        assert.match(error.code, /^[a-z]+(-[a-z0-9]+)+$/);
        assert.notEqual(error.code, "server-error", number);
        assert.match(error.hint, /^[A-Z].*\.$/, number);
        assert.ok(PHASES.includes(error.phase), error.phase);
        assert.equal(error.noRetry, !error.retryable);
        assert.equal(error.retryable, ["2001", "7103", "7202", "8701"].includes(number), number);
      }
    }
  }
});

test("the core knows these codes and no others, each by a name of its own", async () => {
  const errors = (await serverCodes()).flatMap((group) => group.errors);
  assert.deepEqual(errors.map(({ serverCode }) => serverCode).sort(), [...CATALOGUE.keys()].sort());
  assert.equal(new Set(errors.map(({ code }) => code)).size, CATALOGUE.size);
});

test("8002 carries the site's own error; where its text is no JSON it is passed on", async () => {
  const nested = await refusal("widevine", { errorCode: "8002", message: JSON.stringify({ ERROR: "E42", MESSAGE: "Please renew" }) });
  assert.deepEqual([nested.code, nested.siteError, nested.message], ["site-error", { code: "E42", message: "Please renew" }, "PallyCon 8002: the site answered E42: Please renew"]);
  const plain = await refusal("fairplay", { errorCode: 8002, message: "no subscription" });
  assert.deepEqual([plain.code, plain.siteError, plain.message], ["site-error", undefined, "PallyCon 8002: no subscription"]);
});

test("a code that nobody knows passes through as it came", async () => {
  const refuse = await refusals();
  for (const [errorCode, message] of [["12345", "something new"], [31, "short"], ["E-7", "letters"]]) {
    const error = refuse({ errorCode, message });
    assert.deepEqual([error.code, error.serverCode, error.serverMessage, error.retryable], ["server-error", String(errorCode), message, false]);
  }
});

test("what is not a license, by what it is", async () => {
  const widevine = Buffer.from("08021a0201020a0401020304", "hex");
  for (const [drm, status, body, code, message, hint] of [
    ["widevine", 200, "", "not-a-license", /empty/, /network panel/],
    ["playready", 200, "  \r\n", "not-a-license", /empty/, /network panel/],
    ["fairplay", 200, "<!doctype html><title>Sign in</title>", "not-a-license", /HTML/, /captive portal/],
    ["widevine", 200, { result: "ok" }, "not-a-license", /JSON/, /licenseUrl/],
    ["widevine", 200, "<?xml version=\"1.0\"?><soap:Envelope></soap:Envelope>", "not-a-license", /another DRM/, /its own license URL/],
    ["playready", 200, "<soap:Envelope><soap:Bo", "not-a-license", /middle of the SOAP/, /\.$/],
    ["fairplay", 200, "not base64 at all!", "not-a-license", /not base64/, /\.$/],
    ["widevine", 401, "", "forbidden", /HTTP 401/, /licenseUrl/],
    ["widevine", 403, "<html>", "forbidden", /HTTP 403.*HTML/, /captive portal|firewall/],
    ["widevine", 404, "", "license-url-wrong", /HTTP 404/, /licenseManager/],
    ["widevine", 429, "", "rate-limited", /HTTP 429/, /rotationSpread|Wait/],
    ["widevine", 500, "", "server-unavailable", /HTTP 500/, /again/],
    ["widevine", 503, "<html>", "server-unavailable", /HTTP 503/, /again/],
    ["widevine", 302, "", "http-status", /HTTP 302/, /\.$/],
    ["widevine", 0, "", "network", /could not be reached/, /CORS/],
  ]) {
    const error = await refusal(drm, body, status);
    assert.deepEqual([error.code, error.retryable], [code, ["network", "rate-limited", "server-unavailable"].includes(code)], `${status} ${body}`);
    assert.match(error.message, message);
    assert.match(error.hint, hint);
  }
  await refusal("playready", widevine.toString("latin1")).then(({ code }) => assert.equal(code, "not-a-license"));
});

test("docs/errors.md is what the built package says", async () => {
  assert.ok(readFileSync(FILE, "utf8") === (await render()), "stale: node scripts/docs/errors.mjs");
});

/** Sources without their tests: a code that only a test makes up is none. */
const sources = () => ["js", "src"].flatMap((folder) =>
  readdirSync(folder, { recursive: true }).map(String).filter((name) => /\.(ts|rs)$/.test(name) && !/tests?\.rs$|tests\//.test(name))
    .map((name) => readFileSync(`${folder}/${name}`, "utf8").split("#[cfg(test)]")[0]));

test("the list of the package's own codes is that of its sources", async () => {
  const text = sources().join("\n");
  const listed = CODES.flatMap(({ codes }) => codes.map(([code]) => code));
  assert.equal(new Set(listed).size, listed.length, "each once");
  for (const code of listed) assert.ok(text.includes(`"${code}"`), `${code} is listed, and nothing says it`);
  const pallycon = new Set((await serverCodes()).flatMap(({ errors }) => errors.map(({ code }) => code)));
  const said = text.matchAll(/(?:\bcode: |=> \(\s*|problem\(\s*|failure\(\s*|Error::(?:new|of|server)\(\s*|\bwarn\((?:warnings, )?)"([a-z]+(?:-[a-z0-9]+)*)"/g);
  const missing = new Set([...said].map(([, code]) => code).filter((code) => !listed.includes(code) && !pallycon.has(code)));
  assert.deepEqual([...missing], [], "these codes are not in scripts/docs/codes.mjs");
  for (const { codes } of CODES) {
    for (const [code, cause, remedy] of codes) assert.ok(cause.endsWith(".") && remedy.endsWith("."), `${code}: sentences`);
  }
});
