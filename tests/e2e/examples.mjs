// Examples of README and docs/ that examples.spec.mjs plays: a page, and the numbers of its blocks that make one
// program together.

/** The default: Widevine, two keys. */
const of = (page, blocks, { drm = "widevine", content = "demo-cenc", ...rest } = {}) => ({
  page,
  blocks,
  drm,
  content,
  ...rest,
});
const native = { drm: "fairplay", content: "demo-cbcs", native: true };

export const PLAYED = [
  of("README.md", [0, 1], { player: true }),
  of("README.md", [0, 2]),
  of("README.md", [0, 3], native),
  of("docs/players/shaka.md", [0]),
  of("docs/players/hls.md", [0]),
  of("docs/players/dash.md", [0]),
  of("docs/players/rx-player.md", [0]),
  of("docs/players/videojs.md", [0]),
  of("docs/players/media.md", [0], native),
  // Each player by hand, then with the package.
  of("docs/migration.md", [1]),
  of("docs/migration.md", [0, 2]),
  of("docs/migration.md", [3]),
  of("docs/migration.md", [0, 4]),
  of("docs/migration.md", [5]),
  of("docs/migration.md", [0, 6]),
  of("docs/migration.md", [7]),
  of("docs/migration.md", [0, 8]),
  of("docs/migration.md", [9], { content: "demo-single-key" }),
  of("docs/migration.md", [0, 10]),
  of("docs/migration.md", [11], native),
  of("docs/migration.md", [0, 12], native),
];
