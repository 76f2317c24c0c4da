// "pallycon-drm/shaka": the player has Shaka's own type, or any compatible one; Shaka itself is not needed to compile.
// (Shaka 5.2's own types are for bundlers: under Node's resolution its default export is a namespace around itself.)
import { attachShaka } from "pallycon-drm/shaka";
import type { PallyCon, Undo } from "pallycon-drm";
import type shaka from "shaka-player";

export async function attach(player: shaka.Player, storage: shaka.offline.Storage, drm: PallyCon): Promise<void> {
  const undo: Undo = await attachShaka(player, drm);
  await undo();
  await attachShaka(storage, drm);
  await attachShaka(player, drm, { contentId: "movie", customData: ({ drm: system }) => `token for ${system}` });
  await attachShaka(player, drm, { robustness: "hardware", customData: null });
  await attachShaka(player, drm, { robustness: { video: "HW_SECURE_ALL", audio: "SW_SECURE_CRYPTO" } });
  // @ts-expect-error a level by its name is in an object
  await attachShaka(player, drm, { robustness: "HW_SECURE_ALL" });
  // @ts-expect-error the client comes from createPallyCon
  await attachShaka(player, { siteId: "DEMO" });
  // @ts-expect-error an element is not a player
  await attachShaka(document.createElement("video"), drm);
}
