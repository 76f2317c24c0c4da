// What rx-player's spec uses inside the page: `window.lab`. Its URL is /r/RUN/e2e/rx-player/; `?rx=4.0` is the oldest
// rx-player.
import * as pallycon from "pallycon-drm";
import { pallyConError, rxKeySystems } from "pallycon-drm/rx-player";
import RxPlayer45 from "rx-player";
import RxPlayer40 from "rx-player-4.0";

const RxPlayer = location.search === "?rx=4.0" ? RxPlayer40 : RxPlayer45;
const base = new URL("../../", location.href).href;
const video = document.querySelector("video");

/** An error of ours in a form that the test can read. */
const plain = (error) => error && { ...error.toJSON(), isOurs: error instanceof pallycon.PallyConError };
const seen = (error) => ({
  code: error.code,
  message: error.message,
  fatal: error.fatal,
  ours: plain(pallyConError(error)),
});

const lab = {
  pallycon,
  base,
  video,
  plain,
  pallyConError,
  rxKeySystems,
  /** of the package, in order; errors made plain */
  events: [],
  /** of the player: {code, message, fatal, ours} */
  playerErrors: [],
  playerWarnings: [],
  /** like playerErrors, for the result of the player's getError() when it stops */
  stopped: [],
  unhandled: [],
  media: (path) => new URL(`media/${path}`, base).href,
  token: async ({ contentId, drm, signal }) =>
    (await fetch(`${base}api/drm/token?${new URLSearchParams({ content_id: contentId, drm })}`, { signal })).text(),

  client: (options = {}) =>
    pallycon.createPallyCon({
      siteId: "DEMO",
      host: base.slice(0, -1),
      customData: lab.token,
      onEvent: (event) => lab.events.push(event.error ? { ...event, error: plain(event.error) } : event),
      ...options,
    }),

  /** An rx-player on the page's video. Its listeners are added before the adapter's, as an app's may be. */
  rxPlayer() {
    const player = new RxPlayer({ videoElement: video });
    player.addEventListener("error", (error) => lab.playerErrors.push(seen(error)));
    player.addEventListener("warning", (error) => lab.playerWarnings.push(seen(error)));
    player.addEventListener("playerStateChange", (state) => {
      const error = state === "STOPPED" && player.getError();
      if (error) lab.stopped.push(seen(error));
    });
    return player;
  },

  /**
   * Plays `path` on `lab.player`, which is created if absent; a rejection of rxKeySystems() becomes
   * `lab.refusal`.
   */
  async play(path, { options = {}, adapter = {}, more = {} } = {}) {
    lab.player ??= lab.rxPlayer();
    lab.drm ??= await lab.client(options);
    try {
      lab.keySystems = (await rxKeySystems(lab.player, lab.drm, adapter)).map((one) => ({ ...one, ...more }));
    } catch (error) {
      lab.refusal = plain(pallyConError(error));
      return;
    }
    lab.player.loadVideo({ url: lab.media(path), transport: "dash", autoPlay: true, keySystems: lab.keySystems });
  },
};
window.lab = lab;
window.addEventListener("unhandledrejection", ({ reason }) => lab.unhandled.push(String(reason)));
window.addEventListener("error", ({ message }) => lab.unhandled.push(message));
document.documentElement.dataset.ready = "true";
