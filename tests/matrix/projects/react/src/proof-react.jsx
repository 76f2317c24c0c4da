// The hook at work: it mounts, a license request goes through Shaka with the token, and it unmounts.
import { StrictMode, useEffect, useRef, useState } from "react";
import { Player } from "./player.jsx";
import { useShaka } from "./use-shaka.js";

const LICENSE_REQUEST = 2; // shaka.net.NetworkingEngine.RequestType.LICENSE
const LICENSE = "data:application/octet-stream;base64,CAISAQA=";
const source = { manifest: "/missing.mpd", contentId: "film" };

async function licenseRequest(player) {
  const engine = player.getNetworkingEngine();
  let token;
  // After the adapter's filter, and in place of the license server.
  engine.registerRequestFilter((type, request) => {
    if (type !== LICENSE_REQUEST) return; // the manifest is tried again meanwhile
    token = request.headers["pallycon-customdata-v2"];
    request.uris = [LICENSE];
    request.method = "GET";
    request.body = null;
  });
  const { data } = await engine.request(LICENSE_REQUEST, {
    uris: ["https://license.example"],
    method: "POST",
    body: new Uint8Array([8, 1, 18, 1, 255]).buffer,
    headers: {},
    allowCrossSiteCredentials: false,
    retryParameters: {
      maxAttempts: 1,
      baseDelay: 0,
      backoffFactor: 1,
      fuzzFactor: 0,
      timeout: 0,
      stallTimeout: 0,
      connectionTimeout: 0,
    },
    licenseRequestType: "license-request",
    sessionId: null,
    drmInfo: { keySystem: "com.widevine.alpha" },
    initData: null,
    initDataType: null,
    streamDataView: null,
  }).promise;
  return { token: typeof token === "string" && token.length > 0, license: data.byteLength };
}

function Probe({ onResult }) {
  const video = useRef(null);
  const { player } = useShaka(video, source);
  useEffect(() => {
    if (player) licenseRequest(player).then(onResult, (error) => onResult({ error: error.message ?? String(error) }));
  }, [player, onResult]);
  return <video ref={video} />;
}

export function Proof() {
  const [result, setResult] = useState();
  useEffect(() => {
    if (result) globalThis.result = result;
  }, [result]);
  return <StrictMode>{result ? <Player {...source} /> : <Probe onResult={setResult} />}</StrictMode>;
}
