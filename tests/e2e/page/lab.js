// What the specs use inside the page: `window.lab`. Its URL is /r/RUN/e2e/, so that everything is in the test's own
// run.
import * as pallycon from "pallycon-drm";
import { hlsConfig, pallyConError as insideHls } from "pallycon-drm/hls";
import { attachMedia } from "pallycon-drm/media";
import { attachShaka, pallyConError as insideShaka } from "pallycon-drm/shaka";
import Hls from "hls.js";
import { feed } from "./feed.js";

const { default: shaka } = await (location.search === "?shaka=4" ? import("shaka-player-4") : import("shaka-player"));
const base = new URL("../", location.href).href;
const video = document.querySelector("video");

/** An error of ours in a form that the test can read: `toJSON` and the class. */
const plain = (error) =>
  error instanceof pallycon.PallyConError
    ? { ...error.toJSON(), message: error.message, isOurs: true }
    : { message: String(error?.message ?? error), isOurs: false };

/** Ours inside Shaka's, at any depth. */
function inside(error, depth = 0) {
  if (error instanceof pallycon.PallyConError) return plain(error);
  if (!error || depth > 4) return undefined;
  for (const part of error.data ?? []) {
    const found = part && typeof part === "object" ? inside(part, depth + 1) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** Identifies an error: the same one has the same number again. */
const met = [];
function nth(error) {
  if (!met.includes(error)) met.push(error);
  return met.indexOf(error);
}

const lab = {
  pallycon,
  shaka,
  Hls,
  base,
  video,
  plain,
  /** of the package, in order; errors made plain */
  events: [],
  /** of the player: {code, ours}; of hls.js {details, fatal, status, text, ours} */
  playerErrors: [],
  media: (path) => (path.startsWith("blob:") ? path : new URL(`media/${path}`, base).href),
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

  /** A Shaka player on the page's video; requests only `keySystem`. */
  async shakaPlayer(keySystem) {
    shaka.polyfill.installAll();
    const player = new shaka.Player();
    await player.attach(video);
    player.configure("drm.preferredKeySystems", [keySystem]);
    player.addEventListener("error", ({ detail }) =>
      lab.playerErrors.push({ code: detail.code, ours: inside(detail) }),
    );
    return player;
  },

  /** Loads and starts; a failure to load is recorded as the player's error. */
  async load(player, path, mimeType) {
    try {
      await player.load(lab.media(path), null, mimeType);
    } catch (error) {
      lab.playerErrors.push({ code: error.code, ours: inside(error) });
      return;
    }
    video.play().catch(() => {}); // without a key it never settles
  },
  attachShaka,
  /** A shaka.offline.Storage that keeps licenses, attached; `player`: shares that player's networking engine. */
  async storage({ options = {}, player } = {}) {
    lab.drm ??= await lab.client(options);
    lab.store = new shaka.offline.Storage(player);
    lab.store.configure({
      offline: { usePersistentLicense: true },
      drm: { preferredKeySystems: ["com.widevine.alpha"] },
    });
    lab.undo = await attachShaka(lab.store, lab.drm);
  },
  /** Resolves with the content's offline URI, or with the app's error. */
  async download(path) {
    try {
      return (await lab.store.store(lab.media(path)).promise).offlineUri;
    } catch (error) {
      const ours = insideShaka(error);
      return { code: error.code, ours: ours && plain(ours) };
    }
  },

  /** hls.js on the page's video, playing `path`; the page's own configuration overrides ours. */
  async hls(path, { options = {}, adapter = {}, config = {} } = {}) {
    lab.drm = await lab.client(options);
    lab.configured = await hlsConfig(lab.drm, adapter);
    lab.player = new Hls({ ...lab.configured.config, ...config });
    lab.player.on(Hls.Events.ERROR, (_event, data) => {
      const ours = insideHls(data);
      lab.playerErrors.push({
        details: data.details,
        fatal: data.fatal,
        status: data.response?.code,
        text: data.response?.text,
        ours: ours && plain(ours),
        nth: nth(ours),
      });
    });
    lab.player.loadSource(lab.media(path));
    lab.player.attachMedia(video);
    video.play().catch(() => {}); // without a key it never settles
  },
  hlsConfig,

  /** Attaches to the bare element; records its error events, and a refusal to attach. */
  async bare({ options = {}, media = {} } = {}) {
    video.onpallyconerror ??= ({ detail }) => lab.playerErrors.push(plain(detail));
    video.addEventListener("pallyconerror", video.onpallyconerror); // once, however often this is called
    lab.drm = await lab.client(options);
    try {
      lab.undo = await attachMedia(video, lab.drm, media);
    } catch (error) {
      lab.refusal = plain(error);
    }
  },
  attachMedia,
  /** Feeds the bare element and starts it. */
  async feed(content, options) {
    const fed = feed(video, lab.media(content), options);
    video.play().catch(() => {}); // without a key it never settles
    await fed;
  },
  /** An init data event as a browser would raise it. */
  encrypted: (initDataType, initData) =>
    video.dispatchEvent(
      new MediaEncryptedEvent("encrypted", { initDataType, initData: new Uint8Array(initData).buffer }),
    ),
};
window.lab = lab;
document.documentElement.dataset.ready = "true";
