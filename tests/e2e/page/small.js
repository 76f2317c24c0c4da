// A page that only plays, as a bundler makes it: `window.small`. It imports nothing that reads, so it gets the small module.
import { createPallyCon } from "pallycon-drm";
import { hlsConfig, pallyConError as insideHls } from "pallycon-drm/hls";
import { attachShaka, pallyConError } from "pallycon-drm/shaka";
import Hls from "hls.js";
import shaka from "shaka-player";

const base = new URL("../", location.href).href;
const small = {
  /** what customData was told */
  contexts: [],
  events: [],
  errors: [],
  client: (options) =>
    createPallyCon({
      siteId: "DEMO", host: base.slice(0, -1),
      customData: async ({ contentId, keyIds, drm: name, signal }) => {
        small.contexts.push({ contentId, keyIds });
        return (await fetch(`${base}api/drm/token?${new URLSearchParams({ content_id: contentId, drm: name })}`, { signal })).text();
      },
      ...(options.events ? { onEvent: (event) => small.events.push(event.error ? { ...event, error: event.error.toJSON() } : event) } : {}),
      ...options,
    }),
  async shaka(path, keySystem, options = {}) {
    shaka.polyfill.installAll();
    const player = new shaka.Player();
    await player.attach(document.querySelector("video"));
    player.configure("drm.preferredKeySystems", [keySystem]);
    const note = (error) => small.errors.push({ code: error.code, ours: pallyConError(error)?.toJSON() });
    player.addEventListener("error", ({ detail }) => note(detail));
    await attachShaka(player, await small.client(options));
    await player.load(new URL(`media/${path}`, base).href).catch(note);
    document.querySelector("video").play().catch(() => {}); // without a key it never settles
  },
  async hls(path, _keySystem, options = {}) {
    const { config } = await hlsConfig(await small.client(options));
    const player = new Hls(config);
    player.on(Hls.Events.ERROR, (_event, data) => small.errors.push({ code: data.details, status: data.response?.code, ours: insideHls(data)?.toJSON() }));
    player.loadSource(new URL(`media/${path}`, base).href);
    player.attachMedia(document.querySelector("video"));
    document.querySelector("video").play().catch(() => {});
  },
};
window.small = small;
document.documentElement.dataset.ready = "true";
