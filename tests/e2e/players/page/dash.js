// dash.js: its `error` event. One version is loaded: each finds its parts through a global of the same name.
import { attachDash, pallyConError } from "pallycon-drm/dash";

const VERSIONS = { dashjs: () => import("dashjs"), "dashjs-5.0": () => import("dashjs-5.0") };

export async function open(lab, version) {
  const dashjs = await VERSIONS[version]();
  const make = () => {
    const player = dashjs.MediaPlayer().create();
    player.initialize();
    player.updateSettings({ debug: { logLevel: dashjs.Debug?.LOG_LEVEL_NONE ?? 0 } });
    return player;
  };
  let player;
  let undo;
  return {
    version: make().getVersion(),
    async start({ path, drm, keySystem, adapter }) {
      player = make();
      player.on("error", (event) => lab.report(String(event.error.code), event.error.message, pallyConError(event)));
      player.attachView(lab.video);
      player.setAutoPlay(true);
      undo = await attachDash(player, lab.drm, {
        ...(drm === "clearkey" ? {} : { protectionData: { [keySystem]: { priority: 0 } } }),
        ...adapter,
      });
      player.attachSource(lab.media(path));
    },
    load: (path) => player.attachSource(lab.media(path)),
    async end() {
      player.destroy();
      await undo();
    },
  };
}
