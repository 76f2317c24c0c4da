// The parts of video.js and videojs-contrib-eme that are used here, so that no version of their types is required.
import type { InitDataType, Octets } from "../../core.js";

export interface VideojsPlayer {
  /** with true: without a warning on the console */
  tech(safety: boolean): unknown;
  currentSource(): unknown;
  error(error?: never): unknown;
  on(type: string | string[], listener: () => void): void;
  off(type: string | string[], listener: () => void): void;
}

/** The part of contrib-eme's key system options that the adapter sets. The app can add others. */
export interface KeySystem {
  persistentState?: MediaKeysRequirement | undefined;
  getContentId(emeOptions: unknown, initData: string): string;
  getCertificate(emeOptions: unknown, done: (error: null) => void): void;
  /** with FairPlay, the content id precedes the message */
  getLicense(...args: unknown[]): void;
}

/** The player as it really is: contrib-eme replaces `eme` by an object when it starts. */
export interface Player {
  tech(safety: boolean): Tech;
  error(error?: object): unknown;
  on(type: string | string[], listener: () => void): void;
  off(type: string | string[], listener: () => void): void;
  currentSource(): { keySystems?: KeySystems };
  version?(): Record<string, string>;
  eme: Eme;
}
type KeySystems = Record<string, { pssh?: unknown } | undefined>;
export interface Eme {
  activeSrc?: string | null;
  initializeMediaKeys(options?: { keySystems?: KeySystems }, callback?: () => void, ...rest: unknown[]): void;
}
export interface Tech {
  /** contrib-eme keeps the MediaKeys on the element, with their key system. */
  el(): HTMLMediaElement & { mediaKeysObject?: MediaKeys | null; keySystem?: string };
  on(type: string, listener: (event: never) => void): void;
  off(type: string, listener: (event: never) => void): void;
  trigger(type: string): void;
}

/** What a session was opened for. */
export interface Session {
  initData: Octets;
  initDataType: InitDataType;
}
