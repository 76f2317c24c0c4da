// pallycon-drm cpix: requests, keys, and what packagers want of them.
import {
  PallyConError, buildCpixRequest, kmsUrl, parseCpixRequest, parseCpixResponse, requestContentKeys, toBitmovin, toNginxVod, toQencode, toShakaPackager,
  type CpixRequestOptions, type EncryptionScheme, type KmsKind, type KmsUrlOptions, type PackInfo, type TrackType,
} from "../server.js";
import { missing, secrets } from "./account.js";
import { print, printJson, printXml } from "./terminal.js";
import { Usage, parse, textFile } from "./usage.js";

const NAME = "cpix";
const read = (args: string[]) =>
  parse(NAME, args, {
    "content-id": { type: "string" },
    system: { type: "string", multiple: true },
    track: { type: "string", multiple: true },
    period: { type: "string", multiple: true },
    scheme: { type: "string" },
    "hardware-drm": { type: "boolean" },
    kind: { type: "string" },
    base: { type: "string" },
    "key-rotation": { type: "boolean" },
    format: { type: "string" },
    view: { type: "string" },
    "view-track": { type: "string" },
    "view-period": { type: "string" },
    "license-url": { type: "string" },
    account: { type: "string" },
  });
type Values = ReturnType<typeof read>["values"];

export async function runCpix(args: string[]): Promise<number> {
  const { values, positionals } = read(args);
  const [verb, file, ...more] = positionals;
  if (verb === undefined) throw new Usage("cpix needs request, keys or read.", NAME);
  const extra = verb === "read" ? more[0] : file;
  if (extra !== undefined) throw new Usage(`cpix ${verb} does not take "${extra}".`, NAME);
  switch (verb) {
    case "request": {
      const xml = await buildCpixRequest(requestOptions(values));
      if (values.json) printJson({ xml });
      else printXml(xml);
      return 0;
    }
    case "keys":
      return keys(values);
    case "read":
      if (file === undefined) throw new Usage("cpix read takes a file, or - for stdin.", NAME);
      return readDocument(await textFile(file, "cpix read", NAME), values);
    default:
      throw new Usage(`cpix does not know "${verb}".`, NAME);
  }
}

function requestOptions(values: Values): CpixRequestOptions {
  const { "content-id": contentId, system } = values;
  if (contentId === undefined || system === undefined) throw new Usage("--content-id and --system are needed.", NAME);
  return {
    contentId,
    systems: system,
    scheme: values.scheme as EncryptionScheme | undefined,
    tracks: values.track as TrackType[] | undefined,
    keyPeriods: values.period?.map((text) => {
      if (!/^\d{1,15}$/.test(text)) throw new Usage(`"${text}" is not the index of a key period.`, NAME);
      return Number(text);
    }),
    kind: values.kind as CpixRequestOptions["kind"],
    hardwareDrm: values["hardware-drm"],
  };
}

async function keys(values: Values): Promise<number> {
  checkView(values.view);
  const token = (await secrets(values.account, NAME)).kmsToken;
  if (token === undefined) throw missing("kmsToken", values.account, NAME);
  const kind = (values.kind ?? "v2") as KmsKind;
  const isAteme = kind === "ateme";
  const url = await kmsUrl({
    kind, token, base: values.base, keyRotation: values["key-rotation"], format: values.format as KmsUrlOptions["format"],
    contentId: isAteme ? values["content-id"] : undefined,
  });
  return show(await requestContentKeys(url, isAteme ? undefined : requestOptions(values)), values);
}

async function readDocument(text: string, values: Values): Promise<number> {
  let pack = packInfo(text);
  try {
    pack ??= await parseCpixResponse(text);
  } catch (error) {
    // A document without keys is a request; a view needs keys.
    if (!(error instanceof PallyConError && error.code === "cpix-no-key" && values.view === undefined)) throw error;
    printJson(await parseCpixRequest(text));
    return 0;
  }
  return show(pack, values);
}

/** Pack info as `cpix keys` and the official clients print it. */
function packInfo(text: string): PackInfo | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const value = JSON.parse(text) as Partial<PackInfo>;
    return Array.isArray(value.content_key_list) ? (value as PackInfo) : undefined;
  } catch {
    return undefined;
  }
}

const VIEWS = ["qencode", "nginx-vod", "bitmovin", "shaka-packager"];

/** Before a key server is asked. */
function checkView(view: string | undefined): void {
  if (view !== undefined && !VIEWS.includes(view)) throw new Usage(`There is no view "${view}"; there are ${VIEWS.join(", ")}.`, NAME);
}

async function show(pack: PackInfo, values: Values): Promise<number> {
  const { view, "view-period": period, "license-url": licenseUrl, "hardware-drm": hardwareDrm } = values;
  const one = { track: values["view-track"], period: period !== undefined && /^\d{1,15}$/.test(period) ? Number(period) : period };
  const scheme = values.scheme as EncryptionScheme | undefined;
  switch (view) {
    case undefined:
      printJson(pack);
      return 0;
    case "qencode":
      printJson(await toQencode(pack, { ...one, scheme, licenseUrl }));
      return 0;
    case "nginx-vod":
      printJson(await toNginxVod(pack, one));
      return 0;
    case "bitmovin":
      printJson(await toBitmovin(pack, { ...one, scheme, licenseUrl, hardwareDrm }));
      return 0;
    case "shaka-packager": {
      const list = await toShakaPackager(pack, { ...one, scheme, hardwareDrm });
      if (values.json) printJson(list);
      else print(list.map(quote).join(" "));
      return 0;
    }
    default:
      checkView(view);
      return 2;
  }
}

/** For a POSIX shell. */
const quote = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);
