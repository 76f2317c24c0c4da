// Mistakes of the client that every adapter would inherit: what it posts, and what it remembers.
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
    grep: "the asset id goes",
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
    grep: "a certificate that failed before",
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
    name: "client: PallyCon's error, sent under 200, is given to the CDM of a bare element",
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
    name: "client: refusals are not counted by the circuit",
    spec: "delivery.spec",
    grep: "a bare element @chromium the circuit opens",
    edits: [["js/client/delivery.ts", `core.failed(this.id, source,`, `core.failed(this.id, "page",`]],
  },
  {
    name: "client: an open circuit is not looked at",
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
    name: "client: the limit for all attempts is forgotten",
    spec: "delivery.spec",
    grep: "rx-player @chromium retry.total",
    edits: [["js/client/state.ts", `total: total ?? Infinity`, `total: Infinity`]],
  },
  {
    name: "client: a browser that is offline loses its attempts",
    spec: "delivery.spec",
    grep: "rx-player @chromium offline",
    edits: [["js/client/delivery.ts", `this.core.setOnline(isOnline());`, `this.core.setOnline(true);`]],
  },
  {
    name: "client: nobody wakes what waits to be online",
    spec: "delivery.spec",
    grep: "a bare element @chromium offline",
    edits: [
      [
        "js/client/delivery.ts",
        `addEventListener("online", this.onOnline);\n    this.offline.add`,
        `void 0;\n    this.offline.add`,
      ],
    ],
  },
  {
    name: "client: key ids in GUID order are taken for other keys",
    spec: "hls.spec",
    grep: "GUID order are told",
    edits: [["js/players/parts/key-status.ts", `isSameKeyId(own, id)`, `own === id`]],
  },
  {
    name: "client: no event says that a renewal was refused",
    spec: "players.spec",
    grep: "media, widevine: renewal refused",
    edits: [["js/client/client.ts", `            if (renewal) this.renewal(drm, "refused", final);\n`, ``]],
  },
];
