/**
 * A bare `<video>` without a player: `const undo = await attachMedia(video, drm)`, before or after it has a source.
 * For native HLS in Safari, or anything that the page feeds to MediaSource.
 * Errors are reported in the client's events and on the element: a `pallyconerror` event (CustomEvent) whose `detail`
 * is the
 * PallyConError. attachMedia() also rejects if the browser supports none of the DRMs, or FairPlay has no certificate.
 * @packageDocumentation
 */
import { attachOnce } from "./attach.js";
import { legacyCdm, modernCdm, type Cdm, type Session } from "./media/cdm.js";
import { choose, type Choice } from "./media/choose.js";
import { describe, type InitDataEvent } from "./media/found.js";
import { mediaModule } from "./media/module.js";
import type { Actions, MediaSessions, MessageType, RequestReason } from "./media/module.js";
import type { MediaOptions } from "./media/options.js";
import {
  LEGACY_FAIRPLAY,
  MAX_TIMER,
  PallyConError,
  arrived,
  asBytes,
  bufferedAhead,
  clientOf,
  createError,
  errorFromNumbers,
  keyProblem,
  load,
  newAbortController,
} from "../core.js";
import type { AdapterOptions, Client, Drm, InitDataType, Octets, PallyCon, Undo } from "../core.js";

export type { MediaOptions };

declare global {
  interface HTMLMediaElementEventMap {
    pallyconerror: CustomEvent<PallyConError>;
  }
}

interface Open {
  abort: AbortController;
  type: InitDataType;
  initData: Octets;
  session: Promise<Session | undefined>;
  /** the latest one */
  message?: { data: Uint8Array; type: MessageType };
}

export function attachMedia(
  video: HTMLMediaElement,
  drm: PallyCon,
  options: AdapterOptions & MediaOptions = {},
): Promise<Undo> {
  return attachOnce(video, () => attach(video, clientOf(drm), options));
}

async function attach(video: HTMLMediaElement, client: Client, options: AdapterOptions & MediaOptions): Promise<Undo> {
  const sessions = new Map<number, Open>();
  const closing = new Set<Promise<unknown>>();
  const unlisten: (() => void)[] = [];
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let machine: MediaSessions | undefined;
  let cdm: Cdm | undefined;
  let drm: Drm;
  let keySystem: string;
  let certificateNeeded = false;

  /** Reports an error to the client's events and on the element. */
  const report = (thrown: unknown): PallyConError => {
    const error = client.fail(thrown);
    video.dispatchEvent(new CustomEvent("pallyconerror", { detail: error }));
    return error;
  };

  /**
   * The machine's commands wait here until its method has returned. A command may call back into the machine (a
   * listener of `pallyconerror` may even undo the attachment, which frees it), and wasm-bindgen forbids that during the
   * call.
   */
  let queue: (() => void)[] = [];
  const later =
    <A extends unknown[]>(perform: (...args: A) => void) =>
    (...args: A): void => {
      queue.push(() => perform(...args));
    };
  const unlessStopped = <A extends unknown[]>(perform: (...args: A) => void) =>
    later((...args: A) => {
      if (!stopped) perform(...args);
    });

  /** Passes an event to the machine and performs its commands. */
  const handle = (event: (machine: MediaSessions) => void): void => {
    if (!machine) return;
    try {
      event(machine);
      const commands = queue;
      queue = [];
      for (const perform of commands) perform();
    } catch (thrown) {
      // Without the machine's decisions nothing can continue.
      machine = undefined;
      queue = [];
      for (const open of Array.from(sessions.keys())) shut(open);
      report(thrown);
    }
  };

  const actions = (): Actions => ({
    certificate: unlessStopped(() => {
      certificateNeeded = true;
    }),
    open: unlessStopped(start),
    request: unlessStopped((id, reason) => void license(id, reason)),
    renew: unlessStopped((id) => void attempt(id, (_, session) => session.update(new TextEncoder().encode("renew")))),
    close: later(shut),
    keyStatus: unlessStopped((keyId, status) => {
      client.emit({ type: "key-status", keyId, status });
      // Not an error: a released key is no longer needed. The machine reports the errors.
      const problem = status === "released" ? keyProblem(keyId, status) : undefined;
      if (problem) client.emit({ type: "warning", drm, ...problem });
    }),
    fail: unlessStopped((code, reason, parameters) => {
      report(errorFromNumbers(code, reason, parameters, { keySystem }));
    }),
    wake: later((milliseconds) => {
      clearTimeout(timer);
      if (milliseconds !== undefined) timer = setTimeout(onTimer, Math.min(milliseconds, MAX_TIMER));
    }),
  });

  const onTimer = () => handle((machine) => machine.timer());

  const start = (id: number, type: InitDataType, initData: Octets): void => {
    if (!machine || !cdm) return;
    const session = cdm
      .open(type, initData, {
        message: (data, messageType) => {
          const open = sessions.get(id);
          if (open) open.message = { data, type: messageType };
          handle((machine) => machine.message(id, messageType));
        },
        statuses: () => void attempt(id, async (_, session) => statuses(id, session)),
        closed: (reason) => {
          if (sessions.delete(id)) handle((machine) => machine.closed(id, reason));
        },
      })
      .catch((cause: unknown) => {
        if (sessions.has(id)) {
          const refused = () => createError("init-data-refused", { parameters: [keySystem, type], keySystem, cause });
          report(cause instanceof PallyConError ? cause : refused());
          handle((machine) => machine.refused(id, false));
        }
        return undefined;
      });
    sessions.set(id, { abort: newAbortController(), type, initData, session });
  };

  const shut = (id: number): void => {
    const open = sessions.get(id);
    if (!open) return;
    sessions.delete(id);
    open.abort.abort();
    // A session cannot be closed before it is open.
    const closed = open.session.then((session) => session?.close()).catch(() => undefined);
    const done: Promise<unknown> = closed.then(() => closing.delete(done));
    closing.add(done);
  };

  const statuses = (id: number, { statuses, expiration }: Session) =>
    handle((machine) => machine.statuses(id, statuses, expiration));

  /** Runs `work` on an open session; reports a failure, unless the session is gone. */
  const attempt = async (id: number, work: (open: Open, session: Session) => Promise<void>): Promise<void> => {
    const open = sessions.get(id);
    try {
      const session = await open?.session;
      if (open && session && sessions.get(id) === open) await work(open, session);
    } catch (thrown) {
      if (sessions.get(id) !== open) return;
      const { retryable } = report(thrown);
      handle((machine) => machine.refused(id, retryable));
    }
  };

  /** Responds to the session's latest message. */
  const license = (id: number, reason: RequestReason) => {
    const message = sessions.get(id)?.message;
    return attempt(id, async ({ abort: { signal }, type: initDataType, initData }, session) => {
      if (!message) return;
      const { data: challenge, type: messageType } = message;
      const context = { keySystem, sessionId: session.id, initData, initDataType, messageType, reason, signal };
      const { data, details } = await client.requestLicense(drm, challenge, context, options);
      if (signal.aborted) return;
      await session.update(data);
      handle((machine) => machine.license(id, Number(details?.renewal_duration) * 1000));
      statuses(id, session);
    });
  };

  let onAttached!: () => void;
  const attached = new Promise<void>((resolve) => {
    onAttached = resolve;
  });
  // Early events are queued, in order, until the choice between the two APIs is made.
  const listen = (type: string, onEvent: (event: Event) => void) => {
    const listener = (event: Event) =>
      void attached.then(() => {
        if (!stopped) onEvent(event);
      });
    video.addEventListener(type, listener);
    unlisten.push(() => video.removeEventListener(type, listener));
  };
  const onInitData = (event: Event) => {
    const { type, initData, initDataType = "skd" } = event as InitDataEvent;
    if (!initData || (type === "webkitneedkey") !== (keySystem === LEGACY_FAIRPLAY)) return;
    const bytes = asBytes(initData);
    const { boxes, keyIds, assetId } = describe(client.initData(bytes, initDataType));
    const buffered = bufferedAhead(video);
    handle((machine) => machine.encrypted(initDataType, bytes, boxes, keyIds, assetId, buffered));
  };
  listen("encrypted", onInitData);
  listen("webkitneedkey", onInitData);
  listen("emptied", () => handle((machine) => machine.sourceChanged()));
  listen("waitingforkey", () => handle((machine) => machine.waitingForKey()));
  for (const type of ["canplay", "playing"]) listen(type, () => handle((machine) => machine.resumed()));

  const undo = client.adopt(async () => {
    stopped = true;
    for (const remove of unlisten) remove();
    handle((machine) => machine.detached());
    clearTimeout(timer);
    machine?.free();
    machine = undefined;
    await Promise.all(closing);
    await cdm?.detach();
  });

  try {
    const robust = options.robustness
      ? await (await arrived(import("./parts/robustness.js"))).robustMedia(client, options)
      : undefined;
    const [choice, module] = await Promise.all([
      robust?.choose() ?? choose(options),
      mediaModule(options.wasm),
      load(),
    ]);
    ({ drm, keySystem } = choice);
    const blob = (initData: Octets, certificate: Octets) => {
      const assetId = client.initData(initData, "skd")?.fairplay?.assetId ?? "";
      return module.legacyInitData(initData, assetId, certificate);
    };
    const { sessionType = "temporary" } = options;
    const make = ({ keySystem: name, access }: Choice): Promise<Cdm> => {
      keySystem = name;
      return access
        ? modernCdm(video, { ...choice, keySystem: name, access }, sessionType)
        : Promise.resolve(legacyCdm(video, blob));
    };
    cdm = await (robust ? robust.cdm(choice, make) : make(choice));
    if (stopped) return undo;
    machine = new module.MediaSessions(client.options.rotationSpread ?? 0, options.renewal?.interval ?? NaN, actions());
    const hasCertificate = drm !== "clearkey" && drm !== "playready" && !!client.options.certificate?.[drm];
    handle((machine) => machine.access(drm, !choice.access, hasCertificate));
    if (certificateNeeded) await certify(cdm, client, drm, report);
    if (!stopped) await cdm.attach();
    if (stopped) await cdm.detach();
    handle((machine) => machine.certificateSet());
    onAttached();
    return undo;
  } catch (thrown) {
    await undo();
    throw report(thrown);
  }
}

/**
 * FairPlay requires a certificate. Without one, Widevine requests it from its server, which costs another round trip.
 */
async function certify(cdm: Cdm, client: Client, drm: Drm, report: (thrown: unknown) => void): Promise<void> {
  try {
    await cdm.certify(await client.certificate(drm as "fairplay" | "widevine"));
  } catch (thrown) {
    if (drm === "fairplay") throw thrown;
    report(thrown);
  }
}
