/**
 * The types of the server entry. Policy keys are PallyCon's wire names; times are Dates, or text in PallyCon's format.
 */
import type { Policy } from "./policy.js";

export type * from "./cpix-types.js";
export type * from "./policy.js";
export type { ViewInfo } from "./load.js";

/** A site's account, as shown in the console (Multi-DRM, DRM settings). */
export interface Account {
  /** 4 characters */
  siteId: string;
  /** 32 characters, unchanged */
  siteKey: string;
  /** required for license tokens */
  accessKey?: string | undefined;
}

/** In any case: `"widevine"` works, too. */
export type DrmType =
  | "NCG"
  | "Widevine"
  | "PlayReady"
  | "FairPlay"
  | "Wiseplay"
  | Lowercase<"NCG" | "Widevine" | "PlayReady" | "FairPlay" | "Wiseplay">;

export interface LicenseTokenOptions {
  drmType: DrmType;
  /** default `LICENSETOKEN`, PallyCon's value for an unnamed user */
  userId?: string | undefined;
  /** the content ID (CID) that the content was packaged with */
  contentId: string;
  policy?: Policy | undefined;
  /** web players need `original`, the default */
  responseFormat?: "original" | "json" | "custom" | undefined;
  /** must be true for live content with rotating keys */
  keyRotation?: boolean | undefined;
  /** default now; a time in the future is refused by the license server */
  timestamp?: Date | undefined;
  /** accepts policy fields and values that this version does not know */
  allowUnknown?: boolean | undefined;
}

export interface AuthDataOptions {
  drmType: DrmType;
  userId: string;
  contentId: string;
  orderId?: string | undefined;
  /** `"live"` in some samples of the vendor */
  contentType?: string | undefined;
}

export interface OpenedLicenseToken {
  drmType: string;
  siteId: string;
  userId: string;
  contentId: string;
  policy: Policy & Record<string, unknown>;
  timestamp: Date;
  responseFormat?: string;
  keyRotation?: boolean;
}

export interface OpenedAuthData {
  drmType: string;
  siteId: string;
  userId: string;
  contentId: string;
  orderId?: string;
  contentType?: string;
}

// ---- the backend in one line

export interface TokenRequest {
  contentId: string;
  drmType: DrmType;
  /** cookies, headers, anything that identifies the viewer */
  request: Request;
}
/** The pages of other origins that may read a response. */
export interface CorsOptions {
  origins: "*" | string[];
  /** whether they may send cookies; requires a list of origins */
  credentials?: boolean | undefined;
  /** request headers that they may send, such as `authorization` */
  headers?: string[] | undefined;
}

export interface TokenHandlerOptions {
  /** for requests without `drm`: a token for each of these, in a JSON object keyed by their lower-case names */
  drms?: DrmType[] | undefined;
  /** receives internal errors; default: logs them */
  onError?: ((error: unknown) => void) | undefined;
  /** default: no CORS headers */
  cors?: CorsOptions | undefined;
}

/** The parts of Node's IncomingMessage that `nodeListener` reads; Express and Fastify (`request.raw`) have the same. */
export interface NodeRequest {
  method?: string | undefined;
  url?: string | undefined;
  originalUrl?: string | undefined;
  headers: Record<string, string | string[] | undefined>;
  /** present if a framework has read it */
  body?: unknown;
  readableEnded?: boolean | undefined;
  socket?: object | undefined;
  on(event: string, listener: (chunk: Uint8Array) => void): unknown;
}
/** The parts of Node's ServerResponse that it uses. */
export interface NodeResponse {
  statusCode: number;
  readonly headersSent: boolean;
  setHeader(name: string, value: string | string[]): unknown;
  end(body?: string | Uint8Array): unknown;
  on(event: string, listener: () => void): unknown;
}

/** The viewer's grant; return undefined to refuse. */
export type Authorization = Partial<Omit<LicenseTokenOptions, "drmType">> | Response | null | undefined | false;
export type Authorize = (request: TokenRequest) => Authorization | Promise<Authorization>;

// ---- the callback page

/** What PallyCon asks the site's callback page. */
export interface CallbackRequest {
  userId: string;
  contentId: string;
  orderId?: string;
  deviceId?: string;
  deviceType?: string;
  drmType?: string;
  nonce: string;
  request: Request;
}
export interface CallbackGrant {
  policy?: Policy | undefined;
  /** replaces the user id of the request */
  userId?: string | undefined;
  /** accepts policy fields and values that this version does not know */
  allowUnknown?: boolean | undefined;
}
/** Reaches the player inside PallyCon's 8002, as `siteError`. */
export interface CallbackRefusal {
  error: { code: string; message?: string };
}
/** The user's grant; return undefined to refuse with code 403. */
export type CallbackAnswer = CallbackGrant | CallbackRefusal | Response | null | undefined | false;
export type AuthorizeCallback = (request: CallbackRequest) => CallbackAnswer | Promise<CallbackAnswer>;

export interface CallbackHandlerOptions {
  /** receives internal errors; default: logs them */
  onError?: ((error: unknown) => void) | undefined;
}
