/**
 * Shared by the license server's tests: a server with a small catalog, and challenges built by docs/simulated-drm.md
 * without the server's own code.
 */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createLicenseServer } from "../../www/license-server/server.mjs";

export const VIDEO = { keyId: "00112233445566778899aabbccddeeff", key: "0f0e0d0c0b0a09080706050403020100" };
export const AUDIO = { keyId: "fbf0ff11223344556677889900aabbff", key: "101112131415161718191a1b1c1d1e1f" };
export const OTHER = { keyId: "0102030405060708090a0b0c0d0e0f10", key: "202122232425262728292a2b2c2d2e2f" };
export const LIVE = { keyId: "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf", key: "303132333435363738393a3b3c3d3e3f" };

export const CATALOG = [
  {
    contentId: "clip-one",
    title: "Clip",
    scheme: "cbcs",
    duration: 6,
    tracks: [
      { type: "video", trackType: "HD", ...VIDEO },
      { type: "audio", trackType: "AUDIO", ...AUDIO },
    ],
    dash: "clip-one/manifest.mpd",
    hls: "clip-one/master.m3u8",
  },
  {
    contentId: "clip-two",
    title: "Other",
    scheme: "cenc",
    duration: 6,
    tracks: [{ type: "video", trackType: "SD", ...OTHER }],
  },
  {
    contentId: "live-one",
    title: "Live",
    scheme: "cenc",
    duration: 6,
    periods: [{ index: 128, tracks: [{ trackType: "HD", ...LIVE }] }],
  },
];

export const NOW = Date.parse("2026-05-05T12:00:00Z");

/**
 * Starts a server and stops it at the end of the test.
 * @param {import("node:test").TestContext} t
 * @param {object} [options]
 */
export async function start(t, options = {}) {
  const server = createLicenseServer({ catalog: CATALOG, now: () => NOW, ...options });
  await server.listen();
  t.after(() => server.close());
  const base = `${server.url}/r/test`;
  return {
    server,
    base,
    token: async (drm, more = "", cid = "clip-one") =>
      (await fetch(`${base}/api/drm/token?drm=${drm}&content_id=${cid}${more}`)).text(),
    faults: async (...faults) => {
      const answer = await fetch(`${base}/api/faults`, { method: "POST", body: JSON.stringify(faults) });
      if (answer.status !== 200) throw new Error(await answer.text());
    },
    requests: async () => (await fetch(`${base}/api/requests`)).json(),
  };
}

/** Posts a challenge; `token` is sent in the header. */
export function post(
  base,
  { body, token, type = "application/octet-stream", path = "/ri/licenseManager.do", headers = {} },
) {
  return fetch(base + path, {
    method: "POST",
    body,
    headers: {
      ...(type && { "content-type": type }),
      ...(token !== undefined && { "pallycon-customdata-v2": token }),
      ...headers,
    },
  });
}

export const hash = (label, bytes) => createHash("sha256").update(label).update(bytes).digest();
export const nonce = () => randomBytes(16);

/** One length-delimited protobuf field. Lengths below 16384 only. */
export function field(number, bytes) {
  const content = Buffer.from(bytes);
  const length = content.length < 128 ? [content.length] : [(content.length & 127) | 128, content.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), content]);
}

export function widevine(keyIds, { n = nonce(), contentId, kind = 1 } = {}) {
  const message = Buffer.concat([
    ...keyIds.map((id) => field(1, Buffer.from(id, "hex"))),
    field(2, n),
    ...(contentId === undefined ? [] : [field(3, contentId)]),
    Buffer.from([0x20, kind]), // 4: varint
  ]);
  return Buffer.concat([Buffer.from([0x08, 1]), field(2, message), field(3, hash("wv-request", message))]);
}

export const guid = (hex) => {
  const b = Buffer.from(hex, "hex");
  if (b.length !== 16) return b;
  return Buffer.from([b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6], ...b.subarray(8)]);
};

export function playready(keyIds, { n = nonce(), kind = 1, customData, edit = (soap) => soap } = {}) {
  const kids = keyIds.map((id) => `<KID>${guid(id).toString("base64")}</KID>`).join("");
  const la =
    `<LA xmlns="http://schemas.microsoft.com/DRM/2007/03/protocols" Id="SignedData"><Version>1</Version>` +
    `<ContentHeader><KIDs>${kids}</KIDs></ContentHeader><LicenseNonce>${n.toString("base64")}</LicenseNonce>` +
    `${customData === undefined ? "" : `<CustomData>${customData}</CustomData>`}<RequestKind>${kind}</RequestKind></LA>`;
  const signature = hash("pr-request", Buffer.from(la)).toString("base64");
  return edit(
    `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">` +
      `<soap:Body><AcquireLicense xmlns="http://schemas.microsoft.com/DRM/2007/03/protocols"><challenge>` +
      `<Challenge xmlns="http://schemas.microsoft.com/DRM/2007/03/protocols/messages">${la}` +
      `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>${signature}</SignatureValue></Signature>` +
      `</Challenge></challenge></AcquireLicense></soap:Body></soap:Envelope>`,
  );
}

const CERTIFICATE = readFileSync(new URL("../../www/license-server/fairplay-cert.der", import.meta.url));

export function spc(keyIds, { n = nonce(), kind = 1, assetId = "", certificate = CERTIFICATE } = {}) {
  const asset = Buffer.from(assetId);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(asset.length);
  const head = Buffer.concat([
    Buffer.from("fbfffe01", "hex"),
    n,
    createHash("sha256").update(certificate).digest(),
    Buffer.from([kind]),
    length,
    asset,
    Buffer.from([keyIds.length]),
    ...keyIds.map((id) => Buffer.from(id, "hex")),
  ]);
  const signed = Buffer.concat([head, hash("fp-request", head)]);
  return Buffer.concat([signed, Buffer.alloc((4 - (signed.length % 3)) % 3)]);
}

export const FORM = "application/x-www-form-urlencoded";
export const form = (bytes) => `spc=${encodeURIComponent(bytes.toString("base64"))}`;

/** Takes a Widevine license or a PlayReady message apart: protobuf with short lengths. */
export function fields(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at++];
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      value += (bytes[at] & 127) * 2 ** shift;
      if (bytes[at++] < 128) break;
    }
    if ((tag & 7) === 0) found.push([tag >> 3, value]);
    else {
      found.push([tag >> 3, bytes.subarray(at, at + value)]);
      at += value;
    }
  }
  return found;
}

/** Nonce, keys and renewal of a license message. */
export function opened(message) {
  const all = fields(message);
  return {
    nonce: all.find(([number]) => number === 1)[1],
    keys: all
      .filter(([number]) => number === 2)
      .map(([, key]) => {
        const [[, id], [, value]] = fields(key);
        return { keyId: id.toString("hex"), key: value.toString("hex") };
      }),
    renewal: all.find(([number]) => number === 3)?.[1],
  };
}

/** Opens a Widevine license and checks its hash. */
export function openWidevine(bytes) {
  const [[, type], [, message], [, sum]] = fields(bytes);
  if (type !== 2 || !hash("wv-license", message).equals(sum)) throw new Error("not a Widevine license");
  return opened(message);
}

/** Opens a PlayReady response and checks its hash; key ids are converted to CENC order. */
export function openPlayReady(soap) {
  const license = Buffer.from(/<License>([^<]+)<\/License>/.exec(soap)[1], "base64");
  const message = license.subarray(0, -32);
  if (!hash("pr-license", message).equals(license.subarray(-32))) throw new Error("not a PlayReady license");
  const { keys, ...rest } = opened(message);
  return { ...rest, keys: keys.map(({ keyId, key }) => ({ keyId: guid(keyId).toString("hex"), key })) };
}

/** Opens a CKC and checks its header and its hash. */
export function openCkc(bytes) {
  const end = bytes.length - 32;
  const header = bytes.toString("hex", 0, 8) === "000000010000fbff" && bytes.readUInt32BE(24) === bytes.length - 28;
  if (!header || !hash("fp-license", bytes.subarray(0, end)).equals(bytes.subarray(end))) {
    throw new Error("not a CKC");
  }
  const keys = Array.from({ length: bytes[28] }, (_, index) => {
    const pair = bytes.toString("hex", 29 + 32 * index, 61 + 32 * index);
    return { keyId: pair.slice(0, 32), key: pair.slice(32) };
  });
  return { nonce: bytes.subarray(8, 24), keys, renewal: bytes.readUInt32BE(end - 4) };
}

export const bytesOf = async (response) => Buffer.from(await response.arrayBuffer());
