// Mistakes of the client that every adapter would inherit: its requests and its state.
const REQUEST = "js/client/request.ts";
const CERTIFICATE = "js/client/certificate.ts";
const PLAYS = { spec: "hls.spec", grep: "the SPC is a form" };
const FORM = `const body = drm === "fairplay" ? await withAssetId(state, form, context) : form;`;
const rewritten = (change) =>
  `const text = decodeText(form);\n  const body = drm === "fairplay" ? encodeText(${change}) : form;`;

export default [
  {
    name: "client: the SPC in base64url",
    ...PLAYS,
    edits: [[REQUEST, FORM, rewritten(`text.replace(/%2B/g, "-").replace(/%2F/g, "_").replace(/%3D/g, "")`)]],
  },
  {
    name: "client: the SPC's base64 is not percent-encoded",
    ...PLAYS,
    edits: [[REQUEST, FORM, rewritten(`decodeURIComponent(text)`)]],
  },
  {
    name: "client: the asset id is not percent-encoded",
    spec: "hls.spec",
    grep: "the asset id is sent",
    edits: [[REQUEST, `encodeURIComponent(assetId)`, `assetId`]],
  },
  {
    name: "client: one token for all requests",
    spec: "hls-errors.spec",
    grep: "a busy server",
    edits: [[REQUEST, `? option(context) : option);`, `? ((state as any).kept ??= option(context)) : option);`]],
  },
  {
    name: "client: a certificate that failed is kept",
    spec: "hls-errors.spec",
    grep: "a certificate that failed to load earlier",
    edits: [[CERTIFICATE, `promise.catch(() => kept.delete(key));`, `promise.catch(() => {});`]],
  },
  {
    name: "client: the token on the certificate's request",
    spec: "hls.spec",
    grep: "fairplay plays demo-cbcs/hls/fairplay",
    edits: [
      [
        CERTIFICATE,
        `method: "GET", url, headers,`,
        `method: "GET", url, headers: { ...headers, "pallycon-customdata-v2": "token" },`,
      ],
    ],
  },
  {
    name: "client: a bare element passes PallyCon's error, sent with status 200, to the CDM",
    spec: "media.spec",
    grep: "refusal: 7301",
    edits: [
      [
        "js/client/client.ts",
        `          const license = read(this, drm, response, request);`,
        `          const license = response.status === 200 ? { data: response.body } : read(this, drm, response, request);`,
      ],
    ],
  },
  {
    name: "client: the circuit does not count refusals",
    spec: "delivery.spec",
    grep: "a bare element @chromium the circuit opens",
    edits: [["js/client/delivery.ts", `core.failed(this.id, source,`, `core.failed(this.id, "page",`]],
  },
  {
    name: "client: an open circuit is ignored",
    spec: "delivery.spec",
    grep: "hls.js @chromium the circuit opens",
    edits: [
      [
        "js/client/delivery.ts",
        `if (step.kind >= Kind.CircuitOpen) throw this.end(step);\n  }`,
        `if (step.kind > Kind.CircuitOpen) throw this.end(step);\n  }`,
      ],
    ],
  },
  {
    name: "client: the limit for all attempts is ignored",
    spec: "delivery.spec",
    grep: "rx-player @chromium retry.total",
    edits: [["js/client/state.ts", `total: total ?? Infinity`, `total: Infinity`]],
  },
  {
    name: "client: an offline browser uses up its attempts",
    spec: "delivery.spec",
    grep: "rx-player @chromium an offline",
    edits: [["js/client/delivery.ts", `this.core.setOnline(isOnline());`, `this.core.setOnline(true);`]],
  },
  {
    name: "client: requests that wait to be online are not woken",
    spec: "delivery.spec",
    grep: "a bare element @chromium an offline",
    edits: [
      [
        "js/client/delivery.ts",
        `addEventListener("online", this.onOnline);\n    this.offline.add`,
        `void 0;\n    this.offline.add`,
      ],
    ],
  },
  {
    name: "client: key ids in GUID order are mistaken for other keys",
    spec: "hls.spec",
    grep: "GUID order are reported",
    edits: [["js/players/parts/key-status.ts", `isSameKeyId(own, id)`, `own === id`]],
  },
  {
    name: "client: no event reports a refused renewal",
    spec: "players.spec",
    grep: "media, widevine: renewal refused",
    edits: [["js/client/client.ts", `            if (renewal) this.renewal(drm, "refused", final);\n`, ``]],
  },
];
