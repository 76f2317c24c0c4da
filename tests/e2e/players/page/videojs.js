// video.js with contrib-eme: player.error().
import { pallyConError, pallyConKeySystems } from "pallycon-drm/videojs";

const VERSIONS = {
  "videojs-contrib-eme": () => import("videojs-contrib-eme"),
  "videojs-contrib-eme-5-2": () => import("videojs-contrib-eme-5-2"),
};

export async function open(lab, version) {
  window.VIDEOJS_NO_DYNAMIC_STYLE = true; // the page's policy forbids style elements that a script adds
  const { default: videojs } = await import("video.js");
  await VERSIONS[version]();
  videojs.log.level("off");
  let player;
  let keySystems;
  const load = (path) => player.src({ src: lab.media(path), type: "application/dash+xml", keySystems });
  return {
    version: videojs.getPlugin("eme").VERSION,
    async start({ path, drm, adapter }) {
      player = videojs(lab.video, {
        muted: true,
        autoplay: true,
        controls: false,
        html5: { vhs: { overrideNative: true } },
      });
      player.eme();
      player.on("error", () => {
        const error = player.error();
        lab.report(`code ${error.code}`, error.message, pallyConError(error));
      });
      keySystems = pallyConKeySystems(player, lab.drm, { drms: [drm], ...adapter });
      load(path);
    },
    load,
    async end() {
      player.dispose();
      document.body.append(Object.assign(document.createElement("video"), { muted: true }));
    },
  };
}
