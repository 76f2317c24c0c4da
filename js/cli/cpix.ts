// pallycon-drm cpix: CPIX requests, content keys and packager settings.
import {
  PallyConError,
  buildCpixRequest,
  kmsUrl,
  packagerViews,
  parseCpixRequest,
  parseCpixResponse,
  requestContentKeys,
  type CpixRequestOptions,
  type EncryptionScheme,
  type KmsKind,
  type KmsUrlOptions,
  type PackInfo,
  type TrackType,
} from "../server.js";
import { missing, secrets } from "./account.js";
import { printJson, printXml } from "./terminal.js";
import { Usage, parse, textFile, type Parsed } from "./usage.js";
import { jobOf, settingsOf, showView, viewFlags, viewNamed } from "./view.js";

const NAME = "cpix";
const read = async (args: string[], command: string) => {
  const { values, positionals } = parse(command, args, {
    ...viewFlags(await packagerViews()),
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
    account: { type: "string" },
  });
  return { values: values as typeof values & Parsed, positionals };
};
type Values = Awaited<ReturnType<typeof read>>["values"];

export async function runCpix(args: string[]): Promise<number> {
  const { values, positionals } = await read(args, NAME);
  const [verb, file, ...more] = positionals;
  if (verb === undefined) throw new Usage("cpix needs request, keys or read.", NAME);
  const extra = verb === "read" ? more[0] : file;
  if (extra !== undefined) throw new Usage(`cpix ${verb} does not take "${extra}".`, NAME);
  switch (verb) {
    case "request": {
      const xml = await buildCpixRequest(requestOptions(values, NAME));
      if (values.json) printJson({ xml });
      else printXml(xml);
      return 0;
    }
    case "keys":
      return keys(values, NAME);
    case "read":
      if (file === undefined) throw new Usage("cpix read takes a file, or - for stdin.", NAME);
      return readDocument(await textFile(file, "cpix read", NAME), values, NAME);
    default:
      throw new Usage(`Unknown cpix command "${verb}".`, NAME);
  }
}

/** `pallycon-drm NAME`: prints the settings of this packager. */
export async function runView(name: string, args: string[]): Promise<number> {
  const { values, positionals } = await read(args, name);
  const [file, ...more] = positionals;
  if (more.length > 0 || values.view !== undefined) throw new Usage(`${name} takes one file, or - for stdin.`, name);
  values.view = (await jobOf(await viewNamed(name, name), values)).name;
  if (file !== undefined) return readDocument(await textFile(file, name, name), values, name);
  const view = await viewNamed(values.view, name);
  return view.input === "keys" ? keys(values, name) : showView(view, settingsOf(values), values, name);
}

function requestOptions(values: Values, command: string): CpixRequestOptions {
  const { "content-id": contentId, system } = values;
  if (contentId === undefined || system === undefined)
    throw new Usage("--content-id and --system are required.", command);
  return {
    contentId,
    systems: system,
    scheme: values.scheme as EncryptionScheme | undefined,
    tracks: values.track as TrackType[] | undefined,
    keyPeriods: values.period?.map((text) => {
      if (!/^\d{1,15}$/.test(text)) throw new Usage(`"${text}" is not a key period index.`, command);
      return Number(text);
    }),
    kind: values.kind as CpixRequestOptions["kind"],
    hardwareDrm: values["hardware-drm"],
  };
}

async function keys(values: Values, command: string): Promise<number> {
  // Checked before the key server is called.
  if (values.view !== undefined) await viewNamed(values.view, command);
  const token = (await secrets(values.account, command)).kmsToken;
  if (token === undefined) throw missing("kmsToken", values.account, command);
  const kind = (values.kind ?? "v2") as KmsKind;
  const isAteme = kind === "ateme";
  const url = await kmsUrl({
    kind,
    token,
    base: values.base,
    keyRotation: values["key-rotation"],
    format: values.format as KmsUrlOptions["format"],
    contentId: isAteme ? values["content-id"] : undefined,
  });
  return show(await requestContentKeys(url, isAteme ? undefined : requestOptions(values, command)), values, command);
}

async function readDocument(text: string, values: Values, command: string): Promise<number> {
  let pack = packInfo(text);
  try {
    pack ??= await parseCpixResponse(text);
  } catch (error) {
    // A document without keys is a request; a view needs keys.
    if (!(error instanceof PallyConError && error.code === "cpix-no-key" && values.view === undefined)) throw error;
    printJson(await parseCpixRequest(text));
    return 0;
  }
  return show(pack, values, command);
}

/** Pack info, as `cpix keys` and the official clients print it. */
function packInfo(text: string): PackInfo | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const value = JSON.parse(text) as Partial<PackInfo>;
    return Array.isArray(value.content_key_list) ? (value as PackInfo) : undefined;
  } catch {
    return undefined;
  }
}

async function show(pack: PackInfo, values: Values, command: string): Promise<number> {
  if (values.view !== undefined) return showView(await viewNamed(values.view, command), pack, values, command);
  printJson(pack);
  return 0;
}
