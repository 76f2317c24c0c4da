// The parts of dash.js that are used here, so that no version of its types is required.
import type { RequestContext } from "../../core.js";

export interface DashPlayer {
  getVersion(): string;
  // `never`: dash.js's own types name events by interfaces, which differ between versions.
  on(type: never, listener: never): void;
  off(type: never, listener: never, scope?: object): void;
  trigger(type: never, payload: object, filters: object): void;
  setProtectionData(data: object): void;
  getVideoElement(): HTMLMediaElement;
  getSource(): unknown;
  attachSource(source: never, startTime?: number): void;
  registerLicenseRequestFilter(filter: unknown): void;
  unregisterLicenseRequestFilter(filter: unknown): void;
}
/** dash.js's ProtectionData of one key system; the adapter's fields are named. */
export interface ProtectionData {
  serverURL?: unknown;
  serverCertificate?: string | undefined;
  certUrls?: unknown;
  priority?: number;
  systemStringPriority?: string[] | undefined;
  videoRobustness?: string;
  audioRobustness?: string;
}
/** By key system. */
export type ProtectionDataSet = Record<string, ProtectionData>;

export type MessageType = NonNullable<RequestContext["messageType"]>;
export interface SessionToken {
  session: MediaKeySession;
  initData?: ArrayBuffer | null;
}
export interface KeyMessage {
  message: ArrayBuffer;
  messageType?: MessageType;
  sessionToken: SessionToken;
}
export interface LicenseRequest {
  sessionId: string | null;
  messageType: MessageType;
}
export interface KeySystemAccess {
  selectedSystemString?: string;
  nativeMediaKeySystemAccessObject: MediaKeySystemAccess;
}
/** The contents of dash.js's `error` event. */
export interface DashError {
  code: number;
  message: string;
  data: unknown;
}
