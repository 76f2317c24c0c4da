// No token, challenge, license or key is in an error, an event, a stack or on the console, whatever fails; and the
// search that ends every end-to-end test finds what it looks for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createPallyCon, inspectCustomData } from "../../dist/index.js";
import { leaked, secretsOf } from "../e2e/leaks.mjs";
import { DEMO } from "../../www/license-server/accounts.mjs";
import { mintForQuery } from "../../www/license-server/mint.mjs";
import { createLicenseServer } from "../../www/license-server/server.mjs";

const bytes = (text) => new TextEncoder().encode(text);
const TOKEN = mintForQuery(new URLSearchParams({ drm: "fairplay", content_id: "demo-cbcs" }), {
  account: DEMO,
  now: Date.now(),
});
const KEY = "5a1f0c8e2b7d4963a0e4d7b81c365f92";
const SPC = Buffer.from(Array.from({ length: 300 }, (_, at) => (at * 89 + 31) & 0xff));
/** As in the license server's log. */
const log = (more = {}) => ({
  kind: "license",
  headers: { "pallycon-customdata-v2": TOKEN },
  bodyBase64: Buffer.from(`spc=${encodeURIComponent(SPC.toString("base64"))}`).toString("base64"),
  ...more,
});
const SECRETS = secretsOf([log(), log({ headers: {}, bodyBase64: SPC.toString("base64") })]);

/** All visible parts of an error, except for its cause: that is the page's own. */
const shown = (error) =>
  [
    error.message,
    error.stack,
    String(error),
    JSON.stringify(error),
    JSON.stringify({ ...error }),
    JSON.stringify(error.toJSON?.() ?? {}),
  ].join("\n");
const said = (events) =>
  events.map((event) => JSON.stringify(event) + (event.error ? shown(event.error) : "")).join("\n");

/** Runs `work` with a client; returns everything that was output: events, the error, the console. */
async function overheard(options, work) {
  const events = [];
  const lines = [];
  const before = { ...console };
  for (const name of ["log", "info", "warn", "error", "debug"])
    console[name] = (...parts) => lines.push(parts.map(String).join(" "));
  try {
    const client = await createPallyCon({
      siteId: "DEMO",
      contentId: "demo-cbcs",
      customData: () => TOKEN,
      retry: { attempts: 1 },
      onEvent: (event) => events.push(event),
      ...options,
    });
    const error = await work(client).then(
      () => undefined,
      (thrown) => thrown,
    );
    return { error, text: [said(events), error ? shown(error) : "", ...lines].join("\n") };
  } finally {
    Object.assign(console, before);
  }
}
const clean = (text) => assert.deepEqual(leaked(text, SECRETS), []);

test("the search finds a token, a part of one, an SPC in any form, and a key", () => {
  for (const leak of [
    TOKEN,
    `error near ${TOKEN.slice(-40)}`,
    SPC.toString("base64"),
    `"body":"${log().bodyBase64}"`,
    KEY,
    Buffer.from(KEY, "hex").toString("base64"),
  ]) {
    assert.ok(leaked(`… ${leak} …`, SECRETS).length > 0, leak.slice(0, 40));
  }
  clean(
    "PallyCon 7011: the token has expired (https://drm-license.doverunner.com/ri/licenseManager.do) 7fbf9f2d3c0e4f5b8be77c2fa1fe6bd1",
  );
});

for (const [what, body] of [
  ["in its text", JSON.stringify({ errorCode: "7009", message: `cannot parse ${TOKEN}` })],
  ["as the code", JSON.stringify({ errorCode: TOKEN, message: "no" })],
  [
    "inside 8002",
    JSON.stringify({ errorCode: "8002", message: JSON.stringify({ ERROR: TOKEN, MESSAGE: SPC.toString("base64") }) }),
  ],
  ["in a page", `<!doctype html><p>${TOKEN}</p>`],
  ["in JSON of another shape", JSON.stringify({ echo: TOKEN, license: 7 })],
  ["and nothing else", TOKEN],
]) {
  test(`a server that echoes the token or the SPC, ${what}`, async () => {
    for (const status of [200, 403, 500]) {
      const { error, text } = await overheard({}, async (client) => {
        const request = await client.licenseRequest("widevine", SPC);
        client.readLicense(
          "widevine",
          {
            status,
            body: bytes(body),
            url: `https://example.com/?pallycon-customdata-v2=${encodeURIComponent(TOKEN)}`,
          },
          request,
        );
      });
      assert.equal(error?.name, "PallyConError", `${status}`);
      clean(text);
    }
  });
}

test("a callback that fails with the token in its text: it is in the cause, which is the page's own, and nowhere else", async () => {
  const { error, text } = await overheard(
    {
      customData: () => {
        throw new Error(`rejected ${TOKEN}`);
      },
    },
    (client) => client.licenseRequest("fairplay", SPC),
  );
  assert.equal(error.code, "custom-data-failed");
  assert.match(error.cause.message, /^rejected /);
  clean(text);
});

test("the problems of a broken token do not repeat it", async () => {
  for (const broken of [
    `${TOKEN.slice(0, 90)}\n${TOKEN.slice(90)}`,
    Buffer.from(TOKEN).toString("base64"),
    `${TOKEN}x`,
    TOKEN.slice(0, -8),
    `x${TOKEN}`,
  ]) {
    const { text } = await overheard({ customData: () => broken }, (client) => client.licenseRequest("fairplay", SPC));
    clean(text);
    let thrown;
    try {
      inspectCustomData(broken);
    } catch (error) {
      thrown = error;
    }
    if (thrown) clean(shown(thrown));
  }
});

test("a complete exchange with the license server, in the header and in the URL, refused and granted", async (t) => {
  const server = createLicenseServer({ catalog: new URL("../../www/media/catalog.json", import.meta.url).pathname });
  const base = `${await server.listen(0, "127.0.0.1")}/r/secrets`;
  t.after(() => server.close());
  for (const carrier of ["header", "url"]) {
    for (const fault of [undefined, "error:7009", "html", "status:500", "close"]) {
      await fetch(`${base}/api/faults`, {
        method: "POST",
        body: JSON.stringify(fault ? [{ on: "license", fault }] : []),
      });
      const { error, text } = await overheard({ host: base, carrier }, (client) =>
        client.requestLicense("fairplay", SPC),
      );
      const requests = await (await fetch(`${base}/api/requests`)).json();
      const secrets = secretsOf(requests);
      assert.ok(secrets.length > SECRETS.length / 2);
      assert.ok(error, "these bytes are no SPC");
      assert.deepEqual(leaked(text, [...secrets, ...SECRETS]), []);
    }
  }
});
