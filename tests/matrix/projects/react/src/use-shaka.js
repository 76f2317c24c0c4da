import { createPallyCon } from "pallycon-drm";
import { attachShaka } from "pallycon-drm/shaka";
import { useEffect, useRef, useState } from "react";

async function token({ drm, contentId = "", signal }) {
  const response = await fetch(`/api/drm/token?${new URLSearchParams({ content_id: contentId, drm })}`, { signal });
  if (!response.ok) throw new Error(`token backend: HTTP ${response.status}`);
  return response.text();
}

/** Plays `manifest` on the element of the ref `video`, until the component unmounts. */
export function useShaka(video, { manifest, contentId }) {
  const [player, setPlayer] = useState();
  const [error, setError] = useState();
  const turn = useRef(Promise.resolve());

  useEffect(() => {
    let shakaPlayer;
    let undo;
    let stopped = false;

    async function start() {
      // Shaka needs a window. A static import would load it where the page is rendered on the server, too.
      const { default: shaka } = await import("shaka-player");
      const pallycon = await createPallyCon({ siteId: "DEMO", contentId, customData: token });
      if (stopped) return;
      shakaPlayer = new shaka.Player();
      await shakaPlayer.attach(video.current);
      undo = await attachShaka(shakaPlayer, pallycon);
      setPlayer(shakaPlayer);
      await shakaPlayer.load(manifest);
    }

    // One player at a time: StrictMode mounts twice, and a new manifest starts while the last player stops.
    turn.current = turn.current.then(start).catch((thrown) => {
      if (!stopped) setError(thrown);
    });
    return () => {
      stopped = true;
      setPlayer(undefined);
      setError(undefined);
      turn.current = Promise.all([turn.current, shakaPlayer?.destroy()]).then(() => undo?.());
    };
  }, [video, manifest, contentId]);

  return { player, error };
}
