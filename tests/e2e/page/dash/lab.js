// What dash.spec.mjs uses inside the page: `window.lab`. Its URL is /r/RUN/e2e/dash/. Only one version of dash.js is
// loaded, because each finds its parts through a global of the same name.
import * as pallycon from "pallycon-drm";
import { attachDash, pallyConError } from "pallycon-drm/dash";

const dashjs = await (location.search === "?dash=5.0" ? import("dashjs-5.0") : import("dashjs"));
const base = new URL("../../", location.href).href;
const video = document.querySelector("video");

/** An error of ours in a form that the test can read: `toJSON` and the class. */
const plain = (error) =>
  error && { ...error.toJSON(), message: error.message, isOurs: error instanceof pallycon.PallyConError };
/** dash.js's public events around DRM, by their strings. */
const SEEN = ["AccessComplete", "Selected"]
  .map((name) => `public_keySystem${name}`)
  .concat(
    ["Message", "Error", "SessionCreated", "SessionUpdated", "SessionClosed", "StatusesChanged"].map(
      (name) => `public_key${name}`,
    ),
    "public_licenseRequestSending",
    "public_licenseRequestComplete",
  );

const lab = {
  pallycon,
  dashjs,
  attachDash,
  video,
  plain,
  /** of the package, in order; errors made plain */
  events: [],
  /** of the player: {code, message, ours} */
  playerErrors: [],
  /** everything that dash.js's own events show */
  seen: [],
  unhandled: [],
  media: (path) => new URL(`media/${path}`, base).href,
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
      customData: (context) => lab.token(context),
      retry: { base: 10 },
      onEvent: (event) => lab.events.push(event.error ? { ...event, error: plain(event.error) } : event),
      ...options,
    }),

  newPlayer() {
    const player = dashjs.MediaPlayer().create();
    player.initialize();
    player.updateSettings({ debug: { logLevel: dashjs.Debug?.LOG_LEVEL_NONE ?? 0 } });
    player.on("error", (event) => {
      const ours = pallyConError(event);
      lab.playerErrors.push({
        code: event.error.code,
        message: event.error.message,
        ours: plain(ours),
        same: ours !== undefined && pallyConError(event.error) === ours,
      });
    });
    for (const type of SEEN) player.on(type, (event) => lab.seen.push({ ...event, type }));
    player.attachView(video);
    player.setAutoPlay(true);
    return player;
  },

  /** A player on the page's video, attached, playing `path`. */
  async play(path, { options = {}, adapter = {} } = {}) {
    lab.drm = await lab.client(options);
    lab.player = lab.newPlayer();
    lab.undo = await attachDash(lab.player, lab.drm, adapter);
    lab.load(path);
  },
  load: (path) => lab.player.attachSource(lab.media(path)),
};
addEventListener("unhandledrejection", ({ reason }) => lab.unhandled.push(String(reason?.stack ?? reason)));
addEventListener("error", ({ message }) => lab.unhandled.push(message));
window.lab = lab;
document.documentElement.dataset.ready = "true";
