// The options of createPallyCon: checked once, with the defaults of the numeric ones.
import { createError } from "../errors/error.js";
import { Reason } from "../generated/codes.js";
import type { PallyConOptions } from "../types.js";
import { MAX_TIMER } from "../time.js";
import { originOf } from "./endpoints.js";

export const DEFAULT_TIMEOUT = 10_000;
/** A license has a few kilobytes; with many keys, some tens. */
export const DEFAULT_MAX_RESPONSE = 1_048_576;
export const DEFAULT_RETRY = { attempts: 3, base: 500, cap: 8_000 };

type Kind = "string" | "function" | "boolean" | "object" | "number";

/** Every option with its accepted types. */
const OPTIONS: { [name in keyof Required<PallyConOptions>]: Kind[] } = {
  siteId: ["string"],
  customData: ["string", "function"],
  contentId: ["string", "function"],
  host: ["string"],
  licenseUrl: ["string", "function", "object"],
  certificate: ["object"],
  carrier: ["string"],
  headers: ["object", "function"],
  assetId: ["boolean", "string", "function"],
  withCredentials: ["boolean"],
  tokenLifetime: ["number"],
  timeout: ["number"],
  retry: ["object"],
  rotationSpread: ["number"],
  maxResponseBytes: ["number"],
  allowRedirects: ["object"],
  onEvent: ["function"],
};
const RETRY: { [name in keyof Required<NonNullable<PallyConOptions["retry"]>>]: Kind[] } = {
  attempts: ["number"],
  base: ["number"],
  cap: ["number"],
  total: ["number"],
  circuit: ["object"],
};
const CIRCUIT: Record<string, Kind[]> = { refusals: ["number"], pause: ["number"] };
const COUNT = "a whole number of 1 or more";

const invalid = (reason: Reason, ...parameters: string[]) => createError("options-invalid", { reason, parameters });

/** The edit distance (Levenshtein) between two names, to detect misspellings. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}

/** The known name closest to this one, if any is close enough. */
function nearest(name: string, known: string[]): string | undefined {
  const lower = name.toLowerCase();
  const [best] = known
    .map((other) => ({ other, away: distance(lower, other.toLowerCase()) }))
    .sort((a, b) => a.away - b.away);
  return best && best.away <= Math.max(2, name.length / 3) ? best.other : undefined;
}

function checkNames(given: object, known: Record<string, Kind[]>, prefix: string): void {
  for (const [name, value] of Object.entries(given)) {
    const kinds = Object.prototype.hasOwnProperty.call(known, name) ? known[name] : undefined;
    if (!kinds) {
      const meant = nearest(name, Object.keys(known));
      throw meant
        ? invalid(Reason.OptionUnknownNear, prefix + name, prefix + meant)
        : invalid(Reason.OptionUnknown, prefix + name);
    }
    // Options may be undefined or null: pages' own defaults produce both.
    if (value !== undefined && value !== null && !kinds.includes(typeof value as Kind))
      throw invalid(
        Reason.OptionKind,
        prefix + name,
        kinds.map((kind) => `${kind === "object" ? "an" : "a"} ${kind}`).join(" or "),
      );
  }
}

/** Returns the options if they are valid. @throws "options-invalid" */
export function checkOptions(options: PallyConOptions): PallyConOptions {
  if (typeof options !== "object" || options === null) throw invalid(Reason.OptionsNotObject);
  checkNames(options, OPTIONS, "");
  const { siteId, timeout, tokenLifetime, rotationSpread, retry, carrier, maxResponseBytes, allowRedirects } = options;
  if (siteId != null && siteId.length !== 4) throw invalid(Reason.OptionSiteId);
  if (carrier != null && carrier !== "header" && carrier !== "url")
    throw invalid(Reason.OptionKind, "carrier", '"header" or "url"');
  if (maxResponseBytes != null && !(maxResponseBytes >= 1))
    throw invalid(Reason.OptionKind, "maxResponseBytes", "a number of bytes");
  if (
    allowRedirects != null &&
    !(
      Array.isArray(allowRedirects) &&
      allowRedirects.every((origin) => typeof origin === "string" && originOf(origin) === origin)
    )
  ) {
    throw invalid(Reason.OptionKind, "allowRedirects", "a list of origins as https://cdn.example.com");
  }
  if (retry) checkNames(retry, RETRY, "retry.");
  const circuit = retry?.circuit;
  if (circuit) {
    checkNames(circuit, CIRCUIT, "retry.circuit.");
    if (!(circuit.refusals >= 1 && Number.isInteger(circuit.refusals)))
      throw invalid(Reason.OptionKind, "retry.circuit.refusals", COUNT);
    if (!(circuit.pause >= 0 && circuit.pause <= MAX_TIMER)) throw invalid(Reason.OptionNumber, "retry.circuit.pause");
  }
  const times = {
    timeout,
    tokenLifetime,
    rotationSpread,
    "retry.base": retry?.base,
    "retry.cap": retry?.cap,
    "retry.total": retry?.total,
  };
  for (const [name, value] of Object.entries(times)) {
    // A token's lifetime is compared, not waited for.
    const longest = name === "tokenLifetime" || name === "retry.total" ? Infinity : MAX_TIMER;
    if (value != null && !(value >= 0 && value <= longest)) throw invalid(Reason.OptionNumber, name);
  }
  if (
    retry?.attempts != null &&
    !(retry.attempts >= 1 && (retry.attempts === Infinity || Number.isInteger(retry.attempts)))
  )
    throw invalid(Reason.OptionAttempts);
  return options;
}
