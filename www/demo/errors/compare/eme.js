// EME without a player, following the guides' sample, and with attachMedia.
import { attachMedia } from "pallycon-drm/media";

const CODECS = { video: 'video/mp4; codecs="avc1.4d4015"', audio: 'audio/mp4; codecs="mp4a.40.2"' };
const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const unbase64 = (text) => Uint8Array.from(atob(text.trim()), (char) => char.charCodeAt(0));

export async function play(compare, run) {
  const { video } = compare;
  const tell = (error) =>
    compare.say(`${error.name ?? "MediaError"}: ${error.message}${error.hint ? ` → ${error.hint}` : ""}`);
  video.onerror = () => {
    if (video.error) tell(video.error);
  };
  if (run.ours) {
    video.onpallyconerror ??= ({ detail }) => tell(detail);
    video.addEventListener("pallyconerror", video.onpallyconerror); // once, however often it is called
    await attachMedia(video, await compare.client(run.contentId, run.options), { drms: [run.drm] });
  } else if (run.old || run.native) {
    await byOldHand(compare, { ...run, tell });
  } else {
    await byHand(compare, { ...run, tell });
  }
  await load(compare, run.contentId);
}

/** Safari's old API, following its samples: the content id is the URI's host. */
async function byOldHand(compare, { drm, contentId, tell }) {
  const { video } = compare;
  const certificate = new Uint8Array(await (await fetch(compare.certificate)).arrayBuffer());
  const part = (bytes) => [...new Uint8Array(Uint32Array.of(bytes.length).buffer), ...bytes];
  video.addEventListener("webkitneedkey", ({ initData }) => {
    const text = new TextDecoder("utf-16le").decode(initData);
    const id = new URL(text.slice(text.indexOf("skd://"))).hostname;
    const utf16 = new Uint8Array(Uint16Array.from(id, (char) => char.charCodeAt(0)).buffer);
    if (!video.webkitKeys) video.webkitSetMediaKeys(new window.WebKitMediaKeys("com.apple.fps.1_0"));
    const session = video.webkitKeys.createSession(
      "video/mp4",
      new Uint8Array([...initData, ...part(utf16), ...part(certificate)]),
    );
    session.addEventListener("webkitkeymessage", ({ message }) =>
      post(compare, { drm, contentId, message })
        .then((license) => session.update(license))
        .catch(tell),
    );
    session.addEventListener("webkitkeyerror", () =>
      compare.say(`webkitkeyerror: ${session.error.code}, system code ${session.error.systemCode}`),
    );
  });
}

async function byHand(compare, run) {
  const { drm, contentId, tell } = run;
  const { keySystem = run.keySystem, robustness: asked } = (await compare.asks(run)) ?? {};
  const robustness = asked?.video ?? (drm === "widevine" ? "SW_SECURE_CRYPTO" : "");
  const access = await navigator.requestMediaKeySystemAccess(keySystem, [
    {
      initDataTypes: drm === "fairplay" ? ["sinf"] : ["cenc"],
      videoCapabilities: [{ contentType: CODECS.video, robustness }],
      audioCapabilities: [{ contentType: CODECS.audio, robustness }],
    },
  ]);
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
        await session.update(
          await post(compare, { drm, contentId, message, url: run.unnamed ? headerUrl(initData) : undefined }),
        );
      } catch (error) {
        tell(error);
      }
    });
    session.generateRequest(initDataType, initData).catch(tell);
  });
}

/** LA_URL of the PlayReady header. */
const headerUrl = (initData) =>
  /<LA_URL>(.*?)<\/LA_URL>/.exec(new TextDecoder("latin1").decode(initData).replaceAll("\0", ""))?.[1];

/** Like the samples: passes any response to the CDM. */
async function post(compare, { drm, contentId, message, url = compare.license }) {
  const headers = { "pallycon-customdata-v2": await compare.token(contentId, drm) };
  let body = message;
  if (drm === "fairplay") {
    headers["content-type"] = "application/x-www-form-urlencoded";
    body = `spc=${encodeURIComponent(base64(message))}`;
  }
  if (drm === "playready") {
    const xml = new DOMParser().parseFromString(new TextDecoder("utf-16le").decode(message), "application/xml");
    for (const header of xml.getElementsByTagName("HttpHeader"))
      headers[header.querySelector("name").textContent] = header.querySelector("value").textContent;
    body = atob(xml.getElementsByTagName("Challenge")[0].textContent);
  }
  const answer = await fetch(url, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`license request failed: ${answer.status}`);
  return drm === "fairplay" ? unbase64(await answer.text()) : answer.arrayBuffer();
}

/** Both tracks through MediaSource, complete. */
async function load(compare, contentId) {
  const source = new MediaSource();
  compare.video.src = URL.createObjectURL(source);
  await new Promise((resolve) => {
    source.addEventListener("sourceopen", resolve, { once: true });
  });
  await Promise.all(
    Object.entries(CODECS).map(async ([kind, type]) => {
      const buffer = source.addSourceBuffer(type);
      for (const name of ["init.mp4", "1.m4s", "2.m4s", "3.m4s"]) {
        const bytes = await (await fetch(compare.media(`${contentId}/${kind}/${name}`))).arrayBuffer();
        buffer.appendBuffer(bytes);
        await new Promise((resolve) => {
          buffer.addEventListener("updateend", resolve, { once: true });
        });
      }
    }),
  );
  source.endOfStream();
}
