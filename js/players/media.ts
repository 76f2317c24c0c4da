/**
 * A bare `<video>`, without any player: `const undo = await attachMedia(video, drm)`, before or after it has a source.
 * Native HLS in Safari, or whatever the page feeds to MediaSource.
 *
 * What fails is in the client's events, and on the element: a `pallyconerror` event (CustomEvent) whose `detail` is the
 * PallyConError. A browser that can use none of the DRMs, or no FairPlay certificate, refuses the attachment itself as well.
 *
 * @packageDocumentation
 */
import { attachOnce } from "./attach.js";
import { cdmError, legacyCdm, modernCdm, type Cdm, type Session } from "./media/cdm.js";
import { LEGACY, choose } from "./media/choose.js";
import { mediaModule, type Source } from "./media/module.js";
import { clientOf, keyProblem, loadFull, PallyConError, view } from "../core.js";
import type { AdapterOptions, Client, Drm, InitData, InitDataType, Octets, PallyCon, RequestContext, Undo } from "../core.js";

declare global {
  interface HTMLMediaElementEventMap { pallyconerror: CustomEvent<PallyConError> }
}

export interface MediaOptions {
  /** those that may be used; default FairPlay, PlayReady, Widevine, by what the browser has */
  drms?: Drm[];
  codecs?: { video?: string; audio?: string };
  /** default: software for Widevine, whatever there is for the others */
  robustness?: { video?: string; audio?: string };
  sessionType?: MediaKeySessionType; persistentState?: MediaKeysRequirement; distinctiveIdentifier?: MediaKeysRequirement;
  /** Safari has two APIs for it; default the modern one where there is one */
  fairplay?: "auto" | "modern" | "legacy";
  /** where media.wasm is, if it does not lie beside the script */
  wasm?: Source;
}

type Command = { certificate?: true; open?: number; request?: number; reason?: string; renew?: number; close?: number; keyId?: string; status?: string; error?: ConstructorParameters<typeof PallyConError>[0] };
interface Open { abort: AbortController; type: InitDataType; initData: Octets; session: Promise<Session | undefined> }

const NOTHING = new Uint8Array();
const LONGEST_TIMER = 0x7fffffff;

export function attachMedia(video: HTMLMediaElement, drm: PallyCon, options: AdapterOptions & MediaOptions = {}): Promise<Undo> {
  return attachOnce(video, () => attach(video, clientOf(drm), options));
}

async function attach(video: HTMLMediaElement, client: Client, options: AdapterOptions & MediaOptions): Promise<Undo> {
  const sessions = new Map<number, Open>();
  const closing = new Set<Promise<unknown>>();
  const offs: (() => void)[] = [];
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let machine: InstanceType<Awaited<ReturnType<typeof mediaModule>>["MediaSessions"]> | undefined;
  let cdm: Cdm | undefined;
  let drm: Drm;
  let keySystem: string;
  let certificateWanted = false;

  /** To the client's events and to the element. */
  const report = (thrown: unknown): PallyConError => {
    const error = client.fail(thrown);
    video.dispatchEvent(new CustomEvent("pallyconerror", { detail: error }));
    return error;
  };

  /** An event into the machine; its commands out. */
  const tell = (event: string, id = 0, text = "", number = NaN, bytes: Uint8Array = NOTHING, message: Uint8Array = NOTHING): void => {
    if (!machine) return;
    try {
      const { list, wake } = JSON.parse(machine.tell(event, id, text, bytes, number, Date.now(), Math.random())) as { list: Command[]; wake?: number };
      for (const command of list) perform(command, text, message);
      clearTimeout(timer);
      if (wake !== undefined) timer = setTimeout(() => tell("timer"), Math.min(wake, LONGEST_TIMER));
    } catch (thrown) {
      // Without its decisions nothing can go on.
      machine = undefined;
      for (const open of Array.from(sessions.keys())) shut(open);
      report(thrown);
    }
  };

  const perform = (command: Command, text: string, message: Uint8Array): void => {
    const { open, request, renew, close, keyId, status, error } = command;
    if (close !== undefined) return shut(close);
    if (stopped) return;
    if (command.certificate) certificateWanted = true;
    if (open !== undefined) start(open);
    if (request !== undefined) void license(request, message, text, command.reason as RequestContext["reason"]);
    if (renew !== undefined) void attempt(renew, async (_, session) => session.update(new TextEncoder().encode("renew")));
    if (keyId !== undefined && status !== undefined) {
      client.emit({ type: "key-status", keyId, status });
      // No error: what was released was to be played no more. The others come as errors of the machine.
      const problem = status === "released" ? keyProblem(keyId, status) : undefined;
      if (problem) client.emit({ type: "warning", drm, ...problem });
    }
    if (error) report(new PallyConError({ ...error, keySystem }));
  };

  const start = (id: number): void => {
    if (!machine || !cdm) return;
    const type = machine.initDataType(id) as InitDataType;
    const initData = machine.initData(id) as Octets;
    const session = cdm.open(type, initData, {
      message: (message, kind) => tell("message", id, kind, NaN, NOTHING, message),
      statuses: () => void attempt(id, async (_, session) => statuses(id, session)),
      closed: (reason) => { if (sessions.delete(id)) tell("closed", id, reason); },
    }).catch((cause: unknown) => {
      if (sessions.has(id)) {
        report(cdmError(keySystem, "init-data-refused", `${keySystem} made no request of the ${type} init data.`, cause, "Check that the content is packaged for this DRM, and that FairPlay's certificate is the site's."));
        tell("refused", id, "", 0);
      }
      return undefined;
    });
    sessions.set(id, { abort: new AbortController(), type, initData, session });
  };

  const shut = (id: number): void => {
    const open = sessions.get(id);
    if (!open) return;
    sessions.delete(id);
    open.abort.abort();
    // A session cannot be closed before it is open.
    const done: Promise<unknown> = open.session.then((session) => session?.close()).catch(() => undefined).then(() => closing.delete(done));
    closing.add(done);
  };

  const statuses = (id: number, session: Session) => tell("statuses", id, session.statuses, session.expiration);

  /** Works on a session that is open; what fails is told, unless the session is gone. */
  const attempt = async (id: number, work: (open: Open, session: Session) => Promise<void>): Promise<void> => {
    const open = sessions.get(id);
    try {
      const session = await open?.session;
      if (open && session && sessions.get(id) === open) await work(open, session);
    } catch (thrown) {
      if (sessions.get(id) !== open) return;
      tell("refused", id, "", report(thrown).retryable ? 1 : 0);
    }
  };

  const license = (id: number, message: Uint8Array, messageType: string, reason: RequestContext["reason"]) =>
    attempt(id, async ({ abort: { signal }, type: initDataType, initData }, session) => {
      const context = { keySystem, sessionId: session.id, initData, initDataType, messageType: messageType as RequestContext["messageType"], reason, signal };
      const { data, details } = await client.requestLicense(drm, message, context, options);
      if (signal.aborted) return;
      await session.update(data);
      tell("license", id, "", Number(details?.renewal_duration) * 1000);
      statuses(id, session);
    });

  let chosen!: () => void;
  const ready = new Promise<void>((resolve) => { chosen = resolve; });
  // Events that come early wait, in their order, until it is known which API they have to be of.
  const listen = (type: string, handle: (event: Event) => void) => {
    const listener = (event: Event) => void ready.then(() => { if (!stopped) handle(event); });
    video.addEventListener(type, listener);
    offs.push(() => video.removeEventListener(type, listener));
  };
  const onInitData = (event: Event) => {
    const { type, initData, initDataType = "skd" } = event as Event & { initData: ArrayBuffer | Uint8Array | null; initDataType?: InitDataType };
    if (!initData || (type === "webkitneedkey") !== (keySystem === LEGACY)) return;
    const bytes = view(initData);
    tell(initDataType, 0, describe(client.initData(bytes, initDataType)), ahead(video), bytes);
  };
  listen("encrypted", onInitData);
  listen("webkitneedkey", onInitData);
  listen("emptied", () => tell("emptied"));
  listen("waitingforkey", () => tell("waitingforkey"));
  for (const type of ["canplay", "playing"]) listen(type, () => tell("resumed"));

  const undo = client.adopt(async () => {
    stopped = true;
    for (const off of offs) off();
    tell("detached");
    clearTimeout(timer);
    machine?.free();
    machine = undefined;
    await Promise.all(closing);
    await cdm?.detach();
  });

  try {
    const [choice, module] = await Promise.all([choose(options), mediaModule(options.wasm), loadFull()]);
    ({ drm, keySystem } = choice);
    const { access } = choice;
    const blob = (initData: Octets, certificate: Octets) => module.legacyInitData(initData, client.initData(initData, "skd")?.fairplay?.assetId ?? "", certificate);
    cdm = access ? await modernCdm(video, { ...choice, access }, options.sessionType ?? "temporary") : legacyCdm(video, blob);
    if (stopped) return undo;
    machine = new module.MediaSessions(client.options.rotationSpread ?? 0);
    tell("access", access ? 0 : 1, drm, drm !== "clearkey" && drm !== "playready" && client.options.certificate?.[drm] ? 1 : 0);
    if (certificateWanted) await certify(cdm, client, drm, report);
    if (!stopped) await cdm.attach();
    if (stopped) await cdm.detach();
    tell("certificate");
    chosen();
    return undo;
  } catch (thrown) {
    await undo();
    throw report(thrown);
  }
}

/** FairPlay cannot do without; Widevine asks its server, one round trip more. */
async function certify(cdm: Cdm, client: Client, drm: Drm, report: (thrown: unknown) => PallyConError): Promise<void> {
  try {
    await cdm.certify(await client.certificate(drm as "fairplay" | "widevine"));
  } catch (thrown) {
    if (drm === "fairplay") throw thrown;
    report(thrown);
  }
}

/** What the machine compares init data by: src/delivery/wanted.rs. */
function describe(read: InitData | undefined): string {
  if (!read) return "";
  const lines = read.boxes.map(({ systemId, offset, size, keyIds, widevine, playready }) => {
    const entitled = widevine?.entitledKeys?.map(({ keyId }) => keyId) ?? [];
    return [`@${systemId}`, offset, size, ...keyIds, ...(widevine?.keyIds ?? []), ...entitled, ...(playready?.keys.map(({ keyId }) => keyId) ?? [])].filter((word) => word !== undefined).join(" ");
  });
  return lines.join("\n") || read.keyIds.join(" ") || (read.fairplay?.assetId ? `?${encodeURIComponent(read.fairplay.assetId)}` : "");
}

/** What is buffered ahead, in milliseconds. */
function ahead({ buffered, currentTime }: HTMLMediaElement): number {
  for (let index = 0; index < buffered.length; index++) {
    if (buffered.start(index) <= currentTime && currentTime < buffered.end(index)) return (buffered.end(index) - currentTime) * 1000;
  }
  return 0;
}
