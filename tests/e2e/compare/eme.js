// EME without a player, by the guides' sample, and with the package's client between message and update.
const CODECS = { video: 'video/mp4; codecs="avc1.4d4015"', audio: 'audio/mp4; codecs="mp4a.40.2"' };
const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const unbase64 = (text) => Uint8Array.from(atob(text.trim()), (char) => char.charCodeAt(0));

export async function play(compare, { ours, drm, keySystem, contentId, options }) {
  const client = ours ? await compare.client(contentId, options) : undefined;
  const tell = (error) => compare.say(`${error.name}: ${error.message}${error.hint ? ` → ${error.hint}` : ""}`);
  const access = await navigator.requestMediaKeySystemAccess(keySystem, [{
    initDataTypes: drm === "fairplay" ? ["sinf"] : ["cenc"],
    videoCapabilities: [{ contentType: CODECS.video, robustness: drm === "widevine" ? "SW_SECURE_CRYPTO" : "" }],
    audioCapabilities: [{ contentType: CODECS.audio, robustness: drm === "widevine" ? "SW_SECURE_CRYPTO" : "" }],
  }]);
  const keys = await access.createMediaKeys();
  if (drm === "fairplay") {
    const certificate = client ? await client.certificate("fairplay") : await (await fetch(compare.certificate)).arrayBuffer();
    await keys.setServerCertificate(certificate);
  }
  await compare.video.setMediaKeys(keys);
  compare.video.addEventListener("error", () => tell(compare.video.error));
  const known = new Set();
  compare.video.addEventListener("encrypted", ({ initDataType, initData }) => {
    if (!initData || known.has(base64(initData))) return;
    known.add(base64(initData));
    const session = keys.createSession();
    session.addEventListener("message", async ({ message, messageType }) => {
      try {
        const license = client
          ? (await client.requestLicense(drm, message, { keySystem, initData: new Uint8Array(initData), initDataType, messageType, sessionId: session.sessionId })).data
          : await post(compare, { drm, contentId, message });
        await session.update(license);
      } catch (error) {
        tell(error);
      }
    });
    session.generateRequest(initDataType, initData).catch(tell);
  });
  await load(compare, contentId);
}

/** As samples have it: what is answered goes to the CDM. */
async function post(compare, { drm, contentId, message }) {
  const headers = { "pallycon-customdata-v2": await compare.token(contentId, drm) };
  let body = message;
  if (drm === "fairplay") {
    headers["content-type"] = "application/x-www-form-urlencoded";
    body = `spc=${encodeURIComponent(base64(message))}`;
  }
  if (drm === "playready") {
    const xml = new DOMParser().parseFromString(new TextDecoder("utf-16le").decode(message), "application/xml");
    for (const header of xml.getElementsByTagName("HttpHeader")) headers[header.querySelector("name").textContent] = header.querySelector("value").textContent;
    body = atob(xml.getElementsByTagName("Challenge")[0].textContent);
  }
  const answer = await fetch(compare.license, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`license request failed: ${answer.status}`);
  return drm === "fairplay" ? unbase64(await answer.text()) : answer.arrayBuffer();
}

/** Both tracks by MediaSource, whole. */
async function load(compare, contentId) {
  const source = new MediaSource();
  compare.video.src = URL.createObjectURL(source);
  await new Promise((resolve) => { source.addEventListener("sourceopen", resolve, { once: true }); });
  await Promise.all(Object.entries(CODECS).map(async ([kind, type]) => {
    const buffer = source.addSourceBuffer(type);
    for (const name of ["init.mp4", "1.m4s", "2.m4s", "3.m4s"]) {
      const bytes = await (await fetch(compare.media(`${contentId}/${kind}/${name}`))).arrayBuffer();
      buffer.appendBuffer(bytes);
      await new Promise((resolve) => { buffer.addEventListener("updateend", resolve, { once: true }); });
    }
  }));
  source.endOfStream();
}
