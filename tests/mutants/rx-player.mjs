// Mistakes that an rx-player adapter is easily made with; the first five are in integrations that follow rx-player's tutorial.
const FILE = "js/players/rx-player.ts";
const ERRORS = "js/players/rx-player/errors.ts";
const PLAYBACK = "js/players/rx-player/playback.ts";
const SPEC = "rx-player.spec";

export default [
  {
    name: "rx: rx-player's time limit is for all attempts together",
    spec: SPEC,
    grep: "slower than rx-player's own limit",
    edits: [[FILE, `getLicenseConfig: { retry: 0, timeout: -1 }`, `getLicenseConfig: { retry: 0, timeout: 10_000 }`]],
  },
  {
    name: "rx: rx-player retries what was retried",
    spec: SPEC,
    grep: "whatever the page makes of getLicenseConfig",
    edits: [[FILE, `Object.assign(thrown as PallyConError, { noRetry: true })`, `thrown as PallyConError`]],
  },
  {
    name: "rx: a refused renewal stops playback",
    spec: SPEC,
    grep: "rx-player 4.5 in Chromium.* a renewal that is refused",
    edits: [[FILE, `    if (messageType === "license-renewal" && playback.outlives(error)) return null;\n`, ``]],
  },
  {
    name: "rx: a refusal is given to the CDM",
    spec: SPEC,
    grep: "a sign-in page under 200",
    edits: [
      [FILE, `    throw remember(error);`, `    return new TextEncoder().encode(remember(error).message) as Octets;`],
    ],
  },
  {
    name: "rx: Safari's FairPlay under rx-player's own name for it",
    spec: SPEC,
    grep: "rx-player 4.5 in Chromium.* fairplay plays",
    edits: [[FILE, `type: name === "fairplay" ? KEY_SYSTEM.fairplay : name`, `type: name`]],
  },
  {
    name: "rx: the FairPlay certificate is fetched where there is no FairPlay",
    spec: SPEC,
    grep: "rx-player 4.5 in Chromium.* playready plays",
    edits: [[FILE, `(await hasFairPlay()) ? client`, `(await hasFairPlay().then(() => true)) ? client`]],
  },
  {
    name: "rx: the content id of the first load is used for all",
    spec: SPEC,
    grep: "each load has its own content id",
    edits: [
      [
        FILE,
        `  const { drms = DRMS, ...adapter } = options;`,
        `  const { drms = DRMS, ...given } = options;\n  const kept = player as { kept?: AdapterOptions };\n  const adapter = (kept.kept ??= given);`,
      ],
    ],
  },
  {
    name: "rx: a renewal is requested as a new license",
    spec: SPEC,
    grep: "is granted with a token of its own",
    edits: [[FILE, `{ messageType, signal: playback.signal() }`, `{ signal: playback.signal() }`]],
  },
  {
    name: "rx: a refused renewal is not raised",
    spec: SPEC,
    grep: "rx-player 4.5 in Chromium.* a renewal that is refused",
    edits: [[PLAYBACK, `.trigger?.("warning", warning);`, `.trigger?.call(null, "", warning);`]],
  },
  {
    name: "rx: a renewal is refused when the keys are gone, and playback waits for ever",
    spec: SPEC,
    grep: "a refused one is fatal",
    edits: [[PLAYBACK, `    if (this.expired) return false;`, `    void this.expired;`]],
  },
  {
    name: "rx: an old refusal is named when keys expire later",
    spec: SPEC,
    grep: "one that is granted after a refused one",
    edits: [[FILE, `    playback.licensed();`, `    void playback;`]],
  },
  {
    name: "rx: requests outlive the player",
    spec: SPEC,
    grep: "disposed of while the token",
    edits: [
      [
        PLAYBACK,
        `    this.requests?.abort();\n    this.requests = undefined;\n    void this.undo?.();`,
        `    this.requests = undefined;`,
      ],
    ],
  },
  {
    name: "rx: the next load is aborted with the one before",
    spec: SPEC,
    grep: "stopped while a license",
    edits: [[PLAYBACK, `    this.requests = undefined;\n`, ``]],
  },
  {
    name: "rx: our error is found by those alone who listen after us",
    spec: SPEC,
    grep: "403: one fatal",
    edits: [
      [
        ERRORS,
        `code === "KEY_LOAD_ERROR" ? recent`,
        `code === "KEY_LOAD_ERROR" && (error as { late?: boolean }).late ? recent`,
      ],
    ],
  },
];
