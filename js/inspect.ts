/**
 * pallycon-drm/inspect: for tools and pages that need more than playback does. It has its own wasm and its own init().
 * @packageDocumentation
 */
import bindgen, * as bindings from "../build/wasm/inspect/pallycon_drm.js";
import {
  PallyConError,
  asBytes,
  copyBytes,
  createError,
  fetchModule,
  fromThrown,
  hex,
  loadOnce,
  type ModuleSource,
} from "./core.js";
import { Reason } from "./generated/codes.js";
import { TOOLS } from "./generated/tools-texts.js";
import type {
  Bytes,
  FieldRange,
  InitData,
  InitDataWarning,
  Octets,
  PlayReadyObject,
  PsshBox,
  Scheme,
  WidevineData,
} from "./types.js";

export { PallyConError };
export type { Bytes, FieldRange, InitData, Octets, PlayReadyObject, PsshBox, Scheme, WidevineData };

/** The protection data of an fMP4 segment. */
export interface Segment {
  tracks: Track[];
  boxes: PsshBox[];
  keyIds: string[];
  warnings: InitDataWarning[];
}

/** One track; fields are absent if the segment does not have them. */
export interface Track {
  trackId: number;
  /** "video", "audio", "text", or the handler's four characters */
  type?: string;
  codec?: string;
  scheme?: Scheme;
  defaultKeyId?: string;
  ivSize?: number;
  /** hex */
  constantIv?: string;
  pattern?: [crypt: number, skip: number];
  /** from `seig` sample groups: keys that rotate within the track */
  groups?: {
    keyId: string;
    protected: boolean;
    ivSize?: number;
    constantIv?: string;
    pattern?: [crypt: number, skip: number];
  }[];
}

/** The protection data of a manifest, in document order. */
export interface Manifest {
  kind: "hls" | "dash";
  protections: Protection[];
  keyIds: string[];
  warnings: ManifestWarning[];
}

/**
 * A defect that players fail on, or that exposes a content key. `offset`, in bytes of UTF-8, and `line` give the start
 * of the tag or element.
 */
export interface ManifestWarning {
  code: string;
  message: string;
  hint: string;
  line: number;
  offset: number;
}

export interface Protection {
  system?: string;
  systemId?: string;
  keyFormat?: string;
  schemeIdUri?: string;
  value?: string;
  method?: string;
  scheme?: Scheme;
  keyIds: string[];
  keyIdText?: string;
  /** a content key in it is masked */
  uri?: string;
  initData?: InitData;
  /** why the init data could not be read */
  initDataError?: string;
  licenseUrl?: string;
  line?: number;
}

/**
 * What something is: `value` is the result of its own reader, or `{ error }` if it cannot be read; `layers` are the
 * encodings that were removed, outermost first. With `ranges`, `bytes` is what the value was read from: the input
 * without its layers and without content keys; values combined from several parts have no range. Each of several pieces
 * has its own `bytes`.
 */
export interface Finding {
  kind: string;
  value: unknown;
  layers?: string[];
  bytes?: Octets;
  ranges?: FieldRange[];
}

export interface InspectOptions {
  /** whether the finding includes the place of each field */
  ranges?: boolean;
}

type PlayReadyFields = {
  version?: "4.0.0.0" | "4.1.0.0" | "4.2.0.0" | "4.3.0.0";
  keys: PlayReadyObject["keys"];
  licenseUrl?: string;
  licenseUiUrl?: string;
  domainServiceId?: string;
  decryptorSetup?: string;
  customAttributes?: string;
};

let loaded = false;
let url: URL | undefined;
try {
  url = new URL("./inspect.wasm", import.meta.url);
} catch {
  /* init() reports it */
}

const load = loadOnce(async (source?: ModuleSource) => {
  await bindgen({ module_or_path: await fetchModule(source, "inspect.wasm", "parseSegment", url) });
  loaded = true;
});

/**
 * Loads the wasm once; without an argument, from next to this module. Throws "wasm-blocked" | "wasm-unreachable"; a
 * failed load can be repeated.
 */
export function init(source?: ModuleSource): Promise<void> {
  return load(source);
}

function call<T>(run: (core: typeof bindings) => T): T {
  if (!loaded) throw createError("not-initialized");
  try {
    return run(bindings);
  } catch (thrown) {
    if (thrown instanceof WebAssembly.RuntimeError) bindings.__wbg_reset_state();
    else if (typeof thrown !== "string") throw thrown;
    throw fromThrown(thrown);
  }
}

/** Fields that the module returns as `[offset, length]` in the input. */
const SPANS = /^(data|contentIdBytes|value|groupedLicense|padding|certificate)$/;

/** Replaces these places by the bytes of the input, throughout the finding. */
function cut<T>(found: T, input: Uint8Array): T {
  if (found && typeof found === "object") {
    const fields = found as Record<string, unknown>;
    for (const key of Object.keys(fields)) {
      const value = fields[key];
      if (SPANS.test(key) && Array.isArray(value))
        fields[key] = copyBytes(input.subarray(value[0] as number, (value[0] as number) + (value[1] as number)));
      else cut(value, input);
    }
  }
  return found;
}

const fromBase64 = (text: string): Octets => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/**
 * Reads an fMP4 init or media segment: the protection of each track, and every PSSH box in moov and moof.
 * Throws "segment-invalid".
 */
export function parseSegment(data: Bytes): Segment {
  let input: Uint8Array;
  try {
    input = asBytes(data);
  } catch (cause) {
    throw createError("segment-invalid", { reason: Reason.SegmentNotBytes, cause }, TOOLS);
  }
  return call((core) => cut(JSON.parse(core.parseSegment(input)) as Segment, input));
}

/**
 * The protection data of an HLS playlist or a DASH MPD; a single EXT-X-KEY line or ContentProtection element is enough.
 * Throws "manifest-invalid".
 */
export function parseManifest(text: string): Manifest {
  // Anything but text is not a manifest either: the core reports it.
  return cutManifest(call((core) => JSON.parse(core.parseManifest(typeof text === "string" ? text : "")) as Manifest));
}

/** Init data of a manifest cross with the bytes that they were read from. */
function cutManifest(manifest: Manifest): Manifest {
  for (const protection of manifest.protections as (Protection & { initDataBase64?: string })[]) {
    if (protection.initDataBase64 === undefined) continue;
    if (protection.initData) cut(protection.initData, fromBase64(protection.initDataBase64));
    delete protection.initDataBase64;
  }
  return manifest;
}

/**
 * Identifies and reads anything (init data, a segment, a manifest, a token, a URL with one, an error body, a challenge,
 * a response, CPIX, …). Keys are never shown.
 */
export function inspectAny(data: Bytes | string, options: InspectOptions = {}): Finding {
  const found = call(
    (core) => JSON.parse(typeof data === "string" ? core.inspectText(data) : core.inspectBytes(asBytes(data))) as Found,
  );
  return finish(
    found,
    typeof data === "string" ? new TextEncoder().encode(data) : asBytes(data),
    options.ranges === true,
  );
}

/** As it crosses from the module: bytes in base64. */
interface Found {
  kind: string;
  value: unknown;
  layers?: string[];
  bytes?: string;
}

function finish(found: Found, input: Uint8Array, ranges: boolean): Finding {
  const { bytes, ...rest } = found;
  const finding: Finding = rest;
  const source = bytes === undefined ? input : fromBase64(bytes);
  const value = finding.value as {
    protections?: Protection[];
    pieces?: Found[];
    token?: object;
    warnings?: InitDataWarning[];
  };
  hinted(value.warnings);
  if (ranges && finding.kind !== "pieces") {
    const read = call(
      (core) => JSON.parse(core.ranges(finding.kind, source)) as { ranges: FieldRange[]; bytes?: string },
    );
    finding.bytes = read.bytes === undefined ? copyBytes(source) : fromBase64(read.bytes);
    // A field that has a place but could not be read is not in the value.
    finding.ranges = read.ranges.filter(
      ({ path }) =>
        path.reduce<unknown>((inner, step) => (inner as Record<string, unknown> | undefined)?.[step], finding.value) !==
        undefined,
    );
  }
  // A piece of text without bytes of its own is only partly the text's: it gets no ranges.
  if (finding.kind === "pieces")
    finding.value = {
      pieces: (value.pieces ?? []).map((piece) => finish(piece, source, ranges && piece.bytes !== undefined)),
    };
  else if (Array.isArray(value.protections)) {
    value.protections.forEach(({ initData }) => hinted(initData?.warnings));
    cutManifest(value as Manifest);
  } else if (finding.kind === "license-token" || finding.kind === "jwt") finding.value = dated(value);
  else if (finding.kind === "license-url" && value.token) finding.value = { ...value, token: dated(value.token) };
  else cut(value, source);
  return finding;
}

/** What to do about each warning: manifest warnings include it. */
function hinted(warnings: (InitDataWarning & { hint?: string })[] | undefined): void {
  for (const warning of warnings ?? []) warning.hint ??= call((core) => core.hint(warning.code));
}

/** Times in the form of inspectCustomData. */
function dated(token: object): object {
  const dates: Record<string, Date> = {};
  for (const [name, time] of Object.entries(token))
    if (name === "issuedAt" || name === "expiresAt") dates[name] = new Date(time as number);
  return { ...token, ...dates };
}

/** The fields as JSON, bytes in hex. */
const write = (what: string, fields: object): Octets =>
  call((core) =>
    core.build(
      what,
      JSON.stringify(fields ?? null, function (this: Record<string, unknown>, key, value: unknown) {
        // Not `value`: by now Node's Buffer has turned itself into a list of numbers.
        const own = this[key];
        return own instanceof ArrayBuffer || ArrayBuffer.isView(own) ? hex(own) : value;
      }),
    ),
  ) as Octets;

/**
 * Writes a PSSH box from its public fields; parseInitData returns them. Without a version it is 1 if there are key ids.
 * Throws "init-data-invalid".
 */
export function buildPssh(box: {
  systemId: string;
  version?: 0 | 1;
  flags?: number;
  keyIds?: string[];
  data?: Bytes;
}): Octets {
  return write("pssh", box);
}

/** Writes Widevine's PSSH data. `contentId` takes precedence; leave it out to write `contentIdBytes`. */
export function buildWidevineData(data: Partial<WidevineData>): Octets {
  return write("widevine", data);
}

/**
 * Writes a PlayReady Object. What was read (`xml` included) is written back byte for byte, except for changed fields.
 */
export function buildPlayReadyObject(object: PlayReadyFields): Octets {
  return write("playready", object);
}
