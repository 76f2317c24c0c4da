/**
 * The shapes of the public API. Times are milliseconds, key ids lower-case hex without dashes, system ids lower-case UUIDs
 * with dashes. Bytes that come out are copies of their own, never a view of wasm memory.
 */
import type { PallyConError } from "./errors/error.js";
import type { PallyConErrorCode } from "./generated/codes.js";

export type Octets = Uint8Array<ArrayBuffer>;
export type Bytes = ArrayBuffer | ArrayBufferView;
export type Drm = "widevine" | "playready" | "fairplay" | "clearkey";
export type InitDataType = "cenc" | "keyids" | "webm" | "skd" | "sinf";
export type Scheme = "cenc" | "cbc1" | "cens" | "cbcs";
export type Undo = () => Promise<void>;

/** Something odd that was met and survived while init data was read. inspectAny() adds a `hint`. */
export interface InitDataWarning {
  code: string;
  message: string;
  offset: number;
}

/** Where a field of a finding is: the way to it from `value`, and its place in the finding's `bytes`. */
export interface FieldRange {
  path: (string | number)[];
  offset: number;
  length: number;
}

export interface InitData {
  type: InitDataType;
  /** one per PSSH box, in file order; empty for other types */
  boxes: PsshBox[];
  /** all key ids that any part names, in order of appearance, each once */
  keyIds: string[];
  /** PallyCon's content id (CID), where a part carries it: Widevine's data, or a live skd */
  contentId?: string;
  keyPeriodIndex?: number;
  fairplay?: FairPlayInitData;
  warnings: InitDataWarning[];
}

export interface FairPlayInitData {
  uri?: string;
  /** everything behind `skd://` */
  assetId?: string;
  tracks: FairPlayTrack[];
}

export interface FairPlayTrack {
  codec?: string;
  scheme?: Scheme;
  keyId?: string;
  ivSize?: number;
  /** hex */
  constantIv?: string;
  pattern?: [crypt: number, skip: number];
}

/** ISO/IEC 23001-7, 8.1. */
export interface PsshBox {
  systemId: string;
  /** as in "Widevine"; absent where the registry does not know the id */
  system?: string;
  version: 0 | 1;
  flags: number;
  /** the box's own list (version 1) */
  keyIds: string[];
  data: Octets;
  /** where the box lies in the input */
  offset: number;
  size: number;
  /** a payload that came without a box around it */
  bare?: boolean;
  /** why the payload could not be read; the box itself stands */
  payloadError?: string;
  widevine?: WidevineData;
  playready?: PlayReadyObject;
}

export interface WidevineData {
  algorithm?: string;
  keyIds: string[];
  provider?: string;
  /** as text, where it is UTF-8 */
  contentId?: string;
  contentIdBytes?: Octets;
  trackType?: string;
  policy?: string;
  cryptoPeriodIndex?: number;
  cryptoPeriodSeconds?: number;
  protectionScheme?: Scheme;
  type?: "single" | "entitlement" | "entitled-key";
  keySequence?: number;
  groupIds?: string[];
  entitledKeys?: { entitlementKeyId?: string; keyId?: string }[];
  unknownFields?: { field: number; wireType: number; value: Octets }[];
}

export interface PlayReadyObject {
  version?: string;
  /** key ids in CENC order */
  keys: { keyId: string; algorithm?: string; checksum?: string }[];
  licenseUrl?: string;
  licenseUiUrl?: string;
  domainServiceId?: string;
  decryptorSetup?: string;
  customAttributes?: string;
  keyPeriodIndex?: number;
  hasEmbeddedLicense: boolean;
  xml: string;
}

/** Something a server would refuse, or a browser would not do, and what to do about it. */
export interface Problem {
  code: string;
  message: string;
  hint: string;
}

/** What a license token or callback auth data says, read without any key. */
export interface CustomDataInspection {
  kind: "token" | "auth-data";
  drmType: string;
  siteId: string;
  userId?: string;
  contentId?: string;
  issuedAt?: Date;
  expiresAt?: Date;
  responseFormat?: string;
  keyRotation?: boolean;
  /** most serious first */
  problems: Problem[];
}

/** What custom data should be good for; only what is given is compared. */
export interface ExpectedCustomData {
  now?: Date;
  drm?: Drm;
  siteId?: string;
  contentId?: string;
  keyRotation?: boolean;
  tokenLifetime?: number;
}

/** What a license request is for: told to every callback. */
export interface RequestContext {
  drm: Drm;
  keySystem?: string;
  contentId?: string;
  keyIds: string[];
  initData?: Octets;
  initDataType?: InitDataType;
  sessionId?: string;
  messageType: "license-request" | "license-renewal" | "license-release" | "individualization-request";
  /** "rotation": new key ids after the first license */
  reason: "license" | "renewal" | "release" | "retry" | "rotation";
  signal: AbortSignal;
}

/** A value, or a callback that provides one for each request. */
export type ValueOrProvider<T> = T | ((context: RequestContext) => T | Promise<T>);
/** A content id, or who knows it by what the player found. */
export type ContentId = string | ((what: { keyIds: string[]; initData?: InitData }) => string | undefined);
/** Bytes; text that is base64 or PEM; a URL; a URL with headers; or true for that of host and siteId. */
export type CertificateSource = true | Bytes | string | URL | { url: string | URL; headers?: Record<string, string> };

export interface PallyConOptions {
  /** 4 characters; needed for the certificate URLs */
  siteId?: string;
  /** a license token or callback auth data, or who makes one: asked for every license request; null: a license proxy adds it */
  customData?: ValueOrProvider<string> | null;
  /** the CID, where init data does not carry it (PlayReady, sinf, VOD skd and keyids do not) */
  contentId?: ContentId;
  /** default "https://drm-license.doverunner.com" */
  host?: string;
  /** in place of the host's, for all or per DRM */
  licenseUrl?: ValueOrProvider<string> | Partial<Record<Drm, string>>;
  /** default: from host and siteId */
  certificate?: Partial<Record<"fairplay" | "widevine", CertificateSource>>;
  /** how custom data travels; default "header". "url" needs no CORS preflight, but shows in logs and players' own errors. */
  carrier?: "header" | "url";
  headers?: ValueOrProvider<Record<string, string>>;
  /** FairPlay: `&assetId=` behind the SPC. True: what stands behind `skd://`, where the player knows it. Default: not sent. */
  assetId?: true | ValueOrProvider<string>;
  withCredentials?: boolean;
  /** of the site's tokens, for the warning that one has expired; default 600 000 */
  tokenLifetime?: number;
  /** per attempt; default 10 000 */
  timeout?: number;
  /** default 3 attempts, full jitter, base 500, cap 8 000 */
  retry?: {
    attempts?: number;
    base?: number;
    cap?: number;
    /** no attempt begins later than this after the first; default: no limit */
    total?: number;
    /** after so many refusals of one kind in a row nothing is requested for a while; default: none */
    circuit?: { refusals: number; pause: number };
  };
  /** the longest that a license may be put off to spread a key rotation over viewers, within what is buffered; default 0 */
  rotationSpread?: number;
  /** a response that is larger is refused, however it is compressed; default 1 048 576 */
  maxResponseBytes?: number;
  /** origins that a license or certificate request may be redirected to, with its token; default: none */
  allowRedirects?: string[];
  onEvent?: (event: PallyConEvent) => void;
}

export interface PallyCon {
  /** The HTTP request for a CDM's message; asks for custom data. An individualization request passes untouched. */
  licenseRequest(drm: Drm, message: Bytes, context?: Partial<RequestContext>): Promise<LicenseRequest>;
  /** The license in an HTTP answer, at once. `request` adds what was wrong with its token to a refusal. Throws a PallyConError for anything else. */
  readLicense(drm: Drm, response: LicenseResponse, request?: LicenseRequest): License;
  /** Both, over fetch, with retries and fresh custom data for each. */
  requestLicense(drm: Drm, message: Bytes, context?: Partial<RequestContext>): Promise<License>;
  /** What setServerCertificate takes. Successes are kept by URL for the page; failures are not kept. */
  certificate(drm: "fairplay" | "widevine"): Promise<Octets>;
  /** PlayReadyCDMData (UTF-16) with the token, for platform APIs that take it when a session is made. */
  playreadyCdmData(): Promise<Octets>;
  /** Undoes every adapter that was made with it. */
  dispose(): Promise<void>;
}

export interface LicenseRequest {
  url: string;
  method: "POST" | "GET";
  headers: Record<string, string>;
  body: Octets | null;
  timeout: number;
}
export interface LicenseResponse {
  status: number;
  body: Bytes;
  url?: string;
  headers?: Record<string, string>;
}
export interface License {
  data: Octets;
  /** what stood beside the license, where the token asked for response_format json */
  details?: Record<string, unknown>;
}

/** URLs in events are without their query. */
export type PallyConEvent = { at: number } & (
  | { type: "init-data"; initData: InitData }
  | { type: "custom-data"; drm: Drm; duration: number }
  | { type: "warning"; code: string; message: string; hint: string; drm?: Drm }
  | { type: "request"; drm: Drm; url: string; attempt: number; bytes: number }
  /** `record`: absent where the request was not made by this package */
  | { type: "license"; drm: Drm; duration: number; bytes: number; record?: LicenseRecord }
  | { type: "certificate"; drm: Drm; duration: number; bytes: number }
  | { type: "key-status"; keyId: string; status: string }
  | { type: "retry"; attempt: number; delay: number; error: PallyConError }
  /** the level that is in use, where one was asked for; `refused`: the one above it, which the CDM or the content refuses */
  | {
      type: "robustness";
      drm: Drm;
      keySystem: string;
      robustness?: { video?: string; audio?: string };
      refused?: string;
    }
  /** "refused": the keys are valid until they expire */
  | { type: "license-renewal"; drm: Drm; outcome: "requested" | "granted" | "refused"; error?: PallyConError }
  /** requests are paused (reason "circuit-open" or "offline"), or go on */
  | { type: "delivery"; state: "paused" | "resumed"; reason: string; until?: number }
  /** `record`: where the error ended a license request */
  | { type: "error"; error: PallyConError; record?: LicenseRecord }
);

/** What came of one license request over all its attempts: all that a QoE backend needs. No token, key or URL is in it. */
export interface LicenseRecord {
  drm: Drm;
  keySystem?: string;
  contentId?: string;
  keyPeriodIndex?: number;
  sessionId?: string;
  messageType: RequestContext["messageType"];
  /** of the first attempt */
  reason: RequestContext["reason"];
  /** or the code of the error */
  outcome: "licensed" | PallyConErrorCode;
  attempts: number;
  /** of the attempts that failed, in their order */
  codes: PallyConErrorCode[];
  /** from the CDM's message to the license or the error, all waits included */
  duration: number;
  /** of these, between attempts */
  waited: number;
  /** of these, to spread a key rotation */
  spread: number;
  /** of this package */
  version: string;
}

/** What every adapter takes: in place of the client's own, for this player alone. */
export interface AdapterOptions {
  contentId?: ContentId | undefined;
  /** null: a license proxy adds it */
  customData?: ValueOrProvider<string> | null | undefined;
  /**
   * Renews licenses of FairPlay and PlayReady at least that often, in milliseconds, for servers that count or stop streams by
   * renewals. Widevine's CDM does it on its own, when the license says so.
   */
  renewal?: { interval: number } | undefined;
  /** as in EME, for Widevine: "required" where the account counts devices (stream limits), because Widevine keeps their identity only then */
  persistentState?: MediaKeysRequirement | undefined;
  /** "hardware": the highest level that `probe()` finds, then lower ones; "software": those that need no hardware; an object: as in EME */
  robustness?: Robustness | undefined;
}
/** How well the CDM protects media. Levels by name are the DRM's: "HW_SECURE_ALL" is Widevine's, "3000" PlayReady's. */
export type Robustness = "hardware" | "software" | { video?: string; audio?: string };

export interface ProbeOptions {
  /** what the content needs: "avc1.64001f", or a whole content type; default H.264 and AAC in MP4 */
  codecs?: { video?: string; audio?: string };
  /** only these */
  drms?: Drm[];
  /** only where this scheme works; default: each is asked for, and those that work are named */
  scheme?: "cenc" | "cbcs";
  /** default 5 000 */
  timeout?: number;
}

/** A DRM that the browser can really use. */
export interface Probed {
  drm: Drm;
  keySystem: string;
  robustness?: { video?: string; audio?: string };
  /** L1, L3; SL150, SL2000, SL3000; absent where the browser does not tell */
  securityLevel?: string;
  initDataTypes: InitDataType[];
  schemes: ("cenc" | "cbcs")[];
  /** the highest HDCP version that the outputs meet, "none" where they meet none; absent where the browser does not tell */
  maxHdcp?: string;
  persistentLicense: boolean;
}

/** What `diagnose` looks at beside the browser itself. */
export interface DiagnoseOptions {
  /** license server, certificate, media: asked for with GET, never with a token */
  urls?: string[];
  /** what is known of the content, so that what this browser cannot play is named */
  content?: { scheme?: Scheme; videoKeyIds?: string[]; audioKeyIds?: string[] };
  /** the DRM that was chosen; default: the first that `probe` finds */
  drm?: Drm;
  /** default 8 000 */
  timeout?: number;
}
