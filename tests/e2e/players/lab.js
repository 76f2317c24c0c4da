// What players.spec.mjs uses inside the page: `window.lab`. Its URL is /r/RUN/e2e/players/?player=NAME&version=PACKAGE;
// page/NAME.js exports `open(lab, version)`, which resolves with functions that start, load and end that player.
import * as pallycon from "pallycon-drm";

const base = new URL("../../", location.href).href;
const asked = new URLSearchParams(location.search);

/** An error of ours in a form that the test can read. */
const plain = (error) =>
  error && { ...error.toJSON(), message: error.message, isOurs: error instanceof pallycon.PallyConError };

const lab = {
  /** of the package, in order; errors made plain */
  events: [],
  /** what the app gets from the player: {where, message, ours} */
  playerErrors: [],
  /** of the page: uncaught errors */
  unhandled: [],
  get video() {
    return document.querySelector("video");
  },
  media: (path) => new URL(`media/${path}`, base).href,
  /** `where`: the player's own name or number of its error */
  report: (where, message, ours) => void lab.playerErrors.push({ where, message, ours: plain(ours) }),
  token: async ({ contentId, drm, signal }) =>
    (
      await fetch(`${base}api/drm/token?${new URLSearchParams({ content_id: contentId, drm })}`, {
        signal,
        cache: "no-store",
      })
    ).text(),

  /** Plays `path` with its own client; `throws`: the token callback's exception. */
  async start({ path, drm, keySystem, throws, options = {}, adapter = {} }) {
    const customData = throws
      ? async () => {
          throw new Error(throws);
        }
      : lab.token;
    lab.drm = await pallycon.createPallyCon({
      siteId: "DEMO",
      host: base.slice(0, -1),
      customData,
      retry: { base: 10 },
      contentId: path.split("/")[0],
      onEvent: (event) => lab.events.push(event.error ? { ...event, error: plain(event.error) } : event),
      ...options,
    });
    await lab.player.start({ path, drm, keySystem, adapter });
  },
};
addEventListener("unhandledrejection", ({ reason }) => lab.unhandled.push(String(reason?.stack ?? reason)));
addEventListener("error", ({ message }) => lab.unhandled.push(message));
window.lab = lab;
lab.player = await (await import(`./page/${asked.get("player")}.js`)).open(lab, asked.get("version"));
document.documentElement.dataset.ready = "true";
