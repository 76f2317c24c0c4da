// "pallycon-drm/videojs": the player has video.js's own type; neither it nor contrib-eme is needed to compile the
// adapter.
import { pallyConError, pallyConKeySystems } from "pallycon-drm/videojs";
import type { PallyCon, PallyConError } from "pallycon-drm";
import type videojs from "video.js";

type Player = ReturnType<typeof videojs>;

export function play(player: Player, drm: PallyCon): void {
  const keySystems: Record<string, object> = pallyConKeySystems(player, drm);
  player.src({ src: "movie.mpd", type: "application/dash+xml", keySystems });
  player.on("error", () => {
    const error: PallyConError | undefined = pallyConError(player.error());
    console.error(error?.code ?? player.error()?.message);
  });
  const { "com.widevine.alpha": widevine } = pallyConKeySystems(player, drm, {
    contentId: "movie",
    customData: ({ drm: system }) => `token for ${system}`,
    drms: ["widevine"],
  });
  player.src({
    src: "movie.mpd",
    keySystems: { "com.widevine.alpha": { ...widevine, videoRobustness: "SW_SECURE_DECODE" } },
  });
  // @ts-expect-error the client comes from createPallyCon
  pallyConKeySystems(player, { siteId: "DEMO" });
  // @ts-expect-error an element is not a player
  pallyConKeySystems(document.createElement("video"), drm);
  // @ts-expect-error no such DRM
  pallyConKeySystems(player, drm, { drms: ["verimatrix"] });
}
