// Shaka Player, following its own tutorials (a header, FairPlay's filters), and with attachShaka.
import shaka from "shaka-player";
import { attachShaka, pallyConError } from "pallycon-drm/shaka";
import { native, asSafari } from "./native.js";

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const { LICENSE } = shaka.net.NetworkingEngine.RequestType;

let player;

export async function play(compare, run) {
  shaka.polyfill.installAll();
  const old = run.old || run.native;
  if (run.native) {
    asSafari();
    shaka.polyfill.PatchedMediaKeysApple.install();
  }
  const keySystem = old ? "com.apple.fps.1_0" : run.keySystem;
  if (!player) {
    player = new shaka.Player();
    await player.attach(compare.video);
    player.addEventListener("error", ({ detail }) => tell(compare, run, detail));
  }
  const asks = await compare.asks(run);
  // The app's code for each video.
  player.configure("drm.preferredKeySystems", [run.ours && run.old ? run.keySystem : keySystem]);
  if (asks) {
    const { video, audio } = asks.robustness ?? {};
    player.configure({
      drm: {
        keySystemsMapping: asks.keySystem === keySystem ? {} : { [keySystem]: asks.keySystem },
        advanced: {
          [keySystem]: {
            ...(video ? { videoRobustness: [video] } : {}),
            ...(audio ? { audioRobustness: [audio] } : {}),
          },
        },
      },
    });
  }
  if (run.ours) await attachShaka(player, await compare.client(run.contentId, run.options));
  else await byHand(compare, { ...run, keySystem });
  const path = run.native
    ? native(compare, run.contentId)
    : compare.media(run.contentId + (run.hls ? `/hls/${run.drm}.m3u8` : "/manifest.mpd"));
  await player.load(path, null, run.native ? "video/mp4" : undefined).catch((error) => tell(compare, run, error));
}

function tell(compare, { ours }, error) {
  const known = ours && pallyConError(error);
  compare.say(
    `Shaka ${error.code}: ${known ? `${known.message} → ${known.hint}` : `${error.message}${details(error)}`}`,
  );
}

/** The contents of Shaka's error for an app: texts and numbers, and errors inside. */
function details({ data = [] }, depth = 0) {
  const shown = data
    .map((item) => {
      if (typeof item === "number") return String(item);
      if (typeof item === "string") return item.trim().slice(0, 160);
      if (item instanceof shaka.util.Error) return `${item.code}${depth < 2 ? details(item, depth + 1) : ""}`;
      return item instanceof Error ? item.message : "";
    })
    .filter(Boolean);
  return shown.length ? ` [${shown.join(", ")}]` : "";
}

async function byHand(compare, { drm, keySystem, contentId, misplaced, unnamed }) {
  const fairplay = drm === "fairplay";
  player.configure({
    drm: {
      servers: unnamed ? {} : { [keySystem]: compare.license },
      retryParameters: { maxAttempts: 2, baseDelay: 50, timeout: 3000 },
      ...(fairplay ? { advanced: { [keySystem]: { serverCertificateUri: compare.certificate } } } : {}),
      ...(keySystem === "com.apple.fps.1_0" ? { initDataTransform: legacyInitData } : {}),
    },
  });
  const token = await compare.token(contentId, drm);
  const network = player.getNetworkingEngine();
  network.registerRequestFilter((type, request) => {
    if (type !== LICENSE && !misplaced) return;
    request.headers["pallycon-customdata-v2"] = token;
    if (!fairplay) return;
    request.headers["Content-Type"] = "application/x-www-form-urlencoded";
    request.body = new TextEncoder().encode(`spc=${encodeURIComponent(base64(request.body))}`);
  });
  if (!fairplay) return;
  network.registerResponseFilter((type, response) => {
    if (type === LICENSE)
      response.data = Uint8Array.from(atob(new TextDecoder().decode(response.data).trim()), (char) =>
        char.charCodeAt(0),
      ).buffer;
  });
}

/** From the FairPlay tutorial. */
function legacyInitData(initData, type, info) {
  if (type !== "skd") return initData;
  const uri = shaka.util.StringUtils.fromBytesAutoDetect(initData);
  return shaka.drm.FairPlay.initDataTransform(
    initData,
    shaka.drm.FairPlay.defaultGetContentId(uri),
    info.serverCertificate,
  );
}
