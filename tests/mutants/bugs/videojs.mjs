// Mistakes that are easy to make in a video.js adapter. A test must catch each.
const FILE = "js/players/videojs/attachment.ts";
const ENTRY = "js/players/videojs.ts";
const SPEC = { spec: "videojs.spec" };
const CERTIFICATE = { spec: "videojs-certificate.spec" };
const REPORT = `      if (!(renewal && session && isUsable(session))) this.report(thrown, signal, keySystem, LICENSE_FAILED);`;

export default [
  {
    name: "videojs: a failure is left to contrib-eme's callback",
    ...CERTIFICATE,
    grep: "requested its service certificate",
    edits: [[FILE, REPORT, `      (done as (error: unknown) => void)(thrown);`]],
  },
  {
    name: "videojs: a failure is raised, and also passed to contrib-eme's callback",
    ...SPEC,
    grep: "7011: PallyCon's refusal",
    edits: [[FILE, REPORT, `${REPORT}\n      (done as (error: unknown) => void)(thrown);`]],
  },
  {
    name: "videojs: a refused renewal is immediately the player's error",
    ...SPEC,
    grep: "a refused renewal does not affect",
    edits: [[FILE, `if (!(renewal && session && isUsable(session))) this`, `this`]],
  },
  {
    name: "videojs: a renewal is mistaken for a first request",
    ...SPEC,
    grep: "a renewal is reported as one",
    edits: [[FILE, `...(event ? { messageType: event.messageType } : {})`, `...(event ? {} : {})`]],
  },
  {
    name: "videojs: nothing makes contrib-eme forget a failed source",
    ...SPEC,
    grep: "after a refused license the same source",
    edits: [[FILE, `    if (this.unlicensed.size) this.player.eme.activeSrc = null;\n`, ``]],
  },
  {
    name: "videojs: contrib-eme forgets every source",
    ...SPEC,
    grep: "a licensed source is not requested again",
    edits: [[FILE, `    if (this.unlicensed.size) this`, `    this`]],
  },
  {
    name: "videojs: the request does not wait for the certificate",
    ...CERTIFICATE,
    grep: "if the CDM takes it strict",
    edits: [[FILE, `        await this.certify(keys, keySystem);`, `        void this.certify(keys, keySystem);`]],
  },
  {
    name: "videojs: a failed certificate is never fetched again",
    ...CERTIFICATE,
    grep: "FairPlay: a certificate that is a sign-in page",
    edits: [[FILE, `    if (this.uncertified) this.certified.delete(this.uncertified);\n`, ``]],
  },
  {
    name: "videojs: requests outlive the player",
    ...SPEC,
    grep: "disposed of during its token",
    edits: [[FILE, `      known.forEach((attachment) => attachment.dispose());\n`, ``]],
  },
  {
    name: "videojs: failures are reported to a disposed player",
    ...SPEC,
    grep: "disposed of during its certificate",
    edits: [[FILE, `      player.error = () => last;\n`, `      void last;\n`]],
  },
  {
    name: "videojs: a request outlives its source",
    ...SPEC,
    grep: "a source loaded during",
    edits: [[FILE, `    this.controller.abort();\n    this.controller = newAbortController();\n`, ``]],
  },
  {
    name: "videojs: PlayReady with its name for hardware",
    ...SPEC,
    grep: "only if it is named",
    edits: [
      [
        ENTRY,
        `const keySystem = KEY_SYSTEM[name];`,
        `const keySystem = name === "playready" ? "com.microsoft.playready.recommendation" : KEY_SYSTEM[name];`,
      ],
    ],
  },
  {
    name: "videojs: init data of other DRMs are passed to contrib-eme",
    ...SPEC,
    grep: "fairplay plays demo-cbcs/manifest",
    edits: [[FILE, `    skipWithoutInitData(player);\n`, ``]],
  },
  {
    name: "videojs: our error is not in the player's",
    ...SPEC,
    grep: "7011: PallyCon's refusal",
    edits: [[FILE, `message, keySystem, originalError, metadata`, `message, keySystem, metadata`]],
  },
  {
    name: "videojs: ClearKey is offered to every viewer",
    ...SPEC,
    grep: "only if it is named",
    edits: [[ENTRY, `["fairplay", "playready", "widevine"];`, `["fairplay", "playready", "widevine", "clearkey"];`]],
  },
];
