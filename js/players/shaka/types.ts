// The parts of Shaka Player that are used here, so that no version of its types is required.
import type { Transform } from "../parts/apple-polyfill.js";
import type { Bytes } from "../../core.js";

/** The part that a shaka.offline.Storage shares. */
export interface ShakaStorage {
  getNetworkingEngine(): ShakaNetworkingEngine | null;
  getConfiguration(): unknown;
  configure(config: object): boolean;
}
export interface ShakaPlayer extends ShakaStorage {
  getKeyStatuses(): Record<string, string>;
  addEventListener(type: string, listener: unknown): void;
  removeEventListener(type: string, listener: unknown): void;
  dispatchEvent(event: never): unknown;
  // Its parameters differ between versions.
  load(...args: never[]): Promise<unknown>;
  getMediaElement(): HTMLMediaElement | null;
}
export interface DrmInfo {
  keySystem: string;
  videoRobustness: string;
}
export interface ShakaNetworkingEngine {
  // Not the filters' own type: the callbacks of two versions of Shaka's types would have to agree in every parameter.
  registerRequestFilter(filter: unknown): void;
  unregisterRequestFilter(filter: unknown): void;
  registerResponseFilter(filter: unknown): void;
  unregisterResponseFilter(filter: unknown): void;
  addEventListener?(type: string, listener: unknown): void;
  removeEventListener?(type: string, listener: unknown): void;
  request(type: number, request: never): { promise: Promise<{ data: unknown }> };
}
export interface Request {
  uris: string[];
  body: Bytes | null;
  headers: Record<string, string>;
  allowCrossSiteCredentials: boolean;
  licenseRequestType?: string | null;
  sessionId?: string | null;
  drmInfo?: { keySystem: string } | null;
  initData?: Uint8Array | null;
  initDataType?: string | null;
  attempt?: number;
  retryParameters?: { maxAttempts: number; timeout?: number };
}
export interface Response {
  uri: string;
  originalUri?: string;
  data: Bytes;
  status?: number;
  headers: Record<string, string>;
  originalRequest?: Request;
}
export interface ShakaError {
  code: number;
  data: unknown[];
  message: string;
  severity?: number;
  category?: number;
  handled?: boolean;
}
/** Shaka's event `downloadfailed`, if it belongs to a request. */
export interface DownloadFailed {
  request?: Request;
  error?: ShakaError | null;
  aborted?: boolean;
}
interface Advanced {
  serverCertificate?: Uint8Array | null;
  serverCertificateUri?: string;
  persistentStateRequired?: boolean;
  videoRobustness?: string[];
  audioRobustness?: string[];
}
export interface DrmConfig {
  servers: Record<string, string>;
  retryParameters: Record<string, number>;
  failureCallback?: (error: ShakaError) => void;
  advanced: Record<string, Advanced | undefined>;
  preferredKeySystems: string[];
  keySystemsMapping: Record<string, string | undefined>;
  initDataTransform: Transform;
}
