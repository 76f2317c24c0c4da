// pallycon-drm NAME: prints a packager's settings. Names and options come from the registry (src/cpix/views/).
import {
  kmsUrl,
  packagerSettings,
  packagerViews,
  type KmsKind,
  type KmsUrlOptions,
  type PackInfo,
  type Packaged,
  type TrackType,
  type ViewInfo,
} from "../server.js";
import { missing, secrets } from "./account.js";
import { print, printJson } from "./terminal.js";
import { Usage, jsonFile, type Options, type Parsed } from "./usage.js";

type Option = ViewInfo["options"][number];

/** Options that the commands offer under another name, or handle themselves. */
const FLAGS: Record<string, string> = {
  track: "view-track",
  period: "view-period",
  system: "view-system",
  systems: "system",
  tracks: "track",
};
/** The URL contains the KMS token, which is never an argument: it is built from --kind and --base. */
const URL_OPTION = "url";

const flagOf = ({ name }: Option): string =>
  FLAGS[name] ?? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const flagged = (view: ViewInfo): Option[] => view.options.filter(({ name }) => name !== URL_OPTION);

/** The flags of all views, for `parse`. */
export function viewFlags(views: ViewInfo[]): Options {
  const flags: Options = {};
  for (const option of views.flatMap(flagged)) {
    flags[flagOf(option)] = {
      type: option.kind === "boolean" ? "boolean" : "string",
      multiple: option.kind === "list",
    };
  }
  return flags;
}

export async function viewNamed(name: string, command: string): Promise<ViewInfo> {
  const views = await packagerViews();
  const view = views.find((one) => one.name === name);
  if (!view)
    throw new Usage(`Unknown view "${name}". The views are ${views.map((one) => one.name).join(", ")}.`, command);
  return view;
}

/** With a template, the complete job if the packager has one. */
export async function jobOf(view: ViewInfo, values: Parsed): Promise<ViewInfo> {
  if (values.template === undefined || view.options.some(({ name }) => name === "template")) return view;
  return (await packagerViews()).find(({ name }) => name === `${view.name}-job`) ?? view;
}

/** Settings for a service that calls the key server itself; they contain no keys. */
export const settingsOf = (values: Parsed): Packaged =>
  ({
    contentId: values["content-id"] as string | undefined,
    systems: values.system as string[] | undefined,
    tracks: values.track as TrackType[] | undefined,
  }) as Packaged;

export async function showView(
  view: ViewInfo,
  pack: PackInfo | Packaged,
  values: Parsed,
  command: string,
): Promise<number> {
  const options: Record<string, unknown> = {};
  for (const option of flagged(view)) {
    const value = values[flagOf(option)];
    if (value !== undefined) options[option.name] = await converted(option, value, command);
  }
  if (view.options.some(({ name }) => name === URL_OPTION))
    options[URL_OPTION] = await serverUrl(view, values, command);
  const made = await packagerSettings(view.name, pack, options);
  const isList = Array.isArray(made) && made.every((item) => typeof item === "string");
  if (values.json || (typeof made !== "string" && !isList)) printJson(made);
  else print(isList ? made.map(quote).join(" ") : (made as string));
  return 0;
}

async function converted({ name, kind }: Option, value: unknown, command: string): Promise<unknown> {
  if (typeof value !== "string") return value;
  if (kind === "json") return jsonFile(value, `--${name}`, command);
  // A key period is an index, or the text of an id.
  return /^\d{1,15}$/.test(value) && (kind === "number" || name === "period") ? Number(value) : value;
}

async function serverUrl(view: ViewInfo, values: Parsed, command: string): Promise<string | undefined> {
  const kind = values.kind as KmsKind | undefined;
  if (kind === undefined) {
    if (view.options.some(({ name, required }) => name === URL_OPTION && required))
      throw new Usage(`${view.name} requires --kind: the key server that it will call.`, command);
    return undefined;
  }
  const token = (await secrets(values.account as string | undefined, command)).kmsToken;
  if (token === undefined) throw missing("kmsToken", values.account as string | undefined, command);
  return kmsUrl({ kind, token, base: values.base, keyRotation: values["key-rotation"] } as KmsUrlOptions);
}

/** Quoted for a POSIX shell. */
const quote = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);

/** One line per view. */
export const viewList = (views: ViewInfo[]): string =>
  views.map(({ name, title }) => `  ${name.padEnd(18)} ${title.replace(/`/g, "")}`).join("\n");

const INPUTS = {
  keys: "from FILE or - (pack info, or a key server's response), or from keys requested as cpix keys does",
  settings: "from FILE or -, or from --content-id, --system and --track; --kind and --base make up its url",
  options: "from its options alone",
};

export function viewHelp(view: ViewInfo): string {
  const lines = flagged(view).map((option) => {
    const value =
      option.kind === "boolean"
        ? ""
        : option.kind === "json"
          ? " FILE"
          : option.kind === "list"
            ? " VALUE …"
            : " VALUE";
    return `  ${`--${flagOf(option)}${value}`.padEnd(30)} ${option.doc}${option.choices ? ` (${option.choices.join(", ")})` : ""}${option.required ? "; required" : ""}`;
  });
  return `pallycon-drm ${view.name} [FILE|-] [options]

${view.title.replace(/`/g, "")}
Made ${INPUTS[view.input]}.

${lines.join("\n")}
  --json

The options of cpix keys, and how the account is found: pallycon-drm cpix --help. docs/server-packaging.md has examples.`;
}
