// hls.js, by its own documentation (licenseXhrSetup, licenseResponseCallback), and with hlsConfig.
import Hls from "hls.js";
import { hlsConfig, pallyConError } from "pallycon-drm/hls";

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const unbase64 = (text) => Uint8Array.from(atob(text.trim()), (char) => char.charCodeAt(0));

export async function play(compare, { ours, drm, keySystem, contentId, options }) {
  const config = ours ? (await hlsConfig(await compare.client(contentId, options))).config : await byHand(compare, { drm, keySystem, contentId });
  const hls = new Hls(config);
  hls.on(Hls.Events.ERROR, (name, data) => {
    const known = ours && pallyConError(data);
    compare.say(`hls.js ${data.details}: ${known ? `${known.message} → ${known.hint}` : data.error?.message}${data.fatal ? "" : " (not fatal)"}`);
  });
  hls.loadSource(compare.media(`${contentId}/hls/${drm}.m3u8`));
  hls.attachMedia(compare.video);
}

async function byHand(compare, { drm, keySystem, contentId }) {
  const fairplay = drm === "fairplay";
  const token = await compare.token(contentId, drm);
  return {
    emeEnabled: true,
    drmSystems: { [keySystem]: { licenseUrl: compare.license, ...(fairplay ? { serverCertificateUrl: compare.certificate } : {}) } },
    licenseXhrSetup(xhr, url, context, challenge) {
      xhr.open("POST", url, true);
      xhr.setRequestHeader("pallycon-customdata-v2", token);
      if (!fairplay) return undefined;
      xhr.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
      return `spc=${encodeURIComponent(base64(challenge))}`;
    },
    ...(fairplay ? { licenseResponseCallback: (xhr) => unbase64(new TextDecoder().decode(xhr.response)).buffer } : {}),
  };
}
