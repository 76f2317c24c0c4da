// "pallycon-drm" as a user's compiler sees it: every exported name in use, and what must not compile.
import {
  PallyConError,
  createPallyCon,
  diagnose,
  init,
  inspectCustomData,
  parseInitData,
  probe,
  sameKeyId,
  type Drm,
  type InitData,
  type License,
  type LicenseRequest,
  type PallyCon,
  type PallyConErrorCode,
  type PallyConEvent,
  type PallyConOptions,
  type PlayReadyObject,
  type Probed,
  type Problem,
  type PsshBox,
  type RequestContext,
  type Undo,
  type WidevineData,
} from "pallycon-drm";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T => true as T;

// ---- loading
const loaded: Promise<void> = init();
void init("/assets/pallycon.wasm");
void init(new URL("https://example.com/a.wasm"));
void init(fetch("/a.wasm"));
void init(new Uint8Array(8));
declare const module_: WebAssembly.Module;
void init(module_);
void loaded;

// ---- init data
const data: InitData = parseInitData(new Uint8Array(), { type: "cenc", strict: true });
parseInitData("AAAANHBzc2g=");
parseInitData(new ArrayBuffer(0));
parseInitData(new DataView(new ArrayBuffer(0)));
// @ts-expect-error no such init data type
parseInitData("", { type: "mp4" });
const box: PsshBox | undefined = data.boxes[0];
const widevine: WidevineData | undefined = box?.widevine;
const playready: PlayReadyObject | undefined = box?.playready;
const version: 0 | 1 | undefined = box?.version;
const payload: Uint8Array<ArrayBuffer> | undefined = box?.data;
const contentId: string | undefined = data.contentId ?? widevine?.contentId;
const scheme: "cenc" | "cbc1" | "cens" | "cbcs" | undefined = widevine?.protectionScheme;
const keys: { keyId: string; algorithm?: string; checksum?: string }[] = playready?.keys ?? [];
const warnings: { code: string; message: string; offset: number }[] = data.warnings;
holds<Equal<InitData["type"], "cenc" | "keyids" | "webm" | "skd" | "sinf">>();
void [version, payload, contentId, scheme, keys, warnings];

const same: boolean = sameKeyId("00", new Uint8Array(16));
void same;

// ---- custom data
const inspected = inspectCustomData("token", {
  now: new Date(),
  drm: "widevine",
  siteId: "DEMO",
  contentId: "a",
  keyRotation: false,
  tokenLifetime: 600_000,
});
const problems: Problem[] = inspected.problems;
const kind: "token" | "auth-data" = inspected.kind;
const expires: Date | undefined = inspected.expiresAt;
void [problems.map(({ code, message, hint }) => `${code}${message}${hint}`), kind, expires];

// ---- the browser
const probed: Promise<Probed[]> = probe({
  codecs: { video: "avc1.64001f" },
  drms: ["widevine", "playready"],
  scheme: "cbcs",
  timeout: 1000,
});
void probed.then(([best]) => [
  best?.drm,
  best?.robustness?.video,
  best?.securityLevel,
  best?.maxHdcp,
  best?.schemes.length,
]);
const diagnosed: Promise<Problem[]> = diagnose({
  urls: ["https://example.com/license"],
  content: { scheme: "cenc", videoKeyIds: [], audioKeyIds: [] },
});
void diagnosed;
// @ts-expect-error a codec needs its kind
void probe({ codecs: "avc1.64001f" });

// ---- the client
const options: PallyConOptions = {
  siteId: "DEMO",
  customData: async ({ drm, contentId: id, keyIds, reason, messageType, signal }: RequestContext) =>
    `${drm}${id}${keyIds.join()}${reason}${messageType}${signal.aborted}`,
  contentId: ({ keyIds, initData }) => initData?.contentId ?? keyIds[0],
  host: "https://drm-license.doverunner.com",
  licenseUrl: { widevine: "https://example.com/license" },
  certificate: {
    fairplay: new URL("https://example.com/fps.cer"),
    widevine: { url: "https://example.com/wv", headers: { a: "b" } },
  },
  carrier: "url",
  headers: { "x-session": "1" },
  withCredentials: true,
  tokenLifetime: 1,
  timeout: 1,
  retry: { attempts: 1, base: 1, cap: 1 },
  rotationSpread: 0,
  onEvent: (event: PallyConEvent) => void told(event),
};
const client: Promise<PallyCon> = createPallyCon(options);
// @ts-expect-error no such option
void createPallyCon({ events: ["error"] });
void createPallyCon({ customData: null });
void createPallyCon({
  customData: "a token",
  licenseUrl: ({ drm }) => `https://example.com/${drm}`,
  headers: async () => ({}),
});
// @ts-expect-error custom data travels in the header or the URL
void createPallyCon({ carrier: "body" });
// @ts-expect-error the site key stays on a server: no option accepts it
void createPallyCon({ siteKey: "" });

export async function licenses(pallycon: PallyCon, message: ArrayBuffer): Promise<Undo> {
  const request: LicenseRequest = await pallycon.licenseRequest("playready", message, {
    sessionId: "s",
    messageType: "license-renewal",
  });
  const headers: Record<string, string> = request.headers;
  const response = await fetch(request.url, { method: request.method, headers, body: request.body });
  const license: License = pallycon.readLicense(
    "playready",
    { status: response.status, body: await response.arrayBuffer() },
    request,
  );
  const again: License = await pallycon.requestLicense("widevine", message);
  const certificate: Uint8Array<ArrayBuffer> = await pallycon.certificate("fairplay");
  const cdmData: Uint8Array<ArrayBuffer> = await pallycon.playreadyCdmData();
  // @ts-expect-error there is no such DRM
  await pallycon.requestLicense("primetime", message);
  // @ts-expect-error PlayReady has no service certificate here
  await pallycon.certificate("playready");
  void [license.data.byteLength, again.details, certificate, cdmData];
  return () => pallycon.dispose();
}
void client;

// ---- events: each is known by its type, and none is left over
export function told(event: PallyConEvent): string {
  const at: number = event.at;
  switch (event.type) {
    case "init-data":
      return event.initData.type;
    case "custom-data":
      return `${event.drm} ${event.duration} ${at}`;
    case "warning":
      return `${event.code} ${event.message} ${event.hint} ${event.drm ?? ""}`;
    case "request":
      return `${event.url} ${event.attempt} ${event.bytes}`;
    case "license":
    case "certificate":
      return `${event.drm} ${event.duration} ${event.bytes}`;
    case "key-status":
      return `${event.keyId} ${event.status}`;
    case "retry":
      return `${event.attempt} ${event.delay} ${event.error.code}`;
    case "license-renewal":
      return `${event.drm} ${event.outcome} ${event.error?.code ?? ""}`;
    case "robustness":
      return `${event.drm} ${event.keySystem} ${event.robustness?.video ?? ""} ${event.refused ?? ""}`;
    case "delivery":
      return `${event.state} ${event.reason} ${event.until ?? at}`;
    case "error":
      return `${event.error.message} ${event.record?.outcome ?? ""} ${event.record?.codes.join() ?? ""}`;
    default:
      return event satisfies never;
  }
}

// ---- errors
export function explain(error: unknown): string {
  if (!(error instanceof PallyConError)) return String(error);
  const name: "PallyConError" = error.name;
  const base: Error = error;
  const phase:
    | "environment"
    | "init-data"
    | "custom-data"
    | "certificate"
    | "license"
    | "session"
    | "manifest"
    | "segment"
    | "server" = error.phase;
  const site: { code: string; message: string } | undefined = error.siteError;
  const flags: boolean[] = [error.retryable, error.noRetry, error.fallbackOnLastTry];
  const json: Record<string, unknown> = error.toJSON();
  const code: PallyConErrorCode = error.code;
  // @ts-expect-error no such code
  if (code === "token-expird") return code;
  if (code === "token-expired" || code === "kms-refused") return code;
  // @ts-expect-error an error's fields are read-only
  error.code = "other";
  return `${name} ${base.message} ${error.code} ${phase} ${error.hint} ${error.serverCode} ${error.serverMessage} ${site?.code} ${error.httpStatus} ${error.problems?.length} ${flags} ${error.keySystem} ${error.cause} ${json}`;
}

// ---- codes: one union for all entries, so that a misspelled one does not compile (tests/js/errors.test.mjs has all of
// them)
const someCodes: PallyConErrorCode[] = [
  "token-expired",
  "wasm-unreachable",
  "script-unreachable",
  "options-invalid",
  "insecure-context",
  "segment-invalid",
  "account-invalid",
  "kms-refused",
];
// @ts-expect-error misspelled
const misspelled: PallyConErrorCode = "token-expird";
holds<Equal<PallyConError["code"], PallyConErrorCode>>();
holds<Equal<string extends PallyConErrorCode ? "any text" : "a union", "a union">>();
void [someCodes, misspelled];

holds<Equal<Drm, "widevine" | "playready" | "fairplay" | "clearkey">>();
