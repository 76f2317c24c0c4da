// The search over all codes, the texts of players and browsers, the lab's cases, and the device report.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { CATALOG } from "../../www/license-server/errors.mjs";
import { parseFaults } from "../../www/license-server/faults.mjs";
import { errorTable } from "../../scripts/build/errors.mjs";
import { load } from "./load.mjs";

const { entriesOf, search } = await load("errors/catalog.ts");
const { SYMPTOMS } = await load("errors/symptoms.ts");
const { labCases } = await load("errors/lab-cases.ts");
const { redactedUrl, reportText, verdictOf } = await load("device/report.ts");
const table = errorTable();
const codesOf = (text) => search(table, text).entries.map(({ code }) => code);
const require = createRequire(import.meta.url);

test("a search for a number finds its code first, and no number that only contains it", () => {
  assert.equal(codesOf("7011")[0], "token-expired");
  assert.equal(codesOf("PallyCon 7012")[0], "content-id-mismatch");
  for (const { pallycon, code } of entriesOf(table))
    if (pallycon) assert.equal(codesOf(String(pallycon))[0], code, pallycon);
  assert.deepEqual(codesOf("99999"), []);
});

test("players' numbers and browsers' texts lead to codes", () => {
  const says = (text) => search(table, text).symptoms.map(({ says }) => says);
  assert.match(says("6007")[0], /LICENSE_REQUEST_FAILED/);
  assert.match(says("type error")[0], /TypeError/);
  assert.match(says("Failed to fetch")[0], /Failed to fetch/);
  assert.match(says("keysystemnoaccess")[0], /keySystemNoAccess/);
});

test("all words of a search must match, in any order, with or without dashes", () => {
  assert.equal(codesOf("expired token")[0], "token-expired");
  assert.equal(codesOf("TOKEN-EXPIRED")[0], "token-expired");
  assert.ok(codesOf("hdcp").includes("output-restricted"));
  assert.deepEqual(codesOf("hdcp zebra"), []);
  assert.equal(codesOf("").length, entriesOf(table).length);
});

test("every code that a symptom names is in the table, and every name is the player's own", () => {
  const known = new Set(entriesOf(table).map(({ code }) => code));
  for (const { says, codes } of SYMPTOMS) for (const code of codes) assert.ok(known.has(code), `${says}: ${code}`);
  const shaka = readFileSync(require.resolve("shaka-player/dist/shaka-player.compiled.debug.js"), "utf8");
  const dash = readFileSync(
    new URL("../../node_modules/dashjs/dist/modern/esm/dash.all.debug.js", import.meta.url),
    "utf8",
  );
  const rx = readFileSync(
    new URL("../../node_modules/rx-player/dist/es2017/errors/error_codes.js", import.meta.url),
    "utf8",
  );
  const hls = Object.values(require("hls.js").ErrorDetails);
  const eme =
    readFileSync(require.resolve("videojs-contrib-eme"), "utf8") + readFileSync(require.resolve("video.js"), "utf8");
  for (const { by, says } of SYMPTOMS) {
    const [number, name] = says.split(" ");
    if (by === "Shaka Player") assert.ok(shaka.includes(`${name}:${number}`), says);
    if (by === "dash.js") assert.match(dash, new RegExp(`${name}_CODE ?= ?${number}\\b`), says);
    if (by === "rx-player") assert.ok(rx.includes(`"${says}"`), says);
    if (by === "hls.js") assert.ok(hls.includes(says), says);
    if (by === "video.js") assert.ok(eme.includes(says), says);
  }
});

test("the lab offers every code of the license server, and only faults that the server supports", () => {
  const cases = labCases(table);
  assert.equal(new Set(cases.map(({ id }) => id)).size, cases.length);
  for (const { id, faults = [] } of cases) assert.doesNotThrow(() => parseFaults(faults), id);
  for (const number of CATALOG.keys())
    assert.ok(
      cases.some(({ id }) => id === `code-${number}`),
      number,
    );
  assert.ok(cases.length > 80);
});

const FINDINGS = {
  at: "2026-01-02T03:04:05.000Z",
  urls: [{ url: "https://user:pw@x.example/path?token=secret#part", problems: [] }],
  problems: [],
  codecs: [
    { codec: "H.264", drms: ["widevine"] },
    { codec: "AV1", drms: [] },
  ],
  drms: [
    {
      drm: "widevine",
      keySystem: "com.widevine.alpha",
      securityLevel: "L3",
      schemes: ["cenc"],
      initDataTypes: ["cenc"],
      persistentLicense: false,
    },
  ],
  environment: {
    userAgent: "x",
    platform: "y",
    secureContext: true,
    framed: false,
    webAssembly: true,
    mediaSource: true,
    nativeHls: false,
    screen: "1x1",
    language: "en",
  },
};

test("the device report has the level, the codecs and the problems, and of each URL only host and path", () => {
  const text = reportText(FINDINGS);
  for (const part of [
    "Widevine (com.widevine.alpha)",
    "level: L3",
    "HDCP: not told",
    "H.264: Widevine",
    "AV1: none",
    "reach https://x.example/path",
  ])
    assert.ok(text.includes(part), part);
  assert.doesNotMatch(text, /secret|token=|user:pw/);
  assert.equal(redactedUrl("nonsense"), "(not a URL)");
});

test("the verdict says what works, or why nothing does", () => {
  assert.deepEqual([verdictOf(FINDINGS).kind, verdictOf(FINDINGS).title], ["good", "Widevine works here."]);
  const problem = { code: "cdm-missing", message: "No DRM.", hint: "Use another browser." };
  assert.deepEqual(verdictOf({ ...FINDINGS, drms: [], problems: [problem] }), {
    kind: "error",
    title: "No DRM for protected content works here.",
    text: "No DRM. Use another browser.",
  });
  assert.equal(verdictOf({ ...FINDINGS, problems: [problem] }).kind, "warning");
});
