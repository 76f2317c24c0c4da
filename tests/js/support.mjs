// Shared by several tests of the client: init data, messages, responses, and pages that only see what they are given.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { buildPlayReadyObject, buildPssh, buildWidevineData, init } from "../../dist/inspect.js";

await init();

export const bytes = (...values) => new Uint8Array(values);
export const utf8 = (text) => new TextEncoder().encode(text);
export const utf16 = (text) => new Uint8Array(Buffer.from(text, "utf16le"));
export const base64 = (data) => Buffer.from(data).toString("base64");
export const joined = (...parts) => new Uint8Array(Buffer.concat(parts));

// ---- init data
export const [WIDEVINE, PLAYREADY, CLEARKEY] = [
  "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed",
  "9a04f079-9840-4286-ab92-e65be0885f95",
  "1077efec-c0b2-4d02-ace3-3c1e52e2fb4b",
];
export const [KEY, OTHER] = ["000102030405060708090a0b0c0d0e0f", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"];
export const widevine = (fields, version = 0) =>
  buildPssh({
    systemId: WIDEVINE,
    version,
    keyIds: version ? [OTHER] : [],
    data: buildWidevineData({ keyIds: [KEY], ...fields }),
  });
export const playready = (version, ...keyIds) =>
  buildPssh({ systemId: PLAYREADY, data: buildPlayReadyObject({ version, keys: keyIds.map((keyId) => ({ keyId })) }) });
export const film = widevine({ contentId: "film" });
/** A live stream's: the content id ends in the period's 16 digits, and the index confirms it (or does not). */
export const live = (period, index = period) =>
  widevine({ contentId: `live${period.toString(16).padStart(16, "0")}`, cryptoPeriodIndex: index });
const box = (type, ...parts) => {
  const body = Buffer.concat([Buffer.from(type), ...parts]);
  return joined(bytes(0, 0, 0, body.length + 4), body);
};
/** FairPlay's sinf of one track: scheme cbcs, and IVs of 8 bytes or one constant IV. `tenc`: ISO/IEC 23001-7, 8.2 */
export function sinf(keyId, { pattern = 0, constantIv = "" } = {}) {
  const iv = Buffer.from(constantIv, "hex");
  const tenc = box(
    "tenc",
    bytes(pattern ? 1 : 0, 0, 0, 0, 0, pattern, 1, iv.length ? 0 : 8),
    Buffer.from(keyId, "hex"),
    ...(iv.length ? [bytes(iv.length), iv] : []),
  );
  return base64(
    box(
      "sinf",
      box("frma", utf8("avc1")),
      box("schm", bytes(0, 0, 0, 0), utf8("cbcs"), bytes(0, 1, 0, 0)),
      box("schi", tenc),
    ),
  );
}

// ---- requests to a license server, and its responses
export const SOAP =
  '<?xml version="1.0"?><soap:Envelope xmlns:soap="s"><soap:Body><AcquireLicenseResponse><License>AA==</License></AcquireLicenseResponse></soap:Body></soap:Envelope>';
export const MESSAGES = {
  widevine: bytes(8, 1, 18, 1, 255),
  playready: utf8(SOAP),
  fairplay: bytes(0, 1, 251, 255),
  clearkey: utf8('{"kids":["AAEC"]}'),
};
/** version 1, reserved, IV, length 4, payload */
export const CKC = bytes(0, 0, 0, 1, ...Array(20).fill(0), 0, 0, 0, 4, 1, 2, 3, 4);
export const LICENSES = {
  widevine: bytes(8, 2, 18, 1, 0),
  playready: utf8(SOAP),
  fairplay: utf8(`${base64(CKC)}\n`),
  clearkey: utf8('{"keys":[{"kty":"oct","k":"AAEC","kid":"AAEC"}]}'),
};
/** FairPlay's certificate, as far as it is checked. */
export const DER = bytes(0x30, 0x82, 1, 2);
export const HTML = "<!doctype html><title>Log in</title>";
export const refusal = (code, message = "no") => JSON.stringify({ errorCode: code, message });
/** A license token; its site and content are those of the tests, its time is long past. */
export const token = (fields) =>
  base64(
    JSON.stringify({
      drm_type: "Widevine",
      site_id: "DEMO",
      user_id: "u",
      cid: "film",
      policy: "AAAAAAAAAAAAAAAAAAAAAA==",
      timestamp: "2020-01-01T00:00:00Z",
      hash: "AAAA",
      ...fields,
    }),
  );
/** A function that returns a response: its body, status, headers, and URL. */
export const answer =
  (body, status = 200, headers = {}, url = "") =>
  () =>
    Object.defineProperty(new Response(body, { status, headers }), "url", { value: url });
export const unreachable = () => {
  throw new TypeError("Failed to fetch");
};
export const never = () => new Promise(() => {});

/** The PallyConError that `work` rejects with. */
export async function failure(work) {
  let result;
  try {
    result = await (typeof work === "function" ? work() : work);
  } catch (error) {
    assert.equal(error?.name, "PallyConError", error?.stack ?? String(error));
    return error;
  }
  return assert.fail(`it did not throw: ${JSON.stringify(result)}`);
}

const real = { fetch: globalThis.fetch, node: process.getBuiltinModule };
const WASM = readFileSync(new URL("../../dist/player.wasm", import.meta.url));
export const wasm = () => new Response(WASM);
let copies = 0;

/**
 * A page of its own, as in a browser: nothing is loaded yet, and its fetches return `wasm` (for player.wasm) and
 * `answers` (for the rest, each once). Its requests are in `wasmRequests` and `sent`, the events of its client in
 * `events`.
 */
export async function newPage({ wasm: giveWasm = wasm, answers = [] } = {}) {
  process.getBuiltinModule = () => undefined;
  const page = { answers, wasmRequests: 0, sent: [], events: [], wasm: giveWasm };
  globalThis.fetch = async (request) => {
    const url = String(request.url ?? request);
    if (url.endsWith("/player.wasm")) {
      page.wasmRequests += 1;
      return page.wasm();
    }
    page.sent.push({
      url,
      method: request.method,
      headers: Object.fromEntries(request.headers),
      credentials: request.credentials,
      body: request.body ? Buffer.from(await request.clone().arrayBuffer()) : null,
    });
    assert.ok(answers.length > 0, `${url} was requested once more`);
    return answers.shift()(request);
  };
  page.core = await import(`../../dist/core.js?page-${(copies += 1)}`);
  page.client = (options = {}) =>
    page.core.createPallyCon({
      customData: () => "dG9rZW4=",
      ...options,
      retry: { base: 0, ...options.retry },
      onEvent: (event) => page.events.push(event),
    });
  /** The codes of the reported errors. */
  page.errors = () => page.events.filter(({ type }) => type === "error").map(({ error }) => error.code);
  return page;
}

/** After a file's pages: restores Node's own. */
export function leavePages() {
  globalThis.fetch = real.fetch;
  process.getBuiltinModule = real.node;
}
