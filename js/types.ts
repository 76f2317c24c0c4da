/**
 * The types of the public API. Times are in milliseconds, key ids are lower-case hex without dashes, system ids are
 * lower-case
 * UUIDs with dashes. Bytes that come out are independent copies, never a view of wasm memory.
 */
import type { PallyConError } from "./errors/error.js";
import type { PallyConErrorCode } from "./generated/codes.js";

export type Octets = Uint8Array<ArrayBuffer>;
export type Bytes = ArrayBuffer | ArrayBufferView;
export type Drm = "widevine" | "playready" | "fairplay" | "clearkey";
export type InitDataType = "cenc" | "keyids" | "webm" | "skd" | "sinf";
export type Scheme = "cenc" | "cbc1" | "cens" | "cbcs";
export type Undo = () => Promise<void>;

/** A defect in init data that did not prevent reading it. inspectAny() adds a `hint`. */
export interface InitDataWarning {
  code: string;
  message: string;
  offset: number;
}

/** Where a field of a finding is: its path from `value`, and its place in the finding's `bytes`. */
export interface FieldRange {
  path: (string | number)[];
  offset: number;
  length: number;
}

export interface InitData {
  type: InitDataType;
  /** one per PSSH box, in file order; empty for other types */
  boxes: PsshBox[];
  /** all key ids that any part names, in order of appearance, without repetitions */
  keyIds: string[];
  /** PallyCon's content id (CID), if a part carries it: Widevine's data, or a live skd */
  contentId?: string;
  keyPeriodIndex?: number;
  fairplay?: FairPlayInitData;
  warnings: InitDataWarning[];
}

export interface FairPlayInitData {
  uri?: string;
  /** everything after `skd://` */
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
  /** as in "Widevine"; absent if the registry does not know the id */
  system?: string;
  version: 0 | 1;
  flags: number;
  /** the box's own list (version 1) */
  keyIds: string[];
  data: Octets;
  /** the place of the box in the input */
  offset: number;
  size: number;
  /** a payload without a box around it */
  bare?: boolean;
  /** why the payload could not be read; the box itself is valid */
  payloadError?: string;
  widevine?: WidevineData;
  playready?: PlayReadyObject;
}

export interface WidevineData {
  algorithm?: string;
  keyIds: string[];
  provider?: string;
  /** as text, if it is UTF-8 */
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

/** Something that a server would refuse, or a browser would not do, and what to do about it. */
export interface Problem {
  code: string;
  message: string;
  hint: string;
}

/** The contents of a license token or callback auth data, read without any key. */
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

/** What custom data are expected to be valid for; only the given fields are compared. */
export interface ExpectedCustomData {
  now?: Date;
  drm?: Drm;
  siteId?: string;
  contentId?: string;
  keyRotation?: boolean;
  tokenLifetime?: number;
}

/** The context of a license request, passed to every callback. */
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
/** A content id, or a callback that derives it from what the player found. */
export type ContentId = string | ((what: { keyIds: string[]; initData?: InitData }) => string | undefined);
/** Bytes; text in base64 or PEM; a URL; a URL with headers; or true for the certificate of host and siteId. */
export type CertificateSource = true | Bytes | string | URL | { url: string | URL; headers?: Record<string, string> };

export interface PallyConOptions {
  /** 4 characters; required for the certificate URLs */
  siteId?: string;
  /**
   * a license token or callback auth data, or a callback that returns one for each license request; null: a license
   * proxy adds it
   */
  customData?: ValueOrProvider<string> | null;
  /** the content ID (CID), for init data without one (PlayReady, sinf, VOD skd and keyids) */
  contentId?: ContentId;
  /** default "https://drm-license.doverunner.com" */
  host?: string;
  /** replaces the host's license URL, for all or per DRM */
  licenseUrl?: ValueOrProvider<string> | Partial<Record<Drm, string>>;
  /** default: from host and siteId */
  certificate?: Partial<Record<"fairplay" | "widevine", CertificateSource>>;
  /**
   * how custom data are sent; default "header". "url" avoids the CORS preflight, but appears in logs and in players'
   * own errors.
   */
  carrier?: "header" | "url";
  headers?: ValueOrProvider<Record<string, string>>;
  /**
   * FairPlay: adds `&assetId=` after the SPC. True: the part after `skd://`, if the player knows it. Default: not sent.
   */
  assetId?: true | ValueOrProvider<string>;
  withCredentials?: boolean;
  /** lifetime of the site's tokens, for the warning that one has expired; default 600 000 */
  tokenLifetime?: number;
  /** per attempt; default 10 000 */
  timeout?: number;
  /** default 3 attempts, full jitter, base 500, cap 8 000 */
  retry?: {
    attempts?: number;
    base?: number;
    cap?: number;
    /** no attempt starts later than this after the first; default: no limit */
    total?: number;
    /** after this many refusals of one kind in a row, requests pause for a while; default: off */
    circuit?: { refusals: number; pause: number };
  };
  /**
   * the longest that a license may be delayed to spread a key rotation over viewers, within what is buffered; default 0
   */
  rotationSpread?: number;
  /** a larger response is refused, whatever its compression; default 1 048 576 */
  maxResponseBytes?: number;
  /** origins that a license or certificate request may be redirected to, with its token; default: none */
  allowRedirects?: string[];
  onEvent?: (event: PallyConEvent) => void;
}

export interface PallyCon {
  /**
   * Makes the HTTP request for a CDM's message; gets the custom data. An individualization request is passed on
   * unchanged.
   */
  licenseRequest(drm: Drm, message: Bytes, context?: Partial<RequestContext>): Promise<LicenseRequest>;
  /**
   * Returns the license in an HTTP response, synchronously. With `request`, a refusal includes the problems of its
   * token. Throws a PallyConError for anything but a license.
   */
  readLicense(drm: Drm, response: LicenseResponse, request?: LicenseRequest): License;
  /** Both of the above, with fetch, with retries and fresh custom data for each. */
  requestLicense(drm: Drm, message: Bytes, context?: Partial<RequestContext>): Promise<License>;
  /**
   * Returns what setServerCertificate accepts. Successful downloads are cached by URL for the page; failures are not.
   */
  certificate(drm: "fairplay" | "widevine"): Promise<Octets>;
  /** Returns PlayReadyCDMData (UTF-16) with the token, for platform APIs that take it when a session is created. */
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
  /** what accompanied the license, if the token asked for response_format json */
  details?: Record<string, unknown>;
}

/** URLs in events have no query. */
export type PallyConEvent = { at: number } & (
  | { type: "init-data"; initData: InitData }
  | { type: "custom-data"; drm: Drm; duration: number }
  | { type: "warning"; code: string; message: string; hint: string; drm?: Drm }
  | { type: "request"; drm: Drm; url: string; attempt: number; bytes: number }
  /** `record`: absent if this package did not make the request */
  | { type: "license"; drm: Drm; duration: number; bytes: number; record?: LicenseRecord }
  | { type: "certificate"; drm: Drm; duration: number; bytes: number }
  | { type: "key-status"; keyId: string; status: string }
  | { type: "retry"; attempt: number; delay: number; error: PallyConError }
  /** the level in use, if one was requested; `refused`: the next higher one, which the CDM or the content refuses */
  | {
      type: "robustness";
      drm: Drm;
      keySystem: string;
      robustness?: { video?: string; audio?: string };
      refused?: string;
    }
  /** "refused": the keys are valid until they expire */
  | { type: "license-renewal"; drm: Drm; outcome: "requested" | "granted" | "refused"; error?: PallyConError }
  /** requests are paused (reason "circuit-open" or "offline"), or continue */
  | { type: "delivery"; state: "paused" | "resumed"; reason: string; until?: number }
  /** `record`: present if the error ended a license request */
  | { type: "error"; error: PallyConError; record?: LicenseRecord }
);

/**
 * The outcome of one license request with all its attempts: everything that a QoE backend needs. Contains no token, key
 * or URL.
 */
export interface LicenseRecord {
  drm: Drm;
  keySystem?: string;
  contentId?: string;
  keyPeriodIndex?: number;
  sessionId?: string;
  messageType: RequestContext["messageType"];
  /** of the first attempt */
  reason: RequestContext["reason"];
  /** or the error's code */
  outcome: "licensed" | PallyConErrorCode;
  attempts: number;
  /** of the failed attempts, in order */
  codes: PallyConErrorCode[];
  /** from the CDM's message to the license or the error, including all waits */
  duration: number;
  /** part of it: between attempts */
  waited: number;
  /** part of it: to spread a key rotation */
  spread: number;
  /** of this package */
  version: string;
}

/** The options of every adapter: they override the client's for this player. */
export interface AdapterOptions {
  contentId?: ContentId | undefined;
  /** null: a license proxy adds it */
  customData?: ValueOrProvider<string> | null | undefined;
  /**
   * Renews FairPlay and PlayReady licenses at least this often, in milliseconds, for servers that count or stop streams
   * by renewals. Widevine's CDM does that on its own, when the license says so.
   */
  renewal?: { interval: number } | undefined;
  /**
   * as in EME, for Widevine: "required" if the account counts devices (stream limits), because only then Widevine keeps
   * their identity
   */
  persistentState?: "required" | "optional" | "not-allowed" | undefined;
  /**
   * "hardware": the highest level that `probe()` finds, then lower ones; "software": those that need no hardware; an
   * object: as in EME
   */
  robustness?: Robustness | undefined;
}
/**
 * How well the CDM protects media. Level names are the DRM's own: "HW_SECURE_ALL" is Widevine's, "3000" PlayReady's.
 */
export type Robustness = "hardware" | "software" | { video?: string; audio?: string };

export interface ProbeOptions {
  /** what the content needs: "avc1.64001f", or a full content type; default H.264 and AAC in MP4 */
  codecs?: { video?: string; audio?: string };
  /** only these */
  drms?: Drm[];
  /** only DRMs that support this scheme; default: each is queried, and the supported ones are listed */
  scheme?: "cenc" | "cbcs";
  /** default 5 000 */
  timeout?: number;
}

/** A DRM that the browser can really use. */
export interface Probed {
  drm: Drm;
  keySystem: string;
  robustness?: { video?: string; audio?: string };
  /** L1, L3; SL150, SL2000, SL3000; absent if the browser does not reveal it */
  securityLevel?: string;
  initDataTypes: InitDataType[];
  schemes: ("cenc" | "cbcs")[];
  /**
   * the highest HDCP version that the outputs support, "none" if they support none; absent if the browser does not
   * reveal it
   */
  maxHdcp?: string;
  persistentLicense: boolean;
}

/** What `diagnose` checks besides the browser itself. */
export interface DiagnoseOptions {
  /** license server, certificate, media: requested with GET, never with a token */
  urls?: string[];
  /** the content, as far as you know it: the problems name the parts that this browser cannot play */
  content?: { scheme?: Scheme; videoKeyIds?: string[]; audioKeyIds?: string[] };
  /** the chosen DRM; default: the first that `probe` finds */
  drm?: Drm;
  /** default 8 000 */
  timeout?: number;
}
