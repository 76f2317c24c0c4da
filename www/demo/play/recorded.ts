// The timeline's input: the package's events, and the page's observations of EME and of the picture. Times are
// Date.now().
import type { CustomDataInspection, PallyConError, PallyConEvent } from "pallycon-drm";

export type Observed =
  | { type: "start" }
  /** requestMediaKeySystemAccess(), or the same through Media Capabilities */
  | { type: "access"; keySystem: string; started: number; granted: boolean }
  | { type: "server-certificate"; bytes: number; started: number; ok: boolean }
  | { type: "session"; session: number }
  | { type: "generate-request"; session: number; initDataType: string; initData: Uint8Array }
  | { type: "challenge"; session: number; messageType: string; message: Uint8Array }
  | { type: "update"; session: number; response: Uint8Array; started: number; failure?: string }
  | { type: "statuses"; session: number; statuses: { keyId: string; status: string }[] }
  | { type: "closed"; session: number }
  /** the customData callback; never the token itself */
  | {
      type: "token";
      started: number;
      session?: number;
      attemptReason: string;
      inspection?: CustomDataInspection;
      failure?: string;
    }
  | { type: "first-frame" }
  | { type: "player-error"; message: string; ours?: PallyConError }
  | { type: "stop" };

export type Recorded = ({ at: number } & Observed) | PallyConEvent;

/** The longest recording: a live stream may renew indefinitely. */
const MAX_RECORDED = 1500;

export class Recording {
  readonly events: Recorded[] = [];
  constructor(private readonly changed: (event: Recorded) => void) {}

  add(event: Observed | PallyConEvent): void {
    if (this.events.length >= MAX_RECORDED) return;
    const recorded = ("at" in event ? event : { at: Date.now(), ...event }) as Recorded;
    this.events.push(recorded);
    this.changed(recorded);
  }
}
