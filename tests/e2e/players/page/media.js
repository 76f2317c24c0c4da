// A bare element: its `pallyconerror` event, and the rejection of attachMedia().
import { attachMedia } from "pallycon-drm/media";
import { feed } from "../../page/feed.js";

export async function open(lab) {
  let undo;
  const load = (path) => {
    feed(lab.video, lab.media(path)).catch(() => {}); // emptied while it is being fed
    lab.video.play().catch(() => {}); // without a key it never settles
  };
  const onError = ({ detail }) => lab.report("pallyconerror", detail.message, detail);
  return {
    version: "",
    async start({ path, drm, adapter }) {
      lab.video.removeEventListener("pallyconerror", onError);
      lab.video.addEventListener("pallyconerror", onError);
      undo = await attachMedia(lab.video, lab.drm, { drms: [drm], ...adapter });
      load(path);
    },
    load,
    async end() {
      await undo();
      lab.video.removeAttribute("src");
      lab.video.load();
    },
  };
}
