// Shaka Player: load() rejects, or the player raises an `error` event.
import { attachShaka, pallyConError } from "pallycon-drm/shaka";

const VERSIONS = {
  "shaka-player": () => import("shaka-player"),
  "shaka-player-4.16": () => import("shaka-player-4.16"),
  "shaka-player-4": () => import("shaka-player-4"),
};

export async function open(lab, version) {
  const { default: shaka } = await VERSIONS[version]();
  shaka.polyfill.installAll();
  const report = (error) => lab.report(String(error.code), error.message, pallyConError(error));
  let player;
  let undo;
  const load = async (path) => {
    try {
      await player.load(lab.media(path));
    } catch (error) {
      if (error.code !== 7000 && error.code !== 7002) report(error); // interrupted, or destroyed in the meantime
      return;
    }
    lab.video.play().catch(() => {}); // without a key it never settles
  };
  return {
    version: shaka.Player.version.replace(/^v/, ""),
    async start({ path, keySystem, adapter }) {
      player = new shaka.Player();
      await player.attach(lab.video);
      player.configure("drm.preferredKeySystems", [keySystem]);
      player.addEventListener("error", ({ detail }) => report(detail));
      undo = await attachShaka(player, lab.drm, adapter);
      void load(path);
    },
    load,
    async end() {
      await player.destroy();
      await undo();
    },
  };
}
