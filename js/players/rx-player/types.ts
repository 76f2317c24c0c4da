// The parts of rx-player's types that are used here, so that no version of them is required.
import type { Octets } from "../../core.js";

export interface RxPlayer {
  addEventListener(name: "playerStateChange", listener: (state: string) => void): void;
  addEventListener(name: "warning", listener: (error: Error) => void): void;
  getError(): Error | null;
  getKeySystemConfiguration(): { keySystem: string } | null;
}

/** The part of IKeySystemOption that the adapter sets. */
export interface KeySystemOption {
  type: string;
  getLicense: (message: Uint8Array, messageType: string) => Promise<Octets | null>;
  getLicenseConfig: { retry: number; timeout: number };
  serverCertificate?: Octets;
  persistentState?: MediaKeysRequirement;
  videoCapabilitiesConfig?: Capabilities;
  audioCapabilitiesConfig?: Capabilities;
}
export interface Capabilities {
  type: "robustness";
  value: string[];
}

/** The fields of rx-player's DRM errors besides those of Error. */
export interface RxError extends Error {
  code?: string;
  /** 4.0 omits them */
  keySystem?: string;
  keySystemConfiguration?: MediaKeySystemConfiguration;
  keyStatuses?: { keyId: ArrayBuffer; keyStatus: string }[];
}
