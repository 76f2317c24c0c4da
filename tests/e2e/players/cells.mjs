// The matrix of `npm run players`, as data: the versions, DRMs and cases for each player. page/NAME.js starts a player
// and collects its errors; ../players.spec.mjs makes tests of it.

/** Content with one key; FairPlay's has two, because no other content has its scheme. */
const DASH = {
  widevine: "demo-single-key/manifest.mpd",
  playready: "demo-single-key/manifest.mpd",
  fairplay: "demo-cbcs/manifest.mpd",
  clearkey: "demo-cenc/clearkey.mpd",
};
const HLS = {
  widevine: "demo-single-key/hls/widevine.m3u8",
  playready: "demo-single-key/hls/playready.m3u8",
  fairplay: "demo-cbcs/hls/fairplay.m3u8",
  clearkey: "demo-cenc/hls/clearkey.m3u8",
};

/**
 * `versions`: packages, newest first, and the DRMs that each supports; `media`: what it plays, by DRM; `httpRetries`:
 * it retries after any HTTP failure (docs/players.md); `renews`: DRMs whose renewals the option `renewal` triggers;
 * `renewal`: where a refused renewal is reported while keys are valid, if not in its errors; `throws`: uncaught errors
 * of a version's own; `chromium`: DRMs of a version in Chromium only
 */
export const PLAYERS = {
  shaka: {
    title: "Shaka Player",
    renews: ["fairplay", "playready"],
    media: { ...DASH, fairplay: HLS.fairplay },
    httpRetries: true,
    versions: {
      "shaka-player": ["widevine", "playready", "fairplay"],
      "shaka-player-4.16": ["widevine", "playready", "fairplay"],
      "shaka-player-4": ["widevine", "playready", "fairplay"],
    },
  },
  hls: {
    title: "hls.js",
    renews: ["fairplay"],
    media: HLS,
    // 1.6.0 reads PlayReady's object at an odd offset, and throws in a listener; it still plays.
    throws: { "hls.js-1.6": /parsePlayReadyWRM/ },
    versions: {
      "hls.js": ["widevine", "playready", "fairplay", "clearkey"],
      "hls.js-1.6": ["widevine", "playready", "fairplay"],
    },
  },
  media: {
    title: "bare video element",
    renews: ["fairplay", "playready"],
    media: { widevine: "demo-single-key", playready: "demo-single-key", fairplay: "demo-cbcs", clearkey: "demo-cenc" },
    versions: { "": ["widevine", "playready", "fairplay", "clearkey"] },
  },
  dash: {
    title: "dash.js",
    renews: ["fairplay"],
    media: DASH,
    versions: {
      dashjs: ["widevine", "playready", "fairplay", "clearkey"],
      "dashjs-5.0": ["widevine", "playready", "clearkey"],
    },
  },
  "rx-player": {
    title: "rx-player",
    renews: [],
    media: DASH,
    // In Firefox, 4.5 tries out PlayReady with init data of its own making, and the bridge refuses those.
    chromium: { "rx-player": ["playready"] },
    versions: {
      "rx-player": ["widevine", "playready", "fairplay", "clearkey"],
      "rx-player-4.0": ["widevine", "playready", "fairplay", "clearkey"],
    },
  },
  videojs: {
    title: "video.js",
    renews: ["fairplay"],
    media: DASH,
    renewal: "onEvent",
    versions: {
      "videojs-contrib-eme": ["widevine", "playready", "fairplay", "clearkey"],
      "videojs-contrib-eme-5-2": ["widevine", "playready", "fairplay", "clearkey"],
    },
  },
};

export const KEY_SYSTEMS = {
  widevine: "com.widevine.alpha",
  playready: "com.microsoft.playready",
  fairplay: "com.apple.fps",
  clearkey: "org.w3.clearkey",
};
export const DRMS = Object.keys(KEY_SYSTEMS);

/** A refusal that the license server bases on the token; ClearKey has none, so a fault provokes it. */
const refused = (token, code) => (drm) =>
  drm === "clearkey" ? { on: "license", fault: `error:${code}` } : { on: "token", fault: token };
const license =
  (fault, more = {}) =>
  () => ({ on: "license", fault, ...more });

/**
 * `kind`: the outcome, and so the test that it uses; `fault`: the license server's; `expected`: the error that the app
 * reads;
 * `attempts` at each license; `tokens`: not with ClearKey, which has none; `drms`: only with these; `everywhere`: also
 * in Firefox
 */
export const CASES = [
  { name: "plays", kind: "plays", everywhere: true },
  {
    name: "7011",
    kind: "fails",
    fault: refused("expires:1200", 7011),
    expected: { code: "token-expired", serverCode: "7011" },
    everywhere: true,
  },
  {
    name: "7012",
    kind: "fails",
    fault: refused("wrong-cid", 7012),
    expected: { code: "content-id-mismatch", serverCode: "7012" },
  },
  { name: "HTML with status 200", kind: "fails", fault: license("html"), expected: { code: "not-a-license" } },
  { name: "503 twice, then a license", kind: "plays", fault: license("status:503", { times: 2 }) },
  {
    name: "network down",
    kind: "fails",
    fault: license("close"),
    expected: { code: "network", retryable: true },
    attempts: 3,
  },
  {
    name: "token callback throws",
    kind: "fails",
    throws: "the backend is down",
    expected: { code: "custom-data-failed", phase: "custom-data" },
    attempts: 0,
    tokens: true,
  },
  { name: "403", kind: "fails", fault: license("status:403"), expected: { httpStatus: 403, retryable: false } },
  {
    name: "second source after a failure",
    kind: "heals",
    fault: refused("expires:1200", 7011),
    expected: { serverCode: "7011" },
  },
  { name: "destroyed in mid-request", kind: "destroyed", fault: license("slow:30000") },
  { name: "renewal granted", kind: "renewed", tokens: true },
  {
    name: "renewal refused",
    kind: "not renewed",
    fault: license("error:7011"),
    expected: { serverCode: "7011" },
    tokens: true,
  },
  { name: "renewal by interval", kind: "interval", drms: ["fairplay", "playready"] },
  {
    name: "renewal by interval, refused",
    kind: "interval refused",
    fault: license("error:7011"),
    expected: { serverCode: "7011" },
    drms: ["fairplay", "playready"],
  },
  { name: "persistent state", kind: "persistent", drms: ["widevine"] },
];

/** Every cell: newest versions in every case, older ones with playback and a refusal. */
export const cells = () =>
  Object.entries(PLAYERS).flatMap(([player, { versions, renews }]) =>
    Object.entries(versions).flatMap(([version, drms], age) =>
      drms.flatMap((drm) =>
        CASES.filter(
          ({ name, kind, tokens, drms = [drm] }) =>
            !(tokens && drm === "clearkey") &&
            drms.includes(drm) &&
            // For a player that cannot renew, there is one case: a warning.
            (kind !== "interval refused" || renews.includes(drm)) &&
            (age === 0 ||
              name === "plays" ||
              (name === "7011" && drm === "widevine") ||
              (player === "shaka" && kind === "interval")),
        ).map((about) => ({ player, version, drm, age, ...about })),
      ),
    ),
  );

export const titleOf = ({ player, version, drm, name }) => `${version || player}, ${drm}: ${name}`;

/**
 * `@matrix`: only `npm run players` runs it. `npm test` has the newest versions, playing with every DRM, and all cases
 * with Widevine (7012, which takes the way of 7011, with Shaka alone); of the oldest versions, those with Widevine.
 */
export function tagsOf({ player, version, drm, age, name, everywhere }) {
  const oldest = version === Object.keys(PLAYERS[player].versions).at(-1);
  const often =
    age === 0
      ? (drm === "widevine" && (name !== "7012" || player === "shaka")) ||
        name === "plays" ||
        (drm === "fairplay" && name.startsWith("renewal by"))
      : oldest && drm === "widevine";
  const anywhere = everywhere && (age === 0 || !often) && !PLAYERS[player].chromium?.[version]?.includes(drm);
  return [...(often ? [] : ["@matrix"]), ...(anywhere ? [] : ["@chromium"])];
}
