// rx-player: its `error` event, and `warning` for errors that it survives.
import { pallyConError, rxKeySystems } from "pallycon-drm/rx-player";

const VERSIONS = { "rx-player": () => import("rx-player"), "rx-player-4.0": () => import("rx-player-4.0") };

export async function open(lab, version) {
  const { default: RxPlayer } = await VERSIONS[version]();
  let player;
  let given;
  const load = async (path) => {
    const { drm, adapter } = given;
    const keySystems = await rxKeySystems(player, lab.drm, { drms: [drm], contentId: path.split("/")[0], ...adapter });
    player.loadVideo({ url: lab.media(path), transport: "dash", autoPlay: true, keySystems });
  };
  return {
    version: RxPlayer.version,
    async start({ path, drm, adapter }) {
      given = { drm, adapter };
      player = new RxPlayer({ videoElement: lab.video });
      for (const type of ["error", "warning"])
        player.addEventListener(type, (error) =>
          lab.report(type === "error" ? error.code : `${error.code}, a warning`, error.message, pallyConError(error)),
        );
      await load(path);
    },
    load,
    end: async () => player.dispose(),
  };
}
