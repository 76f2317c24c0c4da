// The choices of the Play page: players, DRMs and content. Impossible combinations are listed with the reason.
import type { Drm } from "pallycon-drm";

/** An entry of the media catalog without its keys: paths are relative to the media folder. */
export interface Content {
  contentId: string;
  title: string;
  scheme: string;
  duration: number;
  tracks: { type: string; keyId: string }[];
  dash: string;
  dashClearkey: string;
  hls: string;
  hlsWidevine: string;
  hlsPlayready: string;
  hlsClearkey: string;
  hlsSkd?: string;
}

/** `why`: the reason why it cannot be chosen here. */
export interface Choice {
  value: string;
  label: string;
  why?: string | undefined;
}

export interface Player {
  id: string;
  label: string;
  drms: Drm[];
  /** the manifest types that it plays, best first */
  formats: ("dash" | "hls")[];
  /** the files of samples/ */
  sample: string;
  /** the one for the visitor's own media, if it differs */
  ownSample?: string;
}

export const DRMS: Record<Drm, { label: string; keySystem: string }> = {
  widevine: { label: "Widevine", keySystem: "com.widevine.alpha" },
  playready: { label: "PlayReady", keySystem: "com.microsoft.playready" },
  fairplay: { label: "FairPlay", keySystem: "com.apple.fps" },
  clearkey: { label: "ClearKey", keySystem: "org.w3.clearkey" },
};
const ALL = Object.keys(DRMS) as Drm[];

export const PLAYERS: Player[] = [
  {
    id: "shaka",
    label: "Shaka Player",
    drms: ["widevine", "playready", "fairplay"],
    formats: ["dash", "hls"],
    sample: "shaka",
  },
  { id: "hls", label: "hls.js", drms: ALL, formats: ["hls"], sample: "hls" },
  { id: "dash", label: "dash.js", drms: ALL, formats: ["dash"], sample: "dash" },
  { id: "rx-player", label: "rx-player", drms: ALL, formats: ["dash"], sample: "rx-player" },
  { id: "videojs", label: "video.js", drms: ALL, formats: ["dash", "hls"], sample: "videojs" },
  { id: "media", label: "A bare video element", drms: ALL, formats: [], sample: "media", ownSample: "media-src" },
];

export const playerOf = (id: string): Player => PLAYERS.find((player) => player.id === id) ?? PLAYERS[0]!;
export const playerChoices = (): Choice[] => PLAYERS.map(({ id, label }) => ({ value: id, label }));

/** The sample media for a player: a path below the media folder, or a folder with segments for the bare element. */
export function sourceOf({ id, formats }: Player, drm: Drm, content: Content): string | undefined {
  if (drm === "fairplay" && !content.hlsSkd) return undefined;
  if (formats.length === 0) return content.contentId;
  const hls = {
    widevine: content.hlsWidevine,
    playready: content.hlsPlayready,
    fairplay: content.hlsSkd,
    clearkey: content.hlsClearkey,
  }[drm];
  if (formats[0] === "hls" || (id === "shaka" && drm === "fairplay")) return hls;
  return drm === "clearkey" ? content.dashClearkey : content.dash;
}

/** `server`: whether the local license server exists. Without it the samples only have a license for ClearKey. */
export function drmChoices(
  { label: player, drms }: Player,
  { own, server }: { own: boolean; server: boolean },
): Choice[] {
  return ALL.map((drm) => {
    const needsServer = !own && !server && drm !== "clearkey";
    const why = !drms.includes(drm)
      ? `the adapter for ${player} does not support it`
      : needsServer
        ? "needs the local license server"
        : undefined;
    return { value: drm, label: DRMS[drm].label, why };
  });
}

export const contentChoices = (player: Player, drm: Drm, contents: Content[]): Choice[] =>
  contents.map((content) => ({
    value: content.contentId,
    label: `${content.title} (${content.contentId})`,
    why: sourceOf(player, drm, content) === undefined ? "FairPlay decrypts cbcs only" : undefined,
  }));

/** The MIME type of a manifest, which video.js requires. */
export const typeOf = (url: string): string =>
  /\.m3u8($|[?#])/i.test(url)
    ? "application/x-mpegURL"
    : /\.mp4($|[?#])/i.test(url)
      ? "video/mp4"
      : "application/dash+xml";

/** Why this player cannot play this manifest, if its name reveals it. */
export function formatProblem({ label, formats }: Player, url: string): string | undefined {
  const format = /\.m3u8($|[?#])/i.test(url) ? "hls" : /\.mpd($|[?#])/i.test(url) ? "dash" : undefined;
  if (format === undefined || formats.length === 0 || formats.includes(format)) return undefined;
  return format === "hls"
    ? `${label} plays DASH, and this is an HLS playlist.`
    : `${label} plays HLS, and this is a DASH manifest.`;
}
