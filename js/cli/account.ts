// The account, from the environment or a file: keys on a command line are seen by every user of the machine.
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

/** What the file holds, or else the environment: never some of each, because the keys of two sites do not go together. */
export async function secrets(file: string | undefined, command: string): Promise<Secrets> {
  if (file !== undefined) return checked(await jsonFile(file, "--account", command), file, command);
  const set = (Object.keys(NAMES) as Name[]).map((name) => [name, process.env[NAMES[name]]] as const);
  return Object.fromEntries(set.filter(([, value]) => value));
}

/** A misspelled field would be missing without a word; a value is never shown. */
function checked(given: unknown, file: string, command: string): Secrets {
  const wrong = (what: string) =>
    new Usage(`--account: ${what} in "${file}"; it takes ${Object.keys(NAMES).join(", ")}.`, command);
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw wrong("there is no JSON object");
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(NAMES, name)) throw wrong(`"${name}" is not known`);
    if (typeof value !== "string" || value === "") throw wrong(`${name} is not text, or empty,`);
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
      ? `${NAMES[name]} is not set, and there is no --account file.`
      : `--account: "${file}" has no ${name}.`,
    command,
  );
