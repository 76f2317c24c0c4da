// EME without a player, by the guides' sample, and with attachMedia.
import { attachMedia } from "pallycon-drm/media";

const CODECS = { video: 'video/mp4; codecs="avc1.4d4015"', audio: 'audio/mp4; codecs="mp4a.40.2"' };
const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const unbase64 = (text) => Uint8Array.from(atob(text.trim()), (char) => char.charCodeAt(0));

export async function play(compare, { ours, drm, keySystem, contentId, options }) {
  const { video } = compare;
  const tell = (error) => compare.say(`${error.name ?? "MediaError"}: ${error.message}${error.hint ? ` → ${error.hint}` : ""}`);
  video.addEventListener("error", () => tell(video.error));
  if (ours) {
    video.addEventListener("pallyconerror", ({ detail }) => tell(detail));
    await attachMedia(video, await compare.client(contentId, options), { drms: [drm] });
  } else {
    await byHand(compare, { drm, keySystem, contentId, tell });
  }
  await load(compare, contentId);
}

async function byHand(compare, { drm, keySystem, contentId, tell }) {
  const robustness = drm === "widevine" ? "SW_SECURE_CRYPTO" : "";
  const access = await navigator.requestMediaKeySystemAccess(keySystem, [{
    initDataTypes: drm === "fairplay" ? ["sinf"] : ["cenc"],
    videoCapabilities: [{ contentType: CODECS.video, robustness }],
    audioCapabilities: [{ contentType: CODECS.audio, robustness }],
  }]);
  const keys = await access.createMediaKeys();
  if (drm === "fairplay") await keys.setServerCertificate(await (await fetch(compare.certificate)).arrayBuffer());
  await compare.video.setMediaKeys(keys);
  const known = new Set();
  compare.video.addEventListener("encrypted", ({ initDataType, initData }) => {
    if (!initData || known.has(base64(initData))) return;
    known.add(base64(initData));
    const session = keys.createSession();
    session.addEventListener("message", async ({ message }) => {
      try {
        await session.update(await post(compare, { drm, contentId, message }));
      } catch (error) {
        tell(error);
      }
    });
    session.generateRequest(initDataType, initData).catch(tell);
  });
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
