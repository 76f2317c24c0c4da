// Shaka Player, by its own tutorials (a header, FairPlay's filters), and with attachShaka.
import shaka from "shaka-player";
import { attachShaka, pallyConError } from "pallycon-drm/shaka";

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const { LICENSE } = shaka.net.NetworkingEngine.RequestType;

export async function play(compare, { ours, drm, keySystem, contentId, options }) {
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  await player.attach(compare.video);
  player.configure("drm.preferredKeySystems", [keySystem]);
  const tell = (error) => {
    const known = ours && pallyConError(error);
    compare.say(`Shaka ${error.code}: ${error.message}${known ? ` → ${known.hint}` : ""}`);
  };
  player.addEventListener("error", ({ detail }) => tell(detail));
  if (ours) await attachShaka(player, await compare.client(contentId, options));
  else await byHand(compare, player, { drm, keySystem, contentId });
  await player.load(compare.media(`${contentId}/manifest.mpd`)).catch(tell);
}

async function byHand(compare, player, { drm, keySystem, contentId }) {
  const fairplay = keySystem === "com.apple.fps";
  player.configure({ drm: {
    servers: { [keySystem]: compare.license },
    retryParameters: { maxAttempts: 2, baseDelay: 50, timeout: 3000 },
    ...(fairplay ? { advanced: { [keySystem]: { serverCertificateUri: compare.certificate } } } : {}),
  } });
  const token = await compare.token(contentId, drm);
  const network = player.getNetworkingEngine();
  network.registerRequestFilter((type, request) => {
    if (type !== LICENSE) return;
    request.headers["pallycon-customdata-v2"] = token;
    if (!fairplay) return;
    request.headers["Content-Type"] = "application/x-www-form-urlencoded";
    request.body = new TextEncoder().encode(`spc=${encodeURIComponent(base64(request.body))}`);
  });
  if (!fairplay) return;
  network.registerResponseFilter((type, response) => {
    if (type === LICENSE) response.data = Uint8Array.from(atob(new TextDecoder().decode(response.data).trim()), (char) => char.charCodeAt(0)).buffer;
  });
}
