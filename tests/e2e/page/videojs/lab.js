// What videojs.spec.mjs uses inside the page: `window.lab`. Its URL is /r/RUN/e2e/videojs/; `?eme=5.2` is the oldest
// contrib-eme.
import * as pallycon from "pallycon-drm";
import { pallyConError, pallyConKeySystems } from "pallycon-drm/videojs";

window.VIDEOJS_NO_DYNAMIC_STYLE = true; // the page's policy forbids style elements that a script adds
const { default: videojs } = await import("video.js");
await (location.search === "?eme=5.2" ? import("videojs-contrib-eme-5-2") : import("videojs-contrib-eme"));

const base = new URL("../../", location.href).href;
const TYPES = { mpd: "application/dash+xml", m3u8: "application/x-mpegURL" };

/** An error of ours in a form that the test can read. */
const plain = (error) => error && { ...error.toJSON(), isOurs: error instanceof pallycon.PallyConError };

videojs.log.level("off");

const lab = {
  pallycon,
  videojs,
  pallyConKeySystems,
  pallyConError,
  /** of the package, in order; errors made plain */
  events: [],
  /** of the player, each time that it raises one: {code, message, type, keySystem, ours} */
  playerErrors: [],
  /** of contrib-eme: its events on the tech */
  seen: [],
  /** of the page: uncaught errors */
  unhandled: [],
  /** contexts of the token callback */
  contexts: [],
  /** of each of those requests */
  signals: [],
  get video() {
    return document.querySelector("video");
  },
  token: async ({ contentId, drm, signal }) =>
    (
      await fetch(`${base}api/drm/token?${new URLSearchParams({ content_id: contentId, drm })}`, {
        signal,
        cache: "no-store",
      })
    ).text(),

  client: (options = {}) =>
    pallycon.createPallyCon({
      siteId: "DEMO",
      host: base.slice(0, -1),
      retry: { base: 10 },
      customData: (context) => {
        const { signal, initData, ...told } = context;
        lab.signals.push(signal);
        lab.contexts.push({ ...told, initData: initData?.length });
        return lab.token(context);
      },
      onEvent: (event) => lab.events.push(event.error ? { ...event, error: plain(event.error) } : event),
      ...options,
    }),

  /** A player that replaces the page's video. */
  newPlayer() {
    const player = videojs(lab.video, {
      muted: true,
      autoplay: true,
      controls: false,
      html5: { vhs: { overrideNative: true } },
    });
    player.eme();
    player.on("error", () => {
      const error = player.error();
      const ours = pallyConError(error);
      lab.playerErrors.push({
        code: error.code,
        message: error.message,
        type: error.metadata?.errorType,
        keySystem: error.keySystem,
        ours: plain(ours),
        original: error.originalError === ours,
      });
    });
    for (const type of ["keysessioncreated", "keysessionupdated", "keysessionclosed", "licenserequestattempted"])
      player.tech(true).on(type, () => lab.seen.push(type));
    return player;
  },

  /** Plays `path` in a new player. */
  async play(path, { options = {}, adapter = {} } = {}) {
    lab.drm = await lab.client(options);
    lab.player = lab.newPlayer();
    lab.keySystems = pallyConKeySystems(lab.player, lab.drm, adapter);
    lab.load(path);
  },
  /** Another source in the same player. */
  load: (path, keySystems = lab.keySystems) =>
    lab.player.src({ src: new URL(`media/${path}`, base).href, type: TYPES[path.split(".").pop()], keySystems }),
};
addEventListener("unhandledrejection", ({ reason }) => lab.unhandled.push(String(reason?.stack ?? reason)));
addEventListener("error", ({ message }) => lab.unhandled.push(message));
window.lab = lab;
document.documentElement.dataset.ready = "true";
