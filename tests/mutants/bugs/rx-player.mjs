// Mistakes that are easy to make in an rx-player adapter; the first five are in integrations that follow rx-player's
// tutorial.
const FILE = "js/players/rx-player.ts";
const ERRORS = "js/players/rx-player/errors.ts";
const PLAYBACK = "js/players/rx-player/playback.ts";
const SPEC = "rx-player.spec";

export default [
  {
    name: "rx: rx-player's time limit covers all attempts together",
    spec: SPEC,
    grep: "slower than rx-player's own limit",
    edits: [[FILE, `getLicenseConfig: { retry: 0, timeout: -1 }`, `getLicenseConfig: { retry: 0, timeout: 10_000 }`]],
  },
  {
    name: "rx: rx-player repeats our retries",
    spec: SPEC,
    grep: "whatever getLicenseConfig says",
    edits: [[FILE, `Object.assign(thrown as PallyConError, { noRetry: true })`, `thrown as PallyConError`]],
  },
  {
    name: "rx: a refused renewal stops playback",
    spec: SPEC,
    grep: "rx-player 4.5 in Chromium.* a refused renewal is a warning",
    edits: [[FILE, `    if (messageType === "license-renewal" && playback.outlives(error)) return null;\n`, ``]],
  },
  {
    name: "rx: a refusal is passed to the CDM",
    spec: SPEC,
    grep: "a sign-in page with status 200",
    edits: [
      [FILE, `    throw remember(error);`, `    return new TextEncoder().encode(remember(error).message) as Octets;`],
    ],
  },
  {
    name: "rx: Safari's FairPlay with rx-player's own name for it",
    spec: SPEC,
    grep: "rx-player 4.5 in Chromium.* fairplay plays",
    edits: [[FILE, `type: name === "fairplay" ? KEY_SYSTEM.fairplay : name`, `type: name`]],
  },
  {
    name: "rx: the FairPlay certificate is fetched without FairPlay",
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
    grep: "is granted with its own token",
    edits: [[FILE, `{ messageType, signal: playback.signal() }`, `{ signal: playback.signal() }`]],
  },
  {
    name: "rx: a refused renewal is not raised",
    spec: SPEC,
    grep: "rx-player 4.5 in Chromium.* a refused renewal is a warning",
    edits: [[PLAYBACK, `.trigger?.("warning", warning);`, `.trigger?.call(null, "", warning);`]],
  },
  {
    name: "rx: a renewal is refused when the keys are gone, and playback waits forever",
    spec: SPEC,
    grep: "a refused one is fatal",
    edits: [[PLAYBACK, `    if (this.expired) return false;`, `    void this.expired;`]],
  },
  {
    name: "rx: an old refusal is reported when keys expire later",
    spec: SPEC,
    grep: "a renewal that is granted after a refused one",
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
    name: "rx: the next load is aborted with the previous one",
    spec: SPEC,
    grep: "stopped during a license request",
    edits: [[PLAYBACK, `    this.requests = undefined;\n`, ``]],
  },
  {
    name: "rx: only listeners added after ours find our error",
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
