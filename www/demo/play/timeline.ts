// Converts the recording to the drawing: lanes, one for the page and one per session, with steps that have a start and
// an end. Pure; recomputed for each event, because only the session that gets a response reveals what it belongs to.
import type { PallyConError, PallyConEvent } from "pallycon-drm";
import type { Recorded } from "./recorded.js";

export type Kind =
  | "init-data"
  | "probe"
  | "certificate"
  | "challenge"
  | "token"
  | "request"
  | "wait"
  | "answer"
  | "keys"
  | "frame"
  | "warning"
  | "error"
  | "other";
export type Tone = "plain" | "good" | "warning" | "bad";

export interface Step {
  /** stable while the recording grows */
  id: string;
  kind: Kind;
  tone: Tone;
  title: string;
  /** milliseconds since the recording began */
  start: number;
  /** equal to `start`: a moment; absent: unfinished */
  end?: number;
  /** the step's data, for its details */
  events: Recorded[];
}
export interface Lane {
  id: string;
  label: string;
  keyIds: string[];
  steps: Step[];
}
export interface Timeline {
  lanes: Lane[];
  length: number;
  steps: Step[];
}

type Of<T extends Recorded["type"]> = Extract<Recorded, { type: T }>;
type Draft = Omit<Step, "id" | "events" | "tone"> & { tone?: Tone; events?: Recorded[] };

/** One challenge and everything that follows from it. */
interface Exchange {
  lane: Lane;
  session: number;
  size: number;
  state: "asking" | "sent" | "waiting" | "licensed" | "over";
  attempts: number;
  request?: Step | undefined;
  wait?: Step | undefined;
}

const size = (bytes: number): string => `${bytes.toLocaleString("en")} bytes`;
const isLicense = (messageType: string): boolean => messageType !== "individualization-request";
const WORDS: Record<string, string> = {
  "license-request": "Challenge",
  "license-renewal": "Renewal challenge",
  "license-release": "Release message",
  "individualization-request": "Individualization request",
};

/** `now`: the end of unfinished steps in the drawing. */
export function timelineOf(events: readonly Recorded[], now: number): Timeline {
  const builder = new Builder(events);
  events.forEach((event, index) => builder.take(event, index));
  return builder.finish(now);
}

class Builder {
  private readonly page: Lane = { id: "page", label: "Page", keyIds: [], steps: [] };
  private readonly lanes = new Map<number, Lane>();
  private readonly exchanges: Exchange[] = [];
  private readonly began: number;
  private readonly counts = new Map<string, number>();
  private readonly usable = new Map<number, Set<string>>();
  private index = 0;

  constructor(private readonly events: readonly Recorded[]) {
    this.began = events[0]?.at ?? 0;
  }

  finish(now: number): Timeline {
    const lanes = [this.page, ...Array.from(this.lanes.values())];
    const steps = ([] as Step[]).concat(...lanes.map((lane) => lane.steps)).sort((a, b) => a.start - b.start);
    const last = steps.reduce((most, step) => Math.max(most, step.end ?? now - this.began), 0);
    return { lanes, steps, length: Math.max(last, 1) };
  }

  take(event: Recorded, index: number): void {
    this.index = index;
    switch (event.type) {
      case "init-data":
        return void this.moment(this.page, event, {
          kind: "init-data",
          title: `Init data (${event.initData.type})`,
          tone: event.initData.warnings.length ? "warning" : "plain",
        });
      case "access":
        return void this.span(this.page, event, event.started, {
          kind: "probe",
          title: `Key system ${event.keySystem}: ${event.granted ? "granted" : "refused"}`,
        });
      case "certificate":
        return void this.span(this.page, event, event.at - event.duration, {
          kind: "certificate",
          title: `Certificate, ${size(event.bytes)}`,
        });
      case "server-certificate":
        return void this.span(this.page, event, event.started, {
          kind: "certificate",
          title: event.ok ? "The CDM takes the certificate" : "The CDM refuses the certificate",
          tone: event.ok ? "plain" : "bad",
        });
      case "session":
        return void this.lane(event.session);
      case "generate-request":
        return this.generated(event);
      case "challenge":
        return this.challenged(event);
      case "token":
        return this.token(event);
      case "request":
        return this.request(event);
      case "retry":
        return this.retry(event);
      case "license":
        return this.license(event);
      case "update":
        return this.updated(event);
      case "statuses":
        return this.statuses(event);
      case "closed":
        return void this.moment(this.lane(event.session), event, { kind: "other", title: "Session closed" });
      case "warning":
        return void this.moment(this.page, event, { kind: "warning", title: event.message, tone: "warning" });
      case "error":
        return this.failed(event);
      case "player-error":
        return void this.moment(this.page, event, { kind: "error", title: event.message, tone: "bad" });
      case "first-frame":
        return void this.moment(this.page, event, { kind: "frame", title: "First frame", tone: "good" });
      case "start":
      case "stop":
      case "custom-data":
      case "key-status":
        return; // the page observes it more closely
      default:
        return void this.moment(this.page, event, { kind: "other", title: otherTitle(event) });
    }
  }

  private lane(session: number): Lane {
    let lane = this.lanes.get(session);
    if (!lane)
      this.lanes.set(
        session,
        (lane = { id: `session-${session}`, label: `Session ${session}`, keyIds: [], steps: [] }),
      );
    return lane;
  }

  private add(lane: Lane, draft: Draft): Step {
    const name = `${lane.id}-${draft.kind}`;
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    const step: Step = { tone: "plain", events: [], ...draft, id: `${name}-${count}` };
    lane.steps.push(step);
    return step;
  }

  /** Repetitions of the same text are one step, with a count. */
  private repeated(lane: Lane, event: Recorded, { kind, title }: { kind: Kind; title: string }): Step | undefined {
    if (kind !== "probe" && kind !== "error" && kind !== "warning") return undefined;
    const step = lane.steps.filter((one) => one.kind === kind && one.title.replace(/ ×\d+$/, "") === title).pop();
    if (!step) return undefined;
    step.events.push(event);
    step.title = `${title} ×${step.events.length}`;
    return step;
  }

  private moment(lane: Lane, event: Recorded, draft: Omit<Draft, "start" | "end">): Step {
    const said = this.repeated(lane, event, draft);
    if (said) return said;
    return this.add(lane, { ...draft, start: event.at - this.began, end: event.at - this.began, events: [event] });
  }

  private span(lane: Lane, event: Recorded, started: number, draft: Omit<Draft, "start" | "end">): Step {
    const said = this.repeated(lane, event, draft);
    if (said) return said;
    return this.add(lane, {
      ...draft,
      start: Math.max(0, started - this.began),
      end: event.at - this.began,
      events: [event],
    });
  }

  private generated(event: Of<"generate-request">): void {
    this.moment(this.lane(event.session), event, {
      kind: "init-data",
      title: `generateRequest(${event.initDataType}), ${size(event.initData.length)}`,
    });
  }

  private challenged(event: Of<"challenge">): void {
    const lane = this.lane(event.session);
    this.moment(lane, event, {
      kind: "challenge",
      title: `${WORDS[event.messageType] ?? event.messageType}, ${size(event.message.length)}`,
    });
    if (isLicense(event.messageType))
      this.exchanges.push({ lane, session: event.session, size: event.message.length, state: "asking", attempts: 0 });
  }

  /** The oldest matching step that is pending; one whose challenge has this size takes precedence. */
  private find(
    states: Exchange["state"][],
    prefer: (exchange: Exchange) => boolean = () => false,
  ): Exchange | undefined {
    const open = this.exchanges.filter(({ state }) => states.includes(state));
    return open.find(prefer) ?? open[0];
  }

  private token(event: Of<"token">): void {
    const again = event.attemptReason === "retry";
    const mine = (exchange: Exchange) => event.session === undefined || exchange.session === event.session;
    const exchange =
      this.exchanges.find((one) => mine(one) && one.state === (again ? "waiting" : "asking")) ??
      // A player with its own retries does not report a failed attempt: it has failed at the latest when the next token
      // is requested.
      (again ? this.exchanges.find((one) => mine(one) && one.state === "sent") : undefined);
    if (exchange?.state === "sent") this.silent(exchange, event.started);
    const lane = event.session !== undefined ? this.lane(event.session) : (exchange?.lane ?? this.page);
    const tone = event.failure !== undefined ? "bad" : event.inspection?.problems.length ? "warning" : "plain";
    this.span(lane, event, event.started, {
      kind: "token",
      title: event.failure !== undefined ? "Token: the callback failed" : "Token",
      tone,
    });
  }

  private request(event: Of<"request">): void {
    const next = (one: Exchange) => one.attempts === event.attempt - 1;
    const exchange =
      this.find(["asking", "waiting"], (one) => next(one) && one.size === event.bytes) ??
      (event.attempt > 1 ? this.exchanges.find((one) => one.state === "sent" && next(one)) : undefined) ??
      this.unseen(event);
    if (exchange.state === "sent") this.silent(exchange, event.at);
    this.close(exchange.wait, event.at);
    exchange.state = "sent";
    exchange.attempts = event.attempt;
    exchange.request = this.add(exchange.lane, {
      kind: "request",
      title: `License request${event.attempt > 1 ? `, attempt ${event.attempt}` : ""}, ${size(event.bytes)}`,
      start: event.at - this.began,
      events: [event],
    });
  }

  /** A request without an observed challenge: WebKit's old API, or a player that requests on its own. */
  private unseen(event: Of<"request">): Exchange {
    const exchange: Exchange = { lane: this.page, session: 0, size: event.bytes, state: "asking", attempts: 0 };
    this.exchanges.push(exchange);
    return exchange;
  }

  /** A request that ended without a license and without an error. */
  private silent(exchange: Exchange, at: number): void {
    this.close(exchange.request, at);
    if (exchange.request)
      Object.assign(exchange.request, { tone: "warning", title: `${exchange.request.title}: no license` });
    exchange.state = "waiting";
  }

  private close(step: Step | undefined, at: number): void {
    if (step && step.end === undefined) step.end = Math.max(step.start, at - this.began);
  }

  private retry(event: Of<"retry">): void {
    const exchange = this.find(
      ["sent", "asking", "waiting"],
      ({ state, attempts }) => state === "sent" && attempts === event.attempt,
    );
    const lane = exchange?.lane ?? this.page;
    this.refuse(exchange?.request, event, event.error);
    const wait = this.add(lane, {
      kind: "wait",
      tone: "warning",
      title: `Wait ${Math.round(event.delay)} ms, then attempt ${event.attempt + 1}`,
      start: event.at - this.began,
      end: event.at + event.delay - this.began,
      events: [event],
    });
    if (exchange) Object.assign(exchange, { state: "waiting", wait });
  }

  private refuse(request: Step | undefined, event: Recorded, error: PallyConError): void {
    if (!request || request.end !== undefined) return;
    this.close(request, event.at);
    request.tone = error.retryable ? "warning" : "bad";
    request.title += `: ${error.code}`;
    request.events.push(event);
  }

  private license(event: Of<"license">): void {
    // The session that gets these bytes next sent the request; until then it is the oldest.
    const next = this.events
      .slice(this.index + 1)
      .find((later): later is Of<"update"> => later.type === "update" && later.response.length === event.bytes);
    const exchange = this.find(["sent"], ({ session }) => session === next?.session);
    if (!exchange)
      return void this.moment(this.page, event, { kind: "answer", title: `License, ${size(event.bytes)}` });
    this.close(exchange.request, event.at);
    exchange.request?.events.push(event);
    exchange.state = "licensed";
  }

  private updated(event: Of<"update">): void {
    const exchange = this.exchanges
      .filter(({ session, state }) => session === event.session && state !== "over")
      .sort((a, b) => Number(b.state === "licensed") - Number(a.state === "licensed"))[0];
    if (exchange) {
      this.close(exchange.request, event.started);
      exchange.state = "over";
    }
    this.span(this.lane(event.session), event, event.started, {
      kind: "answer",
      tone: event.failure ? "bad" : "plain",
      title: event.failure
        ? `The CDM refuses the license: ${event.failure}`
        : `The CDM takes the license, ${size(event.response.length)}`,
    });
  }

  private statuses(event: Of<"statuses">): void {
    const lane = this.lane(event.session);
    const known = this.usable.get(event.session) ?? new Set<string>();
    this.usable.set(
      event.session,
      new Set(event.statuses.filter(({ status }) => status === "usable").map(({ keyId }) => keyId)),
    );
    for (const { keyId } of event.statuses) if (!lane.keyIds.includes(keyId)) lane.keyIds.push(keyId);
    const fresh = event.statuses.filter(({ keyId, status }) => status === "usable" && !known.has(keyId));
    const others = event.statuses.filter(({ status }) => status !== "usable");
    if (fresh.length)
      this.moment(lane, event, {
        kind: "keys",
        tone: "good",
        title: `${fresh.length} ${fresh.length === 1 ? "key" : "keys"} usable`,
      });
    else if (others.length)
      this.moment(lane, event, {
        kind: "keys",
        tone: others.some(({ status }) => /pending|downscaled/.test(status)) ? "warning" : "bad",
        title: `Keys: ${Array.from(new Set(others.map(({ status }) => status))).join(", ")}`,
      });
  }

  private failed(event: Of<"error">): void {
    const { error } = event;
    const about = error.phase === "license" || error.phase === "custom-data" || error.serverCode !== undefined;
    const exchange =
      about && error.phase !== "certificate"
        ? this.find(["sent", "asking", "waiting"], ({ state }) => state === "sent")
        : undefined;
    this.refuse(exchange?.request, event, error);
    this.close(exchange?.wait, event.at);
    if (exchange) exchange.state = "over";
    this.moment(exchange?.lane ?? this.page, event, { kind: "error", tone: "bad", title: error.message });
  }
}

/** An event that this page does not know: its fields. */
function otherTitle(event: PallyConEvent | Recorded): string {
  const { type, ...more } = event as { type: string } & Record<string, unknown>;
  const words = Object.entries(more)
    .filter(([name, value]) => name !== "at" && /string|number/.test(typeof value))
    .map(([name, value]) => `${name} ${String(value)}`);
  return [type.replace(/-/g, " "), ...words].join(", ");
}

/** Round distances for the scale: 1, 2 or 5 times a power of ten, at most `most` of them. */
export function ticks(length: number, most: number): number[] {
  const raw = length / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw) ?? raw;
  const found: number[] = [];
  for (let at = 0; at <= length + step / 1000; at += step) found.push(Math.round(at * 1000) / 1000);
  return found;
}
