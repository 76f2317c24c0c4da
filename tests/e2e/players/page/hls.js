// hls.js: its ERROR event.
import { hlsConfig, pallyConError } from "pallycon-drm/hls";

const VERSIONS = { "hls.js": () => import("hls.js"), "hls.js-1.6": () => import("hls.js-1.6") };

export async function open(lab, version) {
  const { default: Hls } = await VERSIONS[version]();
  let player;
  let configured;
  const load = (path) => {
    // Another one for each source: after a refusal, hls.js makes other MediaKeys for FairPlay, which Chromium does not
    // accept while the element has encrypted media.
    player?.destroy();
    player = new Hls({ ...configured.config });
    player.on(Hls.Events.ERROR, (_event, data) =>
      lab.report(data.details, data.response?.text ?? data.error?.message, pallyConError(data)),
    );
    player.loadSource(lab.media(path));
    player.attachMedia(lab.video);
    lab.video.play().catch(() => {}); // without a key it never settles
  };
  return {
    version: Hls.version,
    async start({ path, adapter }) {
      configured = await hlsConfig(lab.drm, adapter);
      load(path);
    },
    load,
    async end() {
      player.destroy();
      player = undefined;
      await configured.dispose();
    },
  };
}
