// hls.js, following its own documentation (licenseXhrSetup, licenseResponseCallback), and with hlsConfig.
import Hls from "hls.js";
import { hlsConfig, pallyConError } from "pallycon-drm/hls";

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const unbase64 = (text) => Uint8Array.from(atob(text.trim()), (char) => char.charCodeAt(0));

let before;

export async function play(compare, run) {
  before?.destroy(); // a new Hls for each source, as its documentation advises
  const asks = await compare.asks(run);
  const config = {
    ...(run.ours
      ? (await hlsConfig(await compare.client(run.contentId, run.options))).config
      : await byHand(compare, run)),
    ...asked(asks),
  };
  const hls = (before = new Hls(config));
  // An app acts on fatal errors; non-fatal ones are shown only if no fatal one occurs.
  let fatal = false;
  hls.on(Hls.Events.ERROR, (_name, data) => {
    if (fatal && !data.fatal) return;
    if (data.fatal && !fatal) compare.seen.length = 0;
    fatal ||= data.fatal;
    const known = run.ours && pallyConError(data);
    compare.say(
      `hls.js ${data.details}: ${known ? `${known.message} → ${known.hint}` : data.error?.message}${data.fatal ? "" : " (not fatal)"}`,
    );
  });
  hls.loadSource(compare.media(`${run.contentId}/hls/${run.drm}.m3u8`));
  hls.attachMedia(compare.video);
}

/** hls.js only accepts the plain key system names: others are requested through the access function. */
function asked(asks) {
  if (!asks) return {};
  const { video, audio } = asks.robustness ?? {};
  return {
    requestMediaKeySystemAccessFunc: (_name, configurations) =>
      navigator.requestMediaKeySystemAccess(asks.keySystem, configurations),
    drmSystemOptions: { ...(video ? { videoRobustness: video } : {}), ...(audio ? { audioRobustness: audio } : {}) },
  };
}

async function byHand(compare, { drm, keySystem, contentId, old, misplaced, unnamed }) {
  const fairplay = drm === "fairplay";
  const token = await compare.token(contentId, drm);
  const retry = { maxNumRetry: 1, retryDelayMs: 50, maxRetryDelayMs: 100 };
  return {
    emeEnabled: true,
    keyLoadPolicy: {
      default: { maxTimeToFirstByteMs: 3000, maxLoadTimeMs: 3000, timeoutRetry: retry, errorRetry: retry },
    },
    drmSystems: {
      [old ? "com.apple.fps.1_0" : keySystem]: {
        ...(unnamed ? {} : { licenseUrl: compare.license }),
        ...(fairplay ? { serverCertificateUrl: compare.certificate } : {}),
      },
    },
    licenseXhrSetup(xhr, url, _context, challenge) {
      if (!misplaced) xhr.open("POST", url, true);
      xhr.setRequestHeader("pallycon-customdata-v2", token);
      if (!fairplay) return undefined;
      xhr.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
      return `spc=${encodeURIComponent(base64(challenge))}`;
    },
    ...(fairplay ? { licenseResponseCallback: (xhr) => unbase64(new TextDecoder().decode(xhr.response)).buffer } : {}),
  };
}
