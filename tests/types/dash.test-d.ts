// "pallycon-drm/dash": the player has dash.js's own type, or any compatible one; dash.js itself is not needed to
// compile.
// (dash.js 5.0's own types do not compile without Node's, and under Node's resolution not at all.)
import { attachDash, pallyConError, type DashOptions } from "pallycon-drm/dash";
import type { PallyCon, PallyConError, Undo } from "pallycon-drm";
import type { MediaPlayerClass, MediaPlayerErrorEvent, ProtectionDataSet } from "dashjs";

export async function attach(
  player: MediaPlayerClass,
  drm: PallyCon,
  protectionData: ProtectionDataSet,
): Promise<void> {
  const undo: Undo = await attachDash(player, drm);
  await undo();
  const options: DashOptions = {
    contentId: "movie",
    customData: ({ drm: system }) => `token for ${system}`,
    protectionData,
  };
  await attachDash(player, drm, options);
  player.on("error", (event: MediaPlayerErrorEvent) => {
    const ours: PallyConError | undefined = pallyConError(event);
    void [ours?.hint, pallyConError(event.error)];
  });
  // @ts-expect-error the client comes from createPallyCon
  await attachDash(player, { siteId: "DEMO" });
  // @ts-expect-error an element is not a player
  await attachDash(document.createElement("video"), drm);
  // @ts-expect-error no such option
  await attachDash(player, drm, { drms: ["widevine"] });
}
