// Mistakes that are easy to make in a Shaka adapter; the first two are in Shaka's and PallyCon's own samples.
const FILE = "js/players/shaka.ts";
const CERTIFICATE = "js/players/shaka/certificate.ts";
const SPEC = "fairplay-shaka.spec";
const PLAYS = { spec: SPEC, grep: "Shaka 5 plays" };
const BUSY = { spec: SPEC, grep: "Shaka 5 a busy server" };

export default [
  {
    name: "shaka: the body is wrapped again on each attempt",
    ...BUSY,
    edits: [[FILE, `    if (!message) {`, `    if (message || !message) {`]],
  },
  {
    name: "shaka: headers only on the first attempt",
    ...BUSY,
    edits: [
      [
        FILE,
        `    this.attempts.sent.set(request, prepared);`,
        `    if (chain.attempt > 1) return;\n    this.attempts.sent.set(request, prepared);`,
      ],
    ],
  },
  {
    name: "shaka: the token on segments too",
    ...PLAYS,
    edits: [
      [
        FILE,
        `    if (type === SERVER_CERTIFICATE)`,
        `    if (type < LICENSE) request.headers["pallycon-customdata-v2"] = "token";\n    if (type === SERVER_CERTIFICATE)`,
      ],
    ],
  },
  {
    name: "shaka: the certificate as base64 text",
    ...PLAYS,
    edits: [[CERTIFICATE, `;base64,\${btoa(`, `,\${btoa(`]],
  },
  {
    name: "shaka: the certificate is set when it arrives, without anything waiting for it",
    ...PLAYS,
    edits: [
      [
        CERTIFICATE,
        `  if (!drm) return;\n  try {`,
        `  if (!drm) return;\n  if (drm) { request.uris = ["data:application/octet-stream,"]; return; }\n  try {`,
      ],
    ],
  },
  {
    name: "shaka: attaching fetches the certificate",
    spec: SPEC,
    grep: "without FairPlay no certificate is fetched",
    edits: [
      [
        FILE,
        `    const configured = configurationOf(client, before, this.options);`,
        `    const configured = configurationOf(client, before, this.options);\n    void client.certificate("fairplay");`,
      ],
    ],
  },
  {
    name: "shaka: PallyCon's error, sent with status 200, is passed to the CDM",
    spec: SPEC,
    grep: "Shaka 5 a site without FairPlay",
    edits: [
      [
        FILE,
        `      if (error.code === "internal") return undefined;`,
        `      if (error.code === "internal" || error.httpStatus === 200) return undefined;`,
      ],
    ],
  },
  {
    name: "shaka: one refused session of two is not reported",
    spec: "shaka.spec",
    grep: "Shaka 5 one refused session of two",
    edits: [[FILE, `      this.player.dispatchEvent(errorEvent(ours, error) as never);`, `      void errorEvent;`]],
  },
  {
    name: "shaka: filters stay after undo",
    spec: "shaka.spec",
    grep: "Shaka 5 after detaching",
    edits: [[FILE, `      engine?.unregisterRequestFilter(this.onRequest);`, `      void engine;`]],
  },
  {
    name: "shaka: the content id is the host of the skd URI",
    spec: SPEC,
    grep: "com.apple.fps.1_0",
    edits: [
      [
        "js/players/parts/apple-polyfill.ts",
        `uri.replace(/^skd:\\/\\//i, "")`,
        `uri.replace(/^skd:\\/\\//i, "").split("/")[0]!`,
      ],
    ],
  },
];
