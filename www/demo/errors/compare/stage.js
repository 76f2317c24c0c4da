// The same content in the same player, once as the player's own documentation says and once with the package. Used by
// the Error lab, and by the script that writes docs/without-and-with.md.
import * as pallycon from "pallycon-drm";
import * as eme from "./eme.js";
import * as hls from "./hls.js";
import * as shaka from "./shaka.js";

const players = { shaka, hls, eme };

/**
 * `base`: the run at the local server, with a slash at the end; `host`: the license server, in practice of another
 * origin than the page.
 * `seen` collects the app's errors and events verbatim.
 * @param {{base: string, host?: string, video: HTMLVideoElement}} options
 */
export function createStage({ base, host = base.slice(0, -1), video }) {
  const compare = {
    pallycon,
    base,
    video,
    /** what the app gets: a line for each error of the player or the package */
    seen: [],
    /** every event of the package, unchanged */
    events: [],
    say: (line) => {
      compare.seen.push(line);
    },
    media: (path) => new URL(`media/${path}`, base).href,
    license: `${host}/ri/licenseManager.do`,
    certificate: `${host}/ri/fpsCert.do?siteId=DEMO`,

    async token(contentId, drm) {
      const answer = await fetch(`${base}api/drm/token?${new URLSearchParams({ content_id: contentId, drm })}`);
      return answer.text();
    },

    /** Our client, with the values that the init data do not carry. */
    client: (contentId, options = {}) =>
      pallycon.createPallyCon({
        siteId: "DEMO",
        host,
        contentId,
        timeout: 3000,
        retry: { attempts: 2, base: 50, cap: 100 },
        customData: ({ drm }) => compare.token(contentId, drm),
        onEvent: (event) => compare.events.push(event),
        ...options,
      }),

    /**
     * Key systems beyond the plain name: the app alone requests its choice; with the package, it uses the results of
     * probe().
     */
    async asks({ ours, drm, keySystem, hardware, robustness }) {
      if (!hardware && !robustness) return undefined;
      if (!ours)
        return { keySystem: hardware ?? keySystem, robustness: robustness && { video: robustness, audio: robustness } };
      const [best] = await pallycon.probe({ drms: [drm] });
      return best;
    },

    /**
     * `old`: written for Safari's old API; `native`: that API, and a stream that the browser plays natively; `hls`: the
     * HLS playlist even for players of DASH; `hardware`, `robustness`: what to request; `misplaced`: the header in the
     * wrong place; `unnamed`: no license URL except the content's.
     * @param {{player: string, ours: boolean, drm: string, keySystem: string, contentId: string, options?: object,
     * old?: boolean, native?: boolean, hls?: boolean, hardware?: string, robustness?: string, misplaced?: boolean,
     * unnamed?: boolean}} run
     */
    async play(run) {
      try {
        await players[run.player].play(compare, run);
      } catch (error) {
        compare.say(`${error.name}: ${error.message}${error.hint ? ` → ${error.hint}` : ""}`);
      }
      compare.video.play().catch(() => {}); // never settles without a key
    },

    frames: () => compare.video.getVideoPlaybackQuality().totalVideoFrames,
  };
  return compare;
}
