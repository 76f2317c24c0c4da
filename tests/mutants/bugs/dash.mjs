// Mistakes that are easy to make in a dash.js adapter; dash.js's own hooks lead to the first three.
const FILE = "js/players/dash.ts";
const CERTIFICATE = "js/players/dash/certificate.ts";
const SPEC = "dash.spec";
const PLAYS = { spec: SPEC, grep: "Widevine plays" };
const FAIRPLAY = { spec: SPEC, grep: "FairPlay: the CDM gets the certificate" };

export default [
  {
    name: "dash: a refusal is thrown in the request filter, and dash.js waits forever",
    spec: SPEC,
    grep: "7012",
    edits: [
      [
        FILE,
        `      if (!signal.aborted) this.raise(COMPLETE, LICENSE_FAILED, toPallyConError(error), about);\n      this.renewals.failed(session, toPallyConError(error));\n      return;`,
        `      void [signal, LICENSE_FAILED, toPallyConError];\n      throw error;`,
      ],
    ],
  },
  {
    name: "dash: the filter also lets dash.js send its request",
    ...PLAYS,
    edits: [[FILE, `    return new Promise(() => {}); //`, `    return undefined; //`]],
  },
  {
    name: "dash: the body that dash.js has unwrapped is used instead of the CDM's message",
    spec: SPEC,
    grep: "in the form crlf",
    edits: [
      [
        FILE,
        `({ sessionId, messageType }: LicenseRequest): Promise<never> | undefined => {`,
        `({ sessionId, messageType, ...rest }: LicenseRequest): Promise<never> | undefined => {\n    const data = (rest as { data?: unknown }).data;`,
      ],
      [
        FILE,
        `    void this.license(this.handler, message, this.controller.signal);`,
        `    void this.license(this.handler, { ...message, message: data as ArrayBuffer }, this.controller.signal);`,
      ],
    ],
  },
  {
    name: "dash: the certificate is set when it arrives, without anything waiting for it",
    ...FAIRPLAY,
    edits: [
      [
        CERTIFICATE,
        `        const certificate = await client.certificate(drm);\n        const taken = await keys`,
        `        const taken = true;\n        void client.certificate(drm).then((certificate) => keys`,
      ],
      [
        CERTIFICATE,
        `          throw client.fail(createError("certificate-rejected", { cause }));\n        });`,
        `          throw client.fail(createError("certificate-rejected", { cause }));\n        }));`,
      ],
    ],
  },
  {
    name: "dash: a certificate is fetched for every viewer",
    spec: SPEC,
    grep: "without FairPlay no certificate",
    edits: [
      [
        FILE,
        `    player.registerLicenseRequestFilter(this.onRequest);`,
        `    player.registerLicenseRequestFilter(this.onRequest);\n    void client.certificate("fairplay");`,
      ],
    ],
  },
  {
    name: "dash: a failed certificate is a rejection, whose reason dash.js drops",
    spec: SPEC,
    grep: "FairPlay: a certificate that is a sign-in page",
    edits: [
      [
        CERTIFICATE,
        `          if (signal.aborted) throw error;`,
        `          if (!signal.aborted || signal.aborted) throw error;`,
      ],
    ],
  },
  {
    name: "dash: a license is requested after the player was destroyed",
    spec: SPEC,
    grep: "destroyed while a token",
    edits: [[FILE, `      [TEARDOWN, this.onTeardown],\n`, ``]],
  },
  {
    name: "dash: one controller for all sources, so that the second is aborted",
    spec: SPEC,
    grep: "another source during a license request",
    edits: [
      [
        FILE,
        `    this.controller.abort();\n    this.controller = newAbortController();`,
        `    this.controller.abort();`,
      ],
    ],
  },
  {
    name: "dash: every message counts as a license request",
    spec: SPEC,
    grep: "a refused renewal is dash.js",
    edits: [[FILE, `sessionId: session.sessionId, messageType };`, `sessionId: session.sessionId };`]],
  },
  {
    name: "dash: the app's settings for a key system are lost",
    spec: SPEC,
    grep: "own settings for a key system",
    edits: [[FILE, `...wanted[KEY_SYSTEM[drm]],\n`, `\n`]],
  },
  {
    name: "dash: the filter stays after undo",
    spec: SPEC,
    grep: "after undo",
    edits: [
      [FILE, `      player.unregisterLicenseRequestFilter(this.onRequest);`, ``],
      [FILE, `      for (const [type, listener] of listeners) player.off(type as never, listener as never);`, ``],
    ],
  },
  {
    name: "dash: no init data, so the content id is that of the first source",
    spec: SPEC,
    grep: "a second source plays",
    edits: [[FILE, `initData ? { ...context, initData: asBytes(initData) as Octets } : context`, `context`]],
  },
  {
    name: "dash: a license is renewed once, and not again",
    spec: "players.spec",
    grep: "dashjs, fairplay: renewal by interval",
    edits: [
      [
        FILE,
        `    this.renewals.licensedSession(session,`,
        `    if (messageType !== "license-renewal") this.renewals.licensedSession(session,`,
      ],
    ],
  },
];
