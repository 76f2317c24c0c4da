// Mistakes that are easy to make in an hls.js adapter, and that integrators have made. A test must catch each.
const FILE = "js/players/hls.ts";
const PLAYS = { spec: "hls.spec", grep: "fairplay plays demo-cbcs/hls/fairplay" };
const REFUSED = { spec: "hls-errors.spec", grep: "a site without FairPlay is|a sign-in page with status 200" };

export default [
  {
    name: "hls: setRequestHeader before open",
    ...PLAYS,
    edits: [
      [FILE, `  xhr.open(prepared.method, prepared.url, true);\n`, ``],
      [
        FILE,
        `  // It also reads the buffer`,
        `  xhr.open(prepared.method, prepared.url, true);\n  // It also reads the buffer`,
      ],
    ],
  },
  {
    name: "hls: the license callback throws, and the response is passed to the CDM",
    ...REFUSED,
    edits: [
      [
        FILE,
        `  overrideResponse(client, xhr, drm, prepared, request);\n`,
        `  (xhr as never as { sent: unknown }).sent = [drm, prepared];\n`,
      ],
      [
        FILE,
        `    emeEnabled: true,\n    drmSystems,`,
        `    emeEnabled: true,\n    licenseResponseCallback(xhr: never) {\n      const { sent: [drm, prepared], status, response } = xhr as any;\n      return client.readLicense(drm, { status, body: response }, prepared).data.buffer;\n    },\n    drmSystems,`,
      ],
    ],
  },
  {
    name: "hls: PallyCon's error, sent with status 200, is passed to the CDM",
    ...REFUSED,
    edits: [
      [
        FILE,
        `      if (error.code === "internal") {\n        client.fail(error);\n        return {`,
        `      if (error.httpStatus === 200) {\n        client.fail(error);\n        return {`,
      ],
    ],
  },
  {
    name: "hls: a refusal looks like a temporary failure",
    spec: "hls-errors.spec",
    grep: "a site without FairPlay is",
    edits: [[FILE, `final ? refused : 503`, `503`]],
  },
  {
    name: "hls: a busy server looks like a refusal",
    spec: "hls-errors.spec",
    grep: "a busy server",
    edits: [[FILE, `final ? refused : 503`, `refused`]],
  },
  {
    name: "hls: hls.js's second call of a failed setup asks the backend again",
    spec: "hls-errors.spec",
    grep: "a backend without a token",
    edits: [[FILE, `      let setup = setups.get(xhr);`, `      let setup: Promise<Octets | undefined> | undefined;`]],
  },
  {
    name: "hls: the token on every request",
    ...PLAYS,
    edits: [
      [
        FILE,
        `    emeEnabled: true,\n    drmSystems,`,
        `    emeEnabled: true,\n    xhrSetup(xhr: XMLHttpRequest, url: string) {\n      xhr.open("GET", url, true);\n      xhr.setRequestHeader("pallycon-customdata-v2", "token");\n    },\n    drmSystems,`,
      ],
    ],
  },
  {
    name: "hls: the certificate as the base64 text that the server sends",
    ...PLAYS,
    edits: [
      [
        FILE,
        `new Blob([await client.certificate(drm)])`,
        `new Blob([btoa(String.fromCharCode(...await client.certificate(drm)))])`,
      ],
    ],
  },
  {
    name: "hls: nothing waits for the certificate",
    ...PLAYS,
    edits: [
      [FILE, `await (early ?? load(keySystem, "fairplay"))`, `void (early ?? load(keySystem, "fairplay"))`],
      [
        FILE,
        `await (early = load(FAIRPLAY, "fairplay"))`,
        `void (early = new Promise((done) => setTimeout(done, 3000)).then(() => load(FAIRPLAY, "fairplay")))`,
      ],
    ],
  },
  {
    name: "hls: the certificate is fetched without FairPlay",
    spec: "hls.spec",
    grep: "without FairPlay no certificate is fetched",
    edits: [
      [
        FILE,
        `      await navigator.requestMediaKeySystemAccess(FAIRPLAY,`,
        `      void navigator.requestMediaKeySystemAccess(FAIRPLAY,`,
      ],
      [FILE, `avc1.42E01E"' }] },\n      ]);`, `avc1.42E01E"' }] },\n      ]).catch(() => {});`],
    ],
  },
  {
    name: "hls: the certificate's URL is never revoked",
    spec: "hls.spec",
    grep: "a blob URL",
    edits: [[FILE, `URL.revokeObjectURL(system.serverCertificateUrl);`, ``]],
  },
  {
    name: "hls: a second Content-Type on PlayReady's request",
    spec: "hls.spec",
    grep: "message as utf16 ",
    edits: [[FILE, `if (drm !== "playready" || !/^content-type$/i.test(name)) xhr`, `xhr`]],
  },
  {
    name: "hls: hls.js unwraps PlayReady's message once more",
    spec: "hls.spec",
    grep: "message as raw-odd",
    edits: [
      [
        FILE,
        `  if (drm === "playready" && body) Object.defineProperty`,
        `  if (drm === "widevine" && body) Object.defineProperty`,
      ],
    ],
  },
  {
    name: "hls: PlayReady's UTF-8 wrapper is posted unchanged",
    spec: "hls.spec",
    grep: "message as utf8",
    edits: [
      [
        FILE,
        `  overrideResponse(client, xhr, drm, prepared, request);\n  return body;`,
        `  overrideResponse(client, xhr, drm, prepared, request);\n  return drm === "playready" ? undefined : body;`,
      ],
    ],
  },
  {
    name: "hls: the playlist's key id is trusted",
    spec: "hls.spec",
    grep: "are corrected",
    edits: [
      [FILE, `      key.keyId = defaultKeyId(fragment.initSegment.data) ?? key.keyId;`, `      void defaultKeyId;`],
    ],
  },
  {
    name: "hls: FairPlay in MPEG-TS is left to hls.js",
    spec: "hls-errors.spec",
    grep: "MPEG-TS",
    edits: [
      [FILE, `    if (!fragment.initSegment) {`, `    if (!fragment.initSegment && !details) {`],
      [FILE, `    } else {\n      key.keyId`, `    } else if (fragment.initSegment) {\n      key.keyId`],
    ],
  },
  {
    name: "hls: each track that waits for a refused key requests it",
    spec: "hls-errors.spec",
    grep: "one refused license",
    edits: [[FILE, `if (!(this as Hls).loadingEnabled && refused`, `if (this === refused && refused`]],
  },
  {
    name: "hls: a request that hls.js aborts is an error",
    spec: "hls-errors.spec",
    grep: "destroyed during",
    edits: [[FILE, `    if (givenUp) return { status: 499, statusText: "aborted", response: null };\n`, ``]],
  },
  {
    name: "hls: no time limit",
    spec: "hls-errors.spec",
    grep: "exceeds the timeout",
    edits: [
      [FILE, `    late = true;\n    abort();\n  }, prepared.timeout);`, `    late = true;\n  }, prepared.timeout);`],
    ],
  },
  {
    name: "hls: our error cannot be found in hls.js's",
    ...REFUSED,
    edits: [[FILE, `      xhr.pallyConError = final ?? error;\n`, ``]],
  },
  {
    name: "hls: a renewal is left to hls.js, which closes the session of a refused one",
    spec: "players.spec",
    grep: "hls.js, widevine: renewal refused",
    edits: [["js/players/hls.ts", `if (session.keyStatuses.size > 0) {`, `if (session.keyStatuses.size > 99) {`]],
  },
  {
    name: "hls: FairPlay's session gets the wrong renewal command",
    spec: "players.spec",
    grep: "hls.js, fairplay: renewal by interval",
    edits: [["js/players/parts/renewal.ts", `encode("renew")`, `encode("Renew")`]],
  },
];
