// Mistakes of the client that every adapter would inherit: what it posts, and what it remembers.
const FILE = "js/client.ts";
const PLAYS = { spec: "hls.spec", grep: "the SPC is a form" };
const FORM = `const body = drm === "fairplay" ? await this.withAssetId(form!, context) : form!;`;
const rewritten = (change) => `const text = textOf(form);\n    const body = drm === "fairplay" ? utf8(${change}) : form!;`;

export default [
  {
    name: "client: the SPC in base64url", ...PLAYS,
    edits: [[FILE, FORM, rewritten(`text.replace(/%2B/g, "-").replace(/%2F/g, "_").replace(/%3D/g, "")`)]],
  },
  {
    name: "client: the SPC's base64 is not percent-encoded", ...PLAYS,
    edits: [[FILE, FORM, rewritten(`decodeURIComponent(text)`)]],
  },
  {
    name: "client: the asset id is not percent-encoded", spec: "hls.spec", grep: "the asset id goes",
    edits: [[FILE, `encodeURIComponent(assetId)`, `assetId`]],
  },
  {
    name: "client: one token for all requests", spec: "hls-errors.spec", grep: "a busy server",
    edits: [[FILE, `async () => resolve(option, context))`, `async () => ((this as any).kept ??= resolve(option, context)))`]],
  },
  {
    name: "client: a certificate that failed is kept", spec: "hls-errors.spec", grep: "a certificate that failed before",
    edits: [["js/certificate.ts", `promise.catch(() => kept.delete(key));`, `promise.catch(() => {});`]],
  },
  {
    name: "client: the token on the certificate's request", spec: "hls.spec", grep: "fairplay plays demo-cbcs/hls/fairplay",
    edits: [["js/certificate.ts", `method: "GET", url, headers,`, `method: "GET", url, headers: { ...headers, "pallycon-customdata-v2": "token" },`]],
  },
  {
    name: "client: PallyCon's error, sent under 200, is given to the CDM of a bare element", spec: "media.spec", grep: "refusal: 7301",
    edits: [[FILE, `        return await this.readLater(drm, answer, request);`, `        return answer.status === 200 ? { data: answer.body } : await this.readLater(drm, answer, request);`]],
  },
  {
    name: "client: key ids in GUID order are taken for other keys", spec: "hls.spec", grep: "GUID order are told",
    edits: [["js/players/parts/key-status.ts", `isSameKeyId(own, id)`, `own === id`]],
  },
  {
    name: "client: a page that only plays loads the full module", spec: "small.spec", grep: "shaka, Widevine: the small module is enough",
    edits: [[FILE, `await loadPlayer(client.curious);`, `await loadPlayer(true);`]],
  },
  {
    name: "client: a refusal is told without its explanation", spec: "small.spec", grep: "an expired token: the full module comes",
    edits: [[FILE, `    await loadToExplain();\n    return this.read`, `    void loadToExplain();\n    return this.read`]],
  },
];
