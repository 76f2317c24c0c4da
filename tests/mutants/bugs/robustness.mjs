// Mistakes that are easy to make with security levels, player by player.
const SPEC = "robustness.spec";
const LEVELS = "js/players/parts/levels.ts";

export default [
  {
    name: "shaka: the level that the content refuses is requested again",
    spec: SPEC,
    grep: "Shaka 5 @chromium plays in software if the content is not made for PlayReady",
    edits: [
      ["js/players/shaka/robustness.ts", `      this.configure();\n      await this.load`, `      await this.load`],
    ],
  },
  {
    name: "shaka: the app gets a refusal although another level plays",
    spec: SPEC,
    grep: "Shaka 5 @chromium plays in software if the content is not made for Widevine",
    edits: [["js/players/shaka/robustness.ts", `    if (!final) return true;`, `    if (!final) return false;`]],
  },
  {
    name: "shaka: robustness is set for the DRM's plain name",
    spec: SPEC,
    grep: "Shaka 5 @chromium plays Widevine in hardware on Windows",
    edits: [["js/players/shaka/robustness.ts", `      advanced[name] = {`, `      advanced[plain] = {`]],
  },
  {
    name: "dash: the next level is configured, and the source not attached again",
    spec: SPEC,
    grep: "dash.js @chromium plays in software if the content is not made for PlayReady",
    edits: [
      ["js/players/dash/robustness.ts", `          configure();\n          this.reload();`, `          configure();`],
    ],
  },
  {
    name: "hls: the level of all key systems is that of Widevine",
    spec: SPEC,
    grep: "hls.js @chromium plays PlayReady in hardware",
    edits: [
      [
        "js/players/hls/robustness.ts",
        `requestMediaKeySystemAccess(level.keySystem, wanted)`,
        `requestMediaKeySystemAccess(keySystem, wanted)`,
      ],
    ],
  },
  {
    name: 'rx: hardware levels are also requested for "software"',
    spec: SPEC,
    grep: "rx-player @chromium plays in software if the option says so, Widevine",
    edits: [
      [
        "js/environment/levels.ts",
        `option === "hardware" || rank < HARDWARE`,
        `option === "hardware" || rank <= HARDWARE`,
      ],
    ],
  },
  {
    name: "media: the element gets its MediaKeys before the content has accepted the level",
    spec: SPEC,
    grep: "a bare element @chromium plays in software if the content is not made for PlayReady",
    edits: [
      [
        "js/players/media/robustness.ts",
        `      attach: async () => undefined,`,
        `      attach: async () => { inUse = (await current).cdm; await (attached ??= inUse.attach()); },`,
      ],
    ],
  },
  {
    name: "media: the level that plays is not reported with the one that was refused",
    spec: SPEC,
    grep: "a bare element @chromium plays in software if the content is not made for Widevine",
    edits: [[LEVELS, `    this.refused = nameOf(level);`, `    void nameOf(level);`]],
  },
];
