// The page of the license bench: the work between the CDM's message and the request, and between the response
// and update(), with the package and by hand as in the vendor's samples. No network: the response is available
// immediately. `window.bench`.
import { createPallyCon, init } from "pallycon-drm";
import { buildPssh, buildWidevineData, init as initInspect } from "pallycon-drm/inspect";
import { attachShaka } from "pallycon-drm/shaka";
import { turn } from "../lib/turns.js";

await Promise.all([init(), initInspect()]);
const CONTENT_ID = "a-content-id";
const KEY_ID = "00112233445566778899aabbccddeeff";
const LICENSE_URL = "https://license.example/ri/licenseManager.do";
const KEY_SYSTEMS = { widevine: "com.widevine.alpha", playready: "com.microsoft.playready", fairplay: "com.apple.fps" };
/** shaka.net.NetworkingEngine.RequestType.LICENSE */
const LICENSE = 2;

const encoder = new TextEncoder();
/** In slices: String.fromCharCode does not accept 300,000 arguments. */
function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
const unbase64 = (text) => Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
const utf16 = (text) => new Uint8Array(Uint16Array.from(text, (character) => character.charCodeAt(0)).buffer);
function joined(...parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
const filled = (length) => Uint8Array.from({ length }, (_, i) => i * 7);

const initData = buildPssh({
  systemId: "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed",
  data: buildWidevineData({ keyIds: [KEY_ID], provider: "doverunner", contentId: CONTENT_ID }),
});

// ---- The CDM's messages and the server's responses, of about `size` bytes each.
/** `path` names the elements from the outside in. */
const nested = (path, inside) =>
  path.split("/").reduceRight((content, name) => `<${name}>${content}</${name.split(" ")[0]}>`, inside);
const PROTOCOLS = "http://schemas.microsoft.com/DRM/2007/03/protocols";
const soap = (path, inside) =>
  `<?xml version="1.0" encoding="utf-8"?>${nested(`soap:Envelope/soap:Body/${path}`, inside)}`
    .replace("<soap:Envelope>", '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">')
    .replace(/<(AcquireLicense\w*)>/, `<$1 xmlns="${PROTOCOLS}">`);
const httpHeader = (name, value) => nested("HttpHeader", nested("name", name) + nested("value", value));
const MESSAGES = {
  widevine: filled,
  playready: (size) => {
    const challenge = btoa(soap("AcquireLicense/challenge", base64(filled(size / 4))));
    const headers =
      httpHeader("Content-Type", "text/xml; charset=utf-8") + httpHeader("SOAPAction", `"${PROTOCOLS}/AcquireLicense"`);
    const parts = nested('Challenge encoding="base64encoded"', challenge) + nested("HttpHeaders", headers);
    return utf16(nested('PlayReadyKeyMessage type="LicenseAcquisition"/LicenseAcquisition Version="1"', parts));
  },
  fairplay: filled,
};
const RESPONSES = {
  // SignedMessage: type 2 (license), then the message, its length as a varint of three bytes.
  widevine: (size) => joined([8, 2, 0x12, (size & 127) | 128, ((size >> 7) & 127) | 128, size >> 14], filled(size)),
  playready: (size) => {
    const path = "AcquireLicenseResponse/AcquireLicenseResult/Response/LicenseResponse/Licenses/License";
    return encoder.encode(soap(path, base64(filled((size * 3) / 4))));
  },
  // Version, reserved, IV, the payload's length, payload; as text.
  fairplay: (size) => {
    const payload = filled((size * 3) / 4);
    const { length } = payload;
    return encoder.encode(
      base64(
        joined([0, 0, 0, 1, 0, 0, 0, 0], filled(16), [0, length >> 16, (length >> 8) & 255, length & 255], payload),
      ),
    );
  },
};

// ---- A Shaka Player as its adapter sees one: only the filters that it registers matter.
async function shakaFilters(drm) {
  const filters = {};
  const network = {
    registerRequestFilter: (filter) => {
      filters.request = filter;
    },
    unregisterRequestFilter() {},
    registerResponseFilter: (filter) => {
      filters.response = filter;
    },
    unregisterResponseFilter() {},
  };
  const player = {
    getNetworkingEngine: () => network,
    configure: () => true,
    getKeyStatuses: () => ({}),
    addEventListener() {},
    removeEventListener() {},
    dispatchEvent() {},
    getConfiguration: () => ({
      drm: { servers: {}, advanced: {}, retryParameters: {}, failureCallback: undefined, initDataTransform: undefined },
    }),
  };
  await attachShaka(player, drm);
  return filters;
}

/** By Shaka's tutorials and the vendor's sample: a header; FairPlay's form and its base64. */
function handFilters(drm, token) {
  const fairplay = drm === "fairplay";
  return {
    async request(type, request) {
      if (type !== LICENSE) return;
      request.headers["pallycon-customdata-v2"] = await token();
      if (!fairplay) return;
      request.headers["Content-Type"] = "application/x-www-form-urlencoded";
      request.body = encoder.encode(`spc=${encodeURIComponent(base64(request.body))}`);
    },
    async response(type, response) {
      if (type === LICENSE && fairplay) response.data = unbase64(new TextDecoder().decode(response.data)).buffer;
    },
  };
}

/** One exchange as Shaka makes it: request, filters, response, filters. Shaka unwraps PlayReady itself, before. */
function throughFilters(filters, drm, message, response) {
  return async () => {
    const request = {
      uris: [LICENSE_URL],
      body: message,
      headers: {},
      allowCrossSiteCredentials: false,
      licenseRequestType: "license-request",
      sessionId: "1",
      drmInfo: { keySystem: KEY_SYSTEMS[drm] },
      initData,
      initDataType: "cenc",
      attempt: 0,
      retryParameters: { maxAttempts: 3 },
    };
    await filters.request(LICENSE, request);
    const answer = { uri: LICENSE_URL, data: response, status: 200, headers: {}, originalRequest: request };
    await filters.response(LICENSE, answer);
    return [request.body, answer.data];
  };
}

// ---- Without a player.
const byClient = (client, drm, message, response) => async () => {
  const request = await client.licenseRequest(drm, message, {
    initData,
    initDataType: "cenc",
    messageType: "license-request",
  });
  return [request.body, client.readLicense(drm, { status: 200, body: response, url: request.url }, request).data];
};
const byHand = (drm, token, message, response) => async () => {
  const headers = { "pallycon-customdata-v2": await token() };
  let body = message;
  if (drm === "fairplay") {
    headers["content-type"] = "application/x-www-form-urlencoded";
    body = encoder.encode(`spc=${encodeURIComponent(base64(message))}`);
  }
  if (drm === "playready") {
    const xml = new DOMParser().parseFromString(new TextDecoder("utf-16le").decode(message), "application/xml");
    for (const header of xml.getElementsByTagName("HttpHeader"))
      headers[header.querySelector("name").textContent] = header.querySelector("value").textContent;
    body = encoder.encode(atob(xml.getElementsByTagName("Challenge")[0].textContent));
  }
  return [body, drm === "fairplay" ? unbase64(new TextDecoder().decode(response)) : response];
};

const soapOf = (message) =>
  encoder.encode(atob(/<Challenge[^>]*>([^<]*)/.exec(new TextDecoder("utf-16le").decode(message))[1]));
const same = (a, b) => {
  const [x, y] = [a, b].map(
    (bytes) =>
      new Uint8Array(
        ArrayBuffer.isView(bytes) ? bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) : bytes,
      ),
  );
  return x.length === y.length && x.every((byte, i) => byte === y[i]);
};

/** No exchange here fails. */
function onEvent({ type, message, error }) {
  if (type === "warning" || type === "error") throw new Error(message ?? error.message);
}

/** By case: `{ours, hand}`. */
async function makeCases(tokens, size) {
  const cases = {};
  for (const [drm, customData] of Object.entries(tokens)) {
    const token = async () => customData;
    const client = await createPallyCon({
      siteId: "DEMO",
      contentId: CONTENT_ID,
      licenseUrl: LICENSE_URL,
      customData: token,
      onEvent,
    });
    const [message, response] = [MESSAGES[drm](size), RESPONSES[drm](size)];
    const unwrapped = drm === "playready" ? soapOf(message) : message;
    const filters = await shakaFilters(client);
    cases[`Shaka, ${drm}`] = {
      ours: throughFilters(filters, drm, unwrapped, response),
      hand: throughFilters(handFilters(drm, token), drm, unwrapped, response),
    };
    cases[`no player, ${drm}`] = {
      ours: byClient(client, drm, message, response),
      hand: byHand(drm, token, message, response),
    };
  }
  for (const [name, { ours, hand }] of Object.entries(cases)) {
    const [[body, license], [handBody, handLicense]] = [await ours(), await hand()];
    if (!same(body, handBody) || !same(license, handLicense)) throw new Error(`${name}: the two ways differ`);
  }
  return cases;
}

window.bench = {
  async begin(tokens, size) {
    this.cases = await makeCases(tokens, size);
    return Object.keys(this.cases);
  },
  turn(name, round) {
    return turn(name, this.cases[name], round);
  },
};
document.documentElement.dataset.ready = "true";
