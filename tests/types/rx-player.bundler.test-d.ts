// "pallycon-drm/rx-player": the player has rx-player's own type, and the result its `keySystems`; rx-player itself is
// not needed to compile.
// (Its types, too, are for bundlers; those of 4.0 do not compile with this TypeScript.)
import { pallyConError, rxKeySystems } from "pallycon-drm/rx-player";
import type { PallyCon, PallyConError } from "pallycon-drm";
import type RxPlayer from "rx-player";
import type { ILoadVideoOptions } from "rx-player/types";

export async function play(player: RxPlayer, drm: PallyCon): Promise<void> {
  player.addEventListener("error", (error) => {
    const ours: PallyConError | undefined = pallyConError(error);
    console.error(ours?.code ?? error.message);
  });
  const keySystems: NonNullable<ILoadVideoOptions["keySystems"]> = await rxKeySystems(player, drm, {
    contentId: "movie",
  });
  player.loadVideo({ url: "manifest.mpd", transport: "dash", keySystems });
  await rxKeySystems(player, drm, { drms: ["clearkey"], customData: ({ drm: system }) => `token for ${system}` });
  // @ts-expect-error there is no such DRM
  await rxKeySystems(player, drm, { drms: ["widevin"] });
  // @ts-expect-error the client comes from createPallyCon
  await rxKeySystems(player, { siteId: "DEMO" });
  // @ts-expect-error an element is not a player
  await rxKeySystems(document.createElement("video"), drm);
}
