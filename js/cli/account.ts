// The account, from the environment or a file: every user of the machine can see keys on a command line.
import type { Account } from "../server.js";
import { Usage, jsonFile } from "./usage.js";

const NAMES = {
  siteId: "PALLYCON_SITE_ID",
  siteKey: "PALLYCON_SITE_KEY",
  accessKey: "PALLYCON_ACCESS_KEY",
  kmsToken: "PALLYCON_KMS_TOKEN",
} as const;
type Name = keyof typeof NAMES;
type Secrets = Partial<Record<Name, string>>;

/** The values of the file or else of the environment, never a mix: the keys of two sites do not work together. */
export async function secrets(file: string | undefined, command: string): Promise<Secrets> {
  if (file !== undefined) return checked(await jsonFile(file, "--account", command), file, command);
  const set = (Object.keys(NAMES) as Name[]).map((name) => [name, process.env[NAMES[name]]] as const);
  return Object.fromEntries(set.filter(([, value]) => value));
}

/** Otherwise a misspelled field would silently count as missing. Values are never shown. */
function checked(given: unknown, file: string, command: string): Secrets {
  const wrong = (what: string) =>
    new Usage(`--account: "${file}" ${what}. Its fields are ${Object.keys(NAMES).join(", ")}.`, command);
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw wrong("is not a JSON object");
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(NAMES, name)) throw wrong(`has an unknown field "${name}"`);
    if (typeof value !== "string" || value === "") throw wrong(`has a ${name} that is not a non-empty string`);
  }
  return given;
}

export async function account(file: string | undefined, command: string): Promise<Account> {
  const { siteId, siteKey, accessKey } = await secrets(file, command);
  if (siteId === undefined) throw missing("siteId", file, command);
  if (siteKey === undefined) throw missing("siteKey", file, command);
  return { siteId, siteKey, accessKey };
}

export const missing = (name: Name, file: string | undefined, command: string): Usage =>
  new Usage(
    file === undefined
      ? `${NAMES[name]} is not set, and no --account file is given.`
      : `--account: "${file}" has no ${name}.`,
    command,
  );
