// The parts of hls.js's types that are used here, so that no version of them is required.
import type { Chain, License, Octets, PallyConError } from "../../core.js";

/** The part of Hls that is used here, so that no version of its types is required. */
export interface Hls {
  media?: HTMLMediaElement | null;
  levels: Playlist[];
  audioTracks: Playlist[];
  loadingEnabled: boolean;
  trigger(event: string, data: object): unknown;
}
export interface Playlist {
  details?: { fragments: Fragment[]; targetduration: number } | null | undefined;
}
export interface Fragment {
  initSegment: { data?: Uint8Array | null } | null;
  levelkeys?: Record<string, unknown> | undefined;
}
export interface LevelKey {
  uri: string;
  keyFormat: string;
  keyId: Uint8Array | null;
  pssh: Uint8Array | null;
  scheme?: string | undefined;
}
/** hls.js's context of a session and its key. */
export interface KeyContext {
  keySystem: string;
  mediaKeysSession: MediaKeySession;
  decryptdata: LevelKey;
}
export interface DrmSystem {
  licenseUrl: string;
  serverCertificateUrl?: string;
  generateRequest?: (
    this: unknown,
    initDataType: string,
    initData: ArrayBuffer | null,
    context: KeyContext,
  ) => { initDataType: string; initData: ArrayBuffer | null } | undefined;
}
export interface LoadPolicy {
  default: { maxTimeToFirstByteMs: number; maxLoadTimeMs: number; timeoutRetry: RetryPolicy; errorRetry: RetryPolicy };
}
export interface RetryPolicy {
  maxNumRetry: number;
  retryDelayMs: number;
  maxRetryDelayMs: number;
}

/** The part of HlsConfig that the adapter sets. */
export interface HlsDrmConfig {
  emeEnabled: boolean;
  drmSystems: Record<string, DrmSystem>;
  drmSystemOptions?: { persistentState: MediaKeysRequirement };
  keyLoadPolicy: LoadPolicy;
  licenseXhrSetup: (
    this: unknown,
    xhr: XMLHttpRequest,
    url: string,
    context: KeyContext,
    challenge: Uint8Array,
  ) => Promise<Octets | undefined>;
  requestMediaKeySystemAccessFunc?: (
    keySystem: string,
    configurations: MediaKeySystemConfiguration[],
  ) => Promise<MediaKeySystemAccess>;
}

export type Xhr = XMLHttpRequest & { pallyConError?: PallyConError };
/**
 * One license request with all its attempts: hls.js starts each with the same challenge and a new xhr, without a pause.
 */
export interface Request {
  chain: Chain;
  fail: (error: PallyConError) => PallyConError;
  licensed: (license: License) => void;
}
