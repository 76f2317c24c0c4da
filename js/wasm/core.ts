// The functions of the player module, as the rest of the package calls them: bytes in, plain objects out.
import * as core from "../../build/wasm/player/pallycon_drm.js";
import { asBytes, encodeText, hex } from "../bytes.js";
import { createError, createProblem, errorFromNumbers, type PallyConError } from "../errors/error.js";
import { PHASES, Reason } from "../generated/codes.js";
import { reasonText } from "../errors/texts.js";
import type {
  Bytes,
  CustomDataInspection,
  Drm,
  ExpectedCustomData,
  InitData,
  InitDataType,
  Octets,
  Problem,
} from "../types.js";
import { originalResponse } from "./fetch.js";
import { MAX_TIMER } from "../time.js";
import { guarded, inFlight, memory } from "./load.js";
import { decodeRecord, type Fields } from "./record.js";

const TYPES: InitDataType[] = ["cenc", "keyids", "webm", "skd", "sinf"];
const NOTHING: Uint8Array = new Uint8Array();

/**
 * Writes `input` (followed by `more`) into the core's buffer, calls a function, and reads the record that it returns.
 * `secret`:
 * the input contains a token or a challenge, so the buffers are wiped.
 */
function call(
  run: (length: number) => number,
  input: Uint8Array = NOTHING,
  more: Uint8Array = NOTHING,
  secret = false,
): Fields {
  return guarded(() => {
    const place = core.input(input.length + more.length);
    const room = memory();
    room.set(input, place);
    if (more.length) room.set(more, place + input.length);
    const length = run(input.length);
    const start = core.output();
    const all = memory();
    const failed = all[start];
    const fields = decodeRecord(all, start + 1, start + length, input);
    if (secret) core.clear();
    if (failed) throw errorOf(fields);
    return fields;
  });
}

/** The record of that length that the core has left. */
export function decodeOutput(length: number): Fields {
  const start = core.output();
  return decodeRecord(memory(), start + 1, start + length, NOTHING);
}

/** An error's record: its numbers become text. */
function errorOf({ code, reason, parameters, phase, ...fields }: Fields): PallyConError {
  return errorFromNumbers(code as number, reason as number | undefined, (parameters ?? []) as string[], {
    ...fields,
    phase: PHASES[phase as number]!,
  });
}

const problemOf = ({ code, reason, parameters }: Fields): Problem =>
  createProblem(code as number, reason as number | undefined, parameters as string[]);

/** The bytes that a page passes. */
function bytesOf(data: Bytes): Uint8Array {
  try {
    return asBytes(data);
  } catch (cause) {
    throw createError("init-data-invalid", { reason: Reason.NotTextOrBytes, cause });
  }
}

/** parseInitData of the main entry. */
export function readInitData(data: Bytes | string, type?: InitDataType, strict?: boolean): InitData {
  const input =
    typeof data === "string"
      ? (call((length) => core.initDataFromText(length), encodeText(data)).data as Octets)
      : bytesOf(data);
  const fields = call((length) => core.parseInitData(length, type, !!strict), input);
  const initData: InitData = {
    type: TYPES[fields.type as number]!,
    boxes: fields.boxes ?? [],
    keyIds: fields.keyIds ?? [],
    warnings: [],
  };
  for (const box of initData.boxes as Fields[])
    if (box.payloadError !== undefined) box.payloadError = reasonText(box.payloadError as number);
  if (fields.contentId !== undefined) initData.contentId = fields.contentId as string;
  if (fields.keyPeriodIndex !== undefined) initData.keyPeriodIndex = fields.keyPeriodIndex as number;
  if (fields.uri !== undefined || fields.tracks) {
    const { uri, assetId, tracks = [] } = fields;
    initData.fairplay = {
      ...(uri === undefined ? {} : { uri }),
      ...(assetId === undefined ? {} : { assetId }),
      tracks,
    };
  }
  for (const warning of (fields.warnings ?? []) as Fields[]) {
    const { code, message } = problemOf(warning);
    initData.warnings.push({ code, message, offset: warning.offset as number });
  }
  return initData;
}

/** sameKeyId of the main entry. */
export function isSameKeyId(a: string | Bytes, b: string | Bytes): boolean {
  const [first, second] = [a, b].map((id) => (typeof id === "string" ? id : hex(bytesOf(id)))) as [string, string];
  return guarded(() => core.sameKeyId(first, second));
}

/** inspectCustomData of the main entry. `tokenNeeded`: callback auth data are not enough. */
export function inspect(
  value: string,
  expect: { [name in keyof ExpectedCustomData]: ExpectedCustomData[name] | undefined },
  tokenNeeded: boolean,
): CustomDataInspection {
  const { now = new Date(), drm, siteId, contentId, keyRotation, tokenLifetime } = expect;
  // Anything but text is not custom data either: the core reports it.
  const input = encodeText(typeof value === "string" ? value : "");
  const { issuedAt, expiresAt, problems, ...fields } = call(
    (length) =>
      core.inspectCustomData(length, now.getTime(), drm, siteId, contentId, !!keyRotation, tokenLifetime, tokenNeeded),
    input,
    NOTHING,
    true,
  );
  const times =
    issuedAt === undefined ? {} : { issuedAt: new Date(issuedAt as number), expiresAt: new Date(expiresAt as number) };
  return Object.assign(fields, times, {
    problems: (problems as Fields[]).map(problemOf),
  }) as unknown as CustomDataInspection;
}

export interface HttpRequest {
  url: string;
  headers: Record<string, string>;
  body: Octets;
  serviceCertificate: boolean;
}

/** The request for a CDM's message. Without custom data it has none. */
export function licenseRequest(
  drm: Drm,
  message: Uint8Array,
  customData: string | undefined,
  individualization: boolean,
  url: string,
  inUrl: boolean,
): HttpRequest {
  const token = customData === undefined ? undefined : encodeText(customData);
  const { headers, ...fields } = call(
    (length) => core.licenseRequest(drm, length, token?.length, individualization, url, inUrl),
    message,
    token,
    true,
  ) as unknown as Omit<HttpRequest, "headers"> & { headers: string[] };
  const named: Record<string, string> = {};
  for (let at = 0; at < headers.length; at += 2) named[headers[at]!] = headers[at + 1]!;
  return Object.assign(fields, { headers: named });
}

/** The license in a response, and what accompanies it in a JSON object. */
export function readLicense(
  drm: Drm,
  status: number,
  body: Uint8Array,
): { data: Octets; details?: Record<string, unknown> } {
  const { data, envelope, licenseField } = call((length) => core.readLicense(drm, status, length), body);
  if (envelope === undefined) return { data: data as Octets };
  const details = JSON.parse(envelope as string) as Record<string, unknown>;
  delete details[licenseField as string];
  return { data: data as Octets, details };
}

/** The certificate in a response or an option, and its defects. */
export function readCertificate(drm: Drm, status: number, body: Uint8Array): { data: Octets; warning?: Problem } {
  const { data, warning } = call((length) => core.readCertificate(drm, status, length), body);
  return warning === undefined
    ? { data: data as Octets }
    : { data: data as Octets, warning: createProblem(warning as number) };
}

/** PlayReady's CDM data with a token. */
export const playreadyCdmData = (token: string): Octets =>
  call((length) => core.playreadyCdmData(length), encodeText(token), NOTHING, true).data as Octets;

/**
 * How long after a license, or after a failed renewal, a page renews, in milliseconds; undefined: not at all. Unknown
 * times are NaN.
 */
export function renewalWait(
  drm: Drm,
  interval: number,
  expiresIn: number,
  stated: number,
  retryable?: boolean,
): number | undefined {
  const wait = guarded(() => core.renewalWait(drm, interval, expiresIn, stated, retryable, Math.random()));
  return wait && Math.min(wait, MAX_TIMER);
}

/**
 * What a key's status means for a person. `status`: an EME MediaKeyStatus, or absent if no license has brought the key.
 * Undefined if it plays, or still may.
 */
export function keyProblem(keyId: string, status: string): Problem | undefined {
  const [problem] = call(() => core.keyProblem(keyId, status)).problems as Fields[];
  return problem && problemOf(problem);
}

/** Sends a request over HTTP. */
export function send(request: Request): Promise<Response> {
  let lose!: (error: unknown) => void;
  const response = new Promise<Response>((resolve, reject) => {
    inFlight.add((lose = reject));
    guarded(() => core.send(request, resolve, reject));
  });
  return response.finally(() => inFlight.delete(lose)).then(originalResponse);
}
