// errors.json through the package as it ships: every code has its texts and its place in the types, all of PallyCon's
// codes are known for every DRM, and the document is generated from them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import ts from "typescript";
import { PallyConError, createPallyCon, init } from "../../dist/index.js";
import { FILE, render } from "../../scripts/docs/errors.mjs";
import { CATALOG } from "../../www/license-server/errors.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bytes = (value) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const DRMS = ["widevine", "playready", "fairplay", "clearkey"];
const PHASES = [
  "environment",
  "init-data",
  "custom-data",
  "certificate",
  "license",
  "session",
  "manifest",
  "segment",
  "server",
];

const table = JSON.parse(readFileSync(`${root}errors.json`, "utf8"));
const CODES = table.sections.flatMap(({ scope, codes }) => codes.map((entry) => ({ scope, ...entry })));
/** A reason inherits missing parts from its group. */
const REASONS = table.reasons.flatMap(({ scope, message, hint, reasons }) =>
  reasons.map((entry) => ({ scope, message, hint, ...entry })),
);
const PALLYCON = CODES.filter(({ pallycon }) => pallycon);
const hintOf = (hint) => (hint?.startsWith("@") ? table.hints[hint.slice(1)] : hint);
await init();

async function refusal(drm, body, status = 200) {
  const events = [];
  const client = await createPallyCon({ onEvent: (event) => events.push(event) });
  try {
    client.readLicense(drm, { status, body: bytes(body) });
  } catch (error) {
    assert.ok(error instanceof PallyConError);
    assert.deepEqual(
      events.map(({ type, error: reported }) => [type, reported]),
      [["error", error]],
      "reported once",
    );
    return error;
  }
  return assert.fail(`${drm} accepted it as a license`);
}

// ---- the table

test("codes are unique, and each has a phase, a hint, and a message or PallyCon's number", () => {
  assert.equal(new Set(CODES.map(({ code }) => code)).size, CODES.length);
  assert.equal(new Set(REASONS.map(({ id }) => id)).size, REASONS.length);
  assert.deepEqual([...new Set(CODES.map(({ scope }) => scope))], ["core", "environment", "tools"]);
  for (const { code, phase, message, hint, pallycon } of CODES) {
    assert.match(code, /^[a-z]+(-[a-z0-9]+)*$/);
    assert.ok(PHASES.includes(phase), code);
    assert.match(hintOf(hint), /^([A-Z]|docs\/).*\.$/, code);
    assert.ok(pallycon ? message === undefined : message, code);
  }
  for (const { id, hint } of REASONS) if (hint) assert.match(hintOf(hint), /^[A-Z].*\.$/, id);
});

test("PallyConErrorCode is the union of all codes", () => {
  const file = `${root}tests/types/codes.ts`;
  const source = (codes) => `import type { PallyConError, PallyConErrorCode } from "pallycon-drm";
export const table: Record<PallyConErrorCode, 0> = { ${codes.map((code) => `${JSON.stringify(code)}: 0`).join(", ")} };
export const codeOf = (error: PallyConError): keyof typeof table => error.code;\n`;
  const options = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
    strict: true,
    noEmit: true,
    types: [],
    skipLibCheck: true,
  };
  const complaints = (codes) => {
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists, readFile } = host;
    host.fileExists = (name) => name === file || fileExists(name);
    host.readFile = (name) => (name === file ? source(codes) : readFile(name));
    host.getSourceFile = (name, ...more) =>
      name === file ? ts.createSourceFile(name, source(codes), ...more) : getSourceFile.call(host, name, ...more);
    return ts
      .getPreEmitDiagnostics(ts.createProgram([file], options, host))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
  };
  const codes = CODES.map(({ code }) => code);
  assert.deepEqual(complaints(codes), []);
  assert.match(complaints(codes.slice(1)).join(), new RegExp(`'"?${codes[0]}"?' is missing|${codes[0]}`));
  assert.match(complaints([...codes, "no-such-code"]).join(), /no-such-code/);
});

/** js/errors with the texts of all scopes: the package bundles each scope where it is used. */
const { createError, createProblem, scopes } = await (async () => {
  const contents = `export { createError, createProblem } from "./js/errors/error.ts";
    import { CORE } from "./js/generated/core-texts.ts"; import { ENVIRONMENT } from "./js/generated/environment-texts.ts"; import { TOOLS } from "./js/generated/tools-texts.ts";
    export const scopes = { core: CORE, environment: ENVIRONMENT, tools: TOOLS };`;
  const {
    outputFiles: [{ text }],
  } = await build({ stdin: { contents, resolveDir: root, loader: "ts" }, bundle: true, write: false, format: "esm" });
  return import(`data:text/javascript,${encodeURIComponent(text)}`);
})();

const PARAMETERS = ["one", "two", "three"];
const MORE = { parameters: PARAMETERS, phase: "license", httpStatus: 503, offset: 7 };
/** The expected text, from the table alone. */
function expected({ code, message = "{reason}", hint }, reason) {
  const template = (reason?.message ?? message).replace("{reason}", () => reason?.text ?? "");
  const values = {
    phase: MORE.phase,
    offset: "7",
    http: " (HTTP 503)",
    words: code.replaceAll("-", " "),
    0: PARAMETERS[0],
    1: PARAMETERS[1],
    2: PARAMETERS[2],
  };
  return {
    code,
    message: template.replace(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder),
    hint: hintOf(reason?.hint ?? hint),
  };
}
const said = ({ code, message, hint }) => ({ code, message, hint });

test("every text is the table's, without unfilled or unknown placeholders", () => {
  for (const entry of CODES) {
    const mayHave = REASONS.filter(({ scope, message }) => !message && (scope === entry.scope || scope === "core"));
    for (const reason of [undefined, ...mayHave]) {
      const wanted = expected(entry, reason);
      assert.doesNotMatch(
        wanted.message,
        /[{}]|undefined/,
        `${entry.code}, ${reason?.id}: the table names an unknown placeholder`,
      );
      const number = reason && REASONS.indexOf(reason);
      const error = createError(entry.code, { ...MORE, reason: number }, scopes[entry.scope]);
      assert.deepEqual(said(error), wanted, `${entry.code}, ${reason?.id}`);
      assert.deepEqual(
        [error.name, error.httpStatus, error.phase, error.retryable, error.noRetry],
        ["PallyConError", 503, "license", !!entry.retryable, !entry.retryable],
      );
      assert.ok(!("parameters" in error) && !("reason" in error));
    }
    assert.equal(createError(entry.code, {}, scopes[entry.scope]).phase, entry.phase);
  }
});

test("a reason's own message replaces its code's", () => {
  const own = REASONS.filter(({ message }) => message);
  assert.ok(own.length > 2);
  for (const reason of own) {
    const entry = CODES.find(({ code }) => code === "network");
    assert.deepEqual(
      said(createError("network", { ...MORE, reason: REASONS.indexOf(reason) }, scopes[reason.scope])),
      expected(entry, reason),
      reason.id,
    );
  }
});

test("parameters are not templates: a server's text is repeated unchanged", () => {
  const odd = "{0} {reason} $& {";
  assert.equal(
    createError("player-untested", { parameters: [odd, odd] }).message,
    `${odd} ${odd} has not been tested with this package.`,
  );
  const reason = REASONS.findIndex(({ id }) => id === "pallycon");
  assert.equal(createProblem("token-unreadable", reason, ["7009", odd]).message, `PallyCon 7009: ${odd}`);
});

// ---- PallyCon's codes

test("every code of the license server is recognized, for every DRM, as text and as a number", async () => {
  assert.equal(CATALOG.size, 70);
  for (const [number, text] of CATALOG) {
    if (number === "8002") continue; // its text is another error: below
    const entry = PALLYCON.find(({ pallycon }) => String(pallycon) === number);
    for (const drm of DRMS) {
      for (const errorCode of [number, Number(number)]) {
        const error = await refusal(drm, { errorCode, message: text, body: "" });
        assert.deepEqual(
          [error.name, error.serverCode, error.serverMessage, error.message, error.httpStatus],
          ["PallyConError", number, text, `PallyCon ${number}: ${text}`, 200],
        );
        assert.deepEqual([error.code, error.phase, error.hint], [entry.code, entry.phase, hintOf(entry.hint)], number);
        assert.equal(error.noRetry, !error.retryable);
        assert.equal(error.retryable, ["2001", "7103", "7202", "8701"].includes(number), number);
      }
    }
  }
});

test("the core knows these codes and no others, each by its own name", async () => {
  assert.deepEqual(PALLYCON.map(({ pallycon }) => String(pallycon)).sort(), [...CATALOG.keys()].sort());
  const client = await createPallyCon();
  const known = new Map();
  for (let number = 0; number < 10_000; number += 1) {
    try {
      client.readLicense("widevine", { status: 200, body: bytes({ errorCode: String(number), message: "" }) });
    } catch ({ code, message }) {
      if (code === "server-error") continue;
      known.set(number, code);
      // If PallyCon sends no text, the name is the text.
      assert.equal(message, `PallyCon ${number}: ${code.replaceAll("-", " ")}`);
    }
  }
  assert.deepEqual(
    [...known],
    PALLYCON.map(({ pallycon, code }) => [pallycon, code]).sort(([a], [b]) => a - b),
  );
});

test("8002 carries the site's own error; text that is not JSON is passed on", async () => {
  const nested = await refusal("widevine", {
    errorCode: "8002",
    message: JSON.stringify({ ERROR: "E42", MESSAGE: "Please renew" }),
  });
  assert.deepEqual(
    [nested.code, nested.siteError, nested.message],
    ["site-error", { code: "E42", message: "Please renew" }, "PallyCon 8002: the site answered E42: Please renew"],
  );
  const plain = await refusal("fairplay", { errorCode: 8002, message: "no subscription" });
  assert.deepEqual(
    [plain.code, plain.siteError, plain.message],
    ["site-error", undefined, "PallyCon 8002: no subscription"],
  );
});

test("an unknown code is passed on unchanged", async () => {
  for (const [errorCode, message] of [
    ["12345", "something new"],
    [31, "short"],
    ["E-7", "letters"],
  ]) {
    const error = await refusal("widevine", { errorCode, message });
    assert.deepEqual(
      [error.code, error.serverCode, error.serverMessage, error.retryable],
      ["server-error", String(errorCode), message, false],
    );
  }
});

test("a response that is not a license is described by what it is", async () => {
  const widevine = Buffer.from("08021a0201020a0401020304", "hex");
  for (const [drm, status, body, code, message, hint] of [
    ["widevine", 200, "", "not-a-license", /empty/, /network panel/],
    ["playready", 200, "  \r\n", "not-a-license", /empty/, /network panel/],
    ["fairplay", 200, "<!doctype html><title>Sign in</title>", "not-a-license", /HTML/, /captive portal/],
    ["widevine", 200, { result: "ok" }, "not-a-license", /JSON/, /licenseUrl/],
    [
      "widevine",
      200,
      '<?xml version="1.0"?><soap:Envelope></soap:Envelope>',
      "not-a-license",
      /another DRM/,
      /its own license URL/,
    ],
    ["playready", 200, "<soap:Envelope><soap:Bo", "not-a-license", /truncated/, /\.$/],
    ["fairplay", 200, "not base64 at all!", "not-a-license", /it is text/, /\.$/],
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
    assert.deepEqual(
      [error.code, error.retryable],
      [code, ["network", "rate-limited", "server-unavailable"].includes(code)],
      `${status} ${body}`,
    );
    assert.match(error.message, message);
    assert.match(error.hint, hint);
  }
  await refusal("playready", widevine.toString("latin1")).then(({ code }) => assert.equal(code, "not-a-license"));
});

test("texts of services other than PallyCon are in serverMessage, bounded and without secrets", async () => {
  const secret = Buffer.alloc(60, 7).toString("base64");
  for (const [drm, status, body, serverMessage] of [
    ["widevine", 400, { errors: [{ code: "device_revoked" }] }, '{"errors":[{"code":"device_revoked"}]}'],
    ["widevine", 200, { errors: [{ code: "device_revoked" }] }, '{"errors":[{"code":"device_revoked"}]}'],
    ["fairplay", 403, { message: "no", token: secret }, '{"message":"no","token":"…"}'],
    ["fairplay", 200, "서비스를 사용할 수 없습니다", "서비스를 사용할 수 없습니다"],
    ["playready", 200, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", "Access Denied"],
    [
      "playready",
      500,
      "<s:Envelope xmlns:s='s'><s:Body><s:Fault><detail><CustomData>LCN_4003|No CustomData in input</CustomData></detail></s:Fault></s:Body></s:Envelope>",
      "LCN_4003|No CustomData in input",
    ],
    ["widevine", 500, "ab ".repeat(200), `${"ab ".repeat(66)}…`],
    ["widevine", 403, "<html>no</html>", undefined],
    ["widevine", 503, "", undefined],
  ]) {
    const error = await refusal(drm, body, status);
    assert.equal(error.serverMessage, serverMessage);
    assert.equal(
      error.serverCode,
      { "Access Denied": "AccessDenied", "LCN_4003|No CustomData in input": "fault" }[serverMessage],
    );
  }
});

test("docs/errors.md is generated from the table", () => {
  assert.ok(readFileSync(FILE, "utf8") === render(), "stale: node scripts/docs/errors.mjs");
});
